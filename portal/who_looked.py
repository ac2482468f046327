"""«چه کسانی پرونده مرا دیده‌اند»: what staff did with an owner's data, from the audit log.

Who it was is told by role and laboratory, as they were at that moment; no name and no number of staff. What one
person did to one thing within a day is one line.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Role, User
from billing.models import Order
from inspections.models import VisitRequest
from septam import audit_words, clock
from septam.audit_filter import newest_of_owner
from septam.digits import is_number, to_latin, to_persian
from septam.models import AuditEvent
from septam.templatetags.persian import code
from sites.models import Laboratory, Place

PAGE_SIZE = 50
_MOST_ID = 2**63 - 1


@dataclass
class Look:
    """One line: who, when for the last time, how often, what was done to what."""

    who: str
    at: datetime
    what: str
    verb: str
    times: str
    thing: str = ""


@login_required
@require_safe
def who_looked(request: HttpRequest) -> HttpResponse:
    """The newest first, PAGE_SIZE events a page; older ones by a link."""
    owner = cast(User, request.user)
    events = list(_events(owner, request.GET.get("before", ""))[: PAGE_SIZE + 1])
    older = events[PAGE_SIZE - 1].pk if len(events) > PAGE_SIZE else None
    context = {"looks": looks(events[:PAGE_SIZE]), "older": older}
    response = render(request, "portal/who_looked.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _events(owner: User, before: str) -> QuerySet[AuditEvent]:
    of_others = Q(actor_id__isnull=False) & ~Q(actor_id=owner.pk)
    found = AuditEvent.objects.filter(of_others, owner_ids__contains=[owner.pk]).order_by(
        newest_of_owner()
    )
    last = to_latin(before)
    return found.filter(pk__lt=min(int(last), _MOST_ID)) if is_number(last) else found


def looks(events: list[AuditEvent]) -> list[Look]:
    """The events as lines; those of one day, person, thing and verb are one."""
    words = _Words(events)
    lines: dict[tuple[Any, ...], list[AuditEvent]] = {}
    for event in events:
        lines.setdefault(_sameness(event), []).append(event)
    return [words.line(group) for group in lines.values()]


def _sameness(event: AuditEvent) -> tuple[Any, ...]:
    day = clock.in_tehran(event.at).date()
    return day, event.actor_id, event.verb, event.object_type, event.object_id


class _Words:
    """Names of the things and laboratories that these events speak of, one query a kind."""

    def __init__(self, events: list[AuditEvent]) -> None:
        self.laboratories = _names(Laboratory, _laboratory_ids(events), "name")
        self.things = {
            ("septam_sites.place", pk): title
            for pk, title in _names(Place, _ids(events, "septam_sites.place"), "title").items()
        }
        for model, label in (
            (VisitRequest, "inspections.visitrequest"),
            (Order, "billing.order"),
        ):
            numbers = _names(model, _ids(events, label), "number").items()
            self.things |= {(label, pk): code(to_persian(number)) for pk, number in numbers}

    def line(self, group: list[AuditEvent]) -> Look:
        """One line of a group, of which the newest stands first."""
        event = group[0]
        return Look(
            who=self._who(event),
            at=event.at,
            what=audit_words.of_kind(event.object_type),
            verb=audit_words.of_verb(event.verb),
            times=to_persian(len(group)) if len(group) > 1 else "",
            thing=self._thing(event),
        )

    def _thing(self, event: AuditEvent) -> str:
        pk = int(event.object_id) if event.object_id.isdigit() else 0
        return self.things.get((event.object_type, pk), "")

    def _who(self, event: AuditEvent) -> str:
        return "، ".join(map(self._role, event.detail.get("as", []))) or _("Septam's staff")

    def _role(self, standing: str) -> str:
        role, _colon, laboratory = standing.partition(":")
        title = str(Role(role).label) if role in Role.values else role
        name = self.laboratories.get(int(laboratory or 0))
        return f"{title} – {name}" if name else title


def _laboratory_ids(events: list[AuditEvent]) -> set[int]:
    standings = (one for event in events for one in event.detail.get("as", []))
    return {int(one.partition(":")[2] or 0) for one in standings}


def _ids(events: Iterable[AuditEvent], label: str) -> set[int]:
    mine = (event for event in events if event.object_type == label and event.object_id.isdigit())
    return {int(event.object_id) for event in mine}


def _names(model: Any, ids: set[int], column: str) -> dict[int, str]:
    return dict(model.objects.filter(pk__in=ids).values_list("pk", column)) if ids else {}
