"""An expert's visits as a calendar at a secret address (RFC 5545), for the calendar of a phone.

The secret is shown once and kept as its digest alone. What the calendar says of an owner is what the expert's own
pages say: the number for coordination, the note that was shared.
"""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, TimezoneStandard

from accounts.models import Role, User
from accounts.scope import laboratory_ids
from inspections import scope
from inspections.models import CalendarFeed, SlotState, VisitSlot
from inspections.models.visits import HOLDING
from septam import audit, clock

# How far back visits stay in the calendar.
PAST_DAYS = 30
_TZID = "Asia/Tehran"
# Since 22 September 2022 Iran has no summer time (tzdata 2022b).
_OFFSET, _SINCE = timedelta(hours=3, minutes=30), datetime(2022, 9, 22)  # noqa: DTZ001


def renew(expert: User) -> str:
    """Make a new secret, which is returned and kept nowhere; the one before it opens nothing any more."""
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        feed, _new = CalendarFeed.objects.update_or_create(
            expert=expert, defaults={"digest": _digest(secret), "created_at": clock.now()}
        )
        audit.record(expert.pk, "feed.renew", feed)
    return secret


def revoke(expert: User) -> None:
    """Let the address open nothing any more."""
    with transaction.atomic():
        feed = CalendarFeed.objects.select_for_update().filter(expert=expert).first()
        if feed is not None:
            audit.record(expert.pk, "feed.revoke", feed)
            feed.delete()


def of(expert: User) -> CalendarFeed | None:
    """The expert's calendar, if there is one."""
    return CalendarFeed.objects.filter(expert=expert).first()


def find(secret: str) -> CalendarFeed | None:
    """The calendar that this secret opens; None too where its person works no more as an expert."""
    feed = CalendarFeed.objects.select_related("expert").filter(digest=_digest(secret)).first()
    return feed if feed is not None and laboratory_ids(feed.expert, Role.EXPERT) else None


def address(secret: str) -> str:
    """The whole address of the calendar."""
    return settings.BASE_URL + reverse("inspections:expert_feed", args=[secret])


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def slots_of(expert: User) -> QuerySet[VisitSlot]:
    """By hour: what is proposed, accepted and done, in the laboratories for which the person works now."""
    since = clock.now() - timedelta(days=PAST_DAYS)
    return (
        VisitSlot.objects.filter(
            expert=expert, state__in=(*HOLDING, SlotState.DONE), starts_at__gte=since,
            request__laboratory_id__in=laboratory_ids(expert, Role.EXPERT),
        )
        .select_related("request__place", "request__owner__profile")
        .order_by("starts_at")
    )  # fmt: skip


def content(slots: list[VisitSlot]) -> bytes:
    """The calendar; the same visits always give the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//Septam//Visits of an expert//FA")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("Septam's visits"))
    calendar.add("x-wr-timezone", _TZID)
    calendar.add("x-published-ttl", "PT15M")
    calendar.add_component(_tehran())
    for slot in slots:
        calendar.add_component(_event(slot))
    written: bytes = calendar.to_ical()
    return written


def _tehran() -> Timezone:
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", _TZID)
    standard.add("dtstart", _SINCE)
    standard.add("tzoffsetfrom", _OFFSET)
    standard.add("tzoffsetto", _OFFSET)
    zone.add_component(standard)
    return zone


def _event(slot: VisitSlot) -> Event:
    event, visit = Event(), slot.request
    proposed = slot.state == SlotState.PROPOSED
    title = _("Visit (proposed): %(place)s") if proposed else _("Visit: %(place)s")
    begins = clock.in_tehran(slot.starts_at)
    changed = (slot.answered_at or slot.created_at).astimezone(UTC)
    event.add("uid", f"visit-{slot.pk}@{urlsplit(settings.BASE_URL).hostname}")
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("dtstart", begins)
    event.add("dtend", begins + timedelta(minutes=settings.VISIT_MINUTES))
    event.add("summary", title % {"place": visit.place_title})
    event.add("status", "TENTATIVE" if proposed else "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("location", str(visit.snapshot.get("address", "")))
    event.add("description", _description(slot))
    page = reverse("admin:inspections_visitrequest_change", args=[visit.pk])
    event.add("url", settings.BASE_URL + page)
    return event


def _description(slot: VisitSlot) -> str:
    visit, data = slot.request, slot.request.snapshot
    on_site = f"{data.get('representative_name', '')} {data.get('representative_phone', '')}"
    lines = [
        _("Tracking number: %(number)s") % {"number": visit.number},
        _("Coordination: %(phone)s") % {"phone": scope.phone_for_visit(visit)},
        _("Representative on site: %(who)s") % {"who": on_site.strip()},
    ]
    note = data.get("note")
    return "\n".join(
        [*lines, _("Note for the expert: %(note)s") % {"note": note}] if note else lines
    )
