"""Reminders of visits and of the time for a re-visit; each reaches an owner once, however often a job runs.

A job looks for what is near, then decides each one under the lock that the step which would make the reminder
wrong takes too. So a change comes before, and there is no reminder; or after, and it takes the reminder back.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from inspections.laboratories import leavers
from inspections.models import RequestStatus, SlotState, VisitReport, VisitRequest, VisitSlot
from inspections.telling import notice, sms
from notifications import daytime, notices
from septam import clock, jalali
from sites.place import Place, PlaceState, about_place

# An owner has half a day to answer unasked.
TIME_TO_ANSWER = timedelta(hours=12)
# Who confirmed just now needs no reminder yet.
FRESH = timedelta(hours=3)
# Whether a visit took place is asked on the day after it, and not about old ones.
ASK_FOR_DAYS = 3
REVISIT_DAYS_BEFORE = 7
# What a run takes of each kind.
BATCH = 5000


def remind_of_proposals() -> int:
    """Remind owners who have not answered a proposed time that is still to come; returns how many."""
    now = clock.now()
    waiting = VisitSlot.objects.filter(
        state=SlotState.PROPOSED, reminded_at=None, starts_at__gt=now, created_at__lte=now - TIME_TO_ANSWER
    )  # fmt: skip
    return _each(leavers.still_coming(waiting), _remind_of_proposal)


def _remind_of_proposal(slot: VisitSlot) -> bool:
    slot.reminded_at = clock.now()
    slot.save(update_fields=["reminded_at"])
    due = max(jalali.day_of(slot.starts_at) - timedelta(days=1), clock.today())
    key = f"visit.proposal_reminder:{slot.pk}"
    until = min(daytime.end(), slot.starts_at)
    sms(
        slot.request, "visit.proposal_reminder", once_key=key, valid_until=until,
        due=jalali.day_and_month(due),
    )  # fmt: skip
    body = _("The time proposed for “%(place)s”, %(when)s, is not confirmed yet. Please answer.")
    return notice(
        slot.request, "visit.proposal_reminder", _("The visit time awaits your answer"), body,
        reverse("inspections:slot_confirm", args=[slot.pk]), once_key=key, when=_when(slot),
    )  # fmt: skip


def remind_of_tomorrow() -> int:
    """Remind owners of tomorrow's visits that were not confirmed just now; returns how many were not reminded before."""
    tomorrow = _accepted(daytime.start_of_day(1), daytime.start_of_day(2))
    tomorrow = leavers.still_coming(tomorrow.filter(answered_at__lte=clock.now() - FRESH))
    return _each(tomorrow.exclude(notices.told("visit.tomorrow:")), _remind_of_visit)


def _remind_of_visit(slot: VisitSlot) -> bool:
    key = f"visit.tomorrow:{slot.pk}"
    hour = jalali.hour_words(slot.starts_at, sms=True)
    sms(slot.request, "visit.tomorrow", once_key=key, valid_until=daytime.end(), time=hour)
    body = _("“%(place)s”: %(when)s. A responsible person who knows the system must be there.")
    title = _("Your visit is tomorrow")
    return notice(slot.request, "visit.tomorrow", title, body, once_key=key, when=_when(slot))


def ask_about_visits() -> int:
    """Ask owners, the day after, about visits of which there is no report; returns how many were asked."""
    before_today = _accepted(daytime.start_of_day(-ASK_FOR_DAYS), daytime.start_of_day())
    return _each(before_today.exclude(notices.told("visit.unreported:")), _ask_about_visit)


def _ask_about_visit(slot: VisitSlot) -> bool:
    body = _(
        "No report of the visit of “%(place)s” at %(when)s was recorded yet. If the expert did not come, tell us here."
    )
    return notice(
        slot.request, "visit.unreported", _("Did the visit take place?"), body,
        reverse("inspections:missed_visit", args=[slot.request.number]),
        once_key=f"visit.unreported:{slot.pk}", when=_when(slot),
    )  # fmt: skip


def _accepted(start: datetime, end: datetime) -> QuerySet[VisitSlot]:
    return VisitSlot.objects.filter(
        state=SlotState.ACCEPTED, starts_at__gte=start, starts_at__lt=end
    )


def _each(wanted: QuerySet[VisitSlot], tell: Callable[[VisitSlot], bool]) -> int:
    """Tell of each wanted time, locked and looked at again; returns how many were new. Not at night."""
    if not daytime.is_now():
        return 0
    ids = wanted.order_by("pk").values_list("pk", flat=True)
    return sum(_under_lock(wanted, pk, tell) for pk in ids[:BATCH])


def _under_lock(
    wanted: QuerySet[VisitSlot], slot_id: int, tell: Callable[[VisitSlot], bool]
) -> bool:
    with transaction.atomic():
        rows = wanted.select_for_update(of=("self",))
        slot = rows.select_related("request__owner", "request__place").filter(pk=slot_id).first()
        return slot is not None and tell(slot)


def _when(slot: VisitSlot) -> str:
    return jalali.visit_time(slot.starts_at)


def remind_of_revisits() -> int:
    """Remind owners that the time for a re-visit at its lower fee ends in a week; returns how many were new."""
    if not daytime.is_now():
        return 0
    rows = _closing().exclude(notices.told("revisit.closing:")).order_by("pk")
    found = rows.values_list("pk", "request__place_id")[:BATCH]
    return sum(_remind_of_revisit(pk, place_id) for pk, place_id in found)


def _closing() -> QuerySet[VisitReport]:
    """Reports with defects whose window ends within a week, after which nothing was asked for and paid."""
    today = clock.today()
    later = VisitRequest.objects.filter(
        place_id=OuterRef("request__place_id"), pk__gt=OuterRef("request_id")
    ).exclude(status__in=(RequestStatus.CANCELLED, RequestStatus.IN_CART))
    return (
        VisitReport.objects.filter(
            mend_by__gte=today, mend_by__lte=today + timedelta(days=REVISIT_DAYS_BEFORE)
        )
        .filter(request__status=RequestStatus.NONCONFORMING)
        .exclude(request__place__state=PlaceState.ARCHIVED)
        .exclude(Exists(later))
    )


def _remind_of_revisit(report_id: int, place_id: int) -> bool:
    with transaction.atomic():
        Place.objects.select_for_update(of=("self",), no_key=True).get(pk=place_id)
        report = _closing().select_related("request__owner", "request__place").filter(pk=report_id)
        return any(_tell_closing(found) for found in report)


def _tell_closing(report: VisitReport) -> bool:
    request, date = report.request, jalali.format_date(report.mend_by) if report.mend_by else ""
    key = f"revisit.closing:{report.pk}"
    body = _(
        "The re-visit of “%(place)s” at its lower fee can be requested until %(date)s; after that the full fee is due."
    )
    link = reverse("inspections:request_visit", args=[request.place_id])
    title = _("The time for the re-visit is ending")
    sms(
        request, "revisit.closing", once_key=key, valid_until=daytime.end(),
        about=about_place(request.place_id), date=date,
    )  # fmt: skip
    return notice(request, "revisit.closing", title, body, link, once_key=key, date=date)
