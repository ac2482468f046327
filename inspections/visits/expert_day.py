"""What an expert has to do: reports that are overdue, owners to call, the visits of today and tomorrow, and the
later times that wait for an owner's answer.

The number of queries is the same for a quiet day and for a full one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from accounts.models import User
from inspections import scope
from inspections.models import (
    CallLog,
    CallOutcome,
    ReportState,
    RequestEvent,
    RequestStatus,
    SlotState,
    VisitReport,
    VisitRequest,
    VisitSlot,
)
from inspections.models.visits import HOLDING
from inspections.visits import map_links
from septam import clock, jalali

# More stand on the work list; a page on a phone has an end.
CALLS_SHOWN = 30
# A visit that begins so soon (or has begun) stands above the calls.
SOON = timedelta(hours=2)
# Verbs with which an owner says when it suits.
_OWNERS_WORDS = ("name_hours", "decline", "ask_another_time")


@dataclass(frozen=True)
class Call:
    """An owner to call: how often nobody answered, the last call, what the owner asked for."""

    visit: VisitRequest
    phone: str
    unanswered: int
    last: CallLog | None
    wish: str

    @property
    def last_pk(self) -> int:
        """The newest call that this page shows; 0 for none."""
        return self.last.pk if self.last else 0


@dataclass(frozen=True)
class Appointment:
    """A visit with its time and what one needs on the way there."""

    visit: VisitRequest
    slot: VisitSlot

    @property
    def phone(self) -> str:
        """Who coordinates it."""
        return scope.phone_for_visit(self.visit)

    @property
    def data(self) -> dict[str, Any]:
        """The place as it was paid for."""
        data: dict[str, Any] = self.visit.snapshot
        return data

    @property
    def geo(self) -> str:
        """For the phone's map."""
        return map_links.on_phone(self.data)

    @property
    def web_map(self) -> str:
        """For a map on the web."""
        return map_links.on_web(self.data)

    @property
    def is_final(self) -> bool:
        """Whether the owner confirmed it."""
        return self.slot.state == SlotState.ACCEPTED

    @property
    def has_begun(self) -> bool:
        """Whether its report may be written."""
        return self.is_final and self.slot.starts_at <= clock.now()

    @property
    def hour(self) -> str:
        """The hour in words."""
        return jalali.hour_words(self.slot.starts_at)


@dataclass(frozen=True)
class Day:
    """The work as the page shows it. `sent_back` are reports that the laboratory wants written again."""

    overdue: list[Appointment]
    sent_back: list[VisitReport]
    calls: list[Call]
    more_calls: bool
    days: list[tuple[date, list[Appointment]]]
    unanswered: list[Appointment]

    @property
    def is_visit_near(self) -> bool:
        """Whether today's visits stand above the calls: the first of them is near, or under way."""
        return any(a.slot.starts_at <= clock.now() + SOON for a in self.days[0][1])

    @property
    def request_ids(self) -> list[int]:
        """Whose personal data the page shows."""
        shown = [a.visit.pk for a in self.overdue] + [r.request_id for r in self.sent_back]
        shown += [call.visit.pk for call in self.calls] + [a.visit.pk for a in self.unanswered]
        return sorted({*shown, *(a.visit.pk for _day, visits in self.days for a in visits)})


def of(expert: User) -> Day:
    """The expert's work now."""
    today = clock.today()
    held = list(_held(expert, today + timedelta(days=2)))
    overdue = [a for a in held if _is_overdue(a)]
    open_visits = [a for a in held if not _is_overdue(a)]
    days = [today, today + timedelta(days=1)]
    later = [a for a in open_visits if not a.is_final and _day_of(a) not in days]
    waiting = _waiting(expert)
    return Day(
        overdue=overdue,
        sent_back=_sent_back(expert),
        calls=_with_calls(waiting[:CALLS_SHOWN]),
        more_calls=len(waiting) > CALLS_SHOWN,
        days=[(day, [a for a in open_visits if _day_of(a) == day]) for day in days],
        unanswered=later[:CALLS_SHOWN],
    )


def _day_of(appointment: Appointment) -> date:
    return jalali.day_of(appointment.slot.starts_at)


def _is_overdue(appointment: Appointment) -> bool:
    over = appointment.slot.starts_at + timedelta(minutes=settings.VISIT_MINUTES)
    return appointment.is_final and over <= clock.now()


def _held(expert: User, end: date) -> Iterator[Appointment]:
    """By hour: what takes the expert's time before `end`, also what is past and has no report; what waits for an
    owner's answer whenever it is."""
    before = datetime.combine(end, time(0), clock.TEHRAN)
    slots = VisitSlot.objects.filter(
        Q(starts_at__lt=before) | Q(state=SlotState.PROPOSED), expert=expert, state__in=HOLDING
    ).select_related("request__place", "request__owner__profile")
    return (Appointment(slot.request, slot) for slot in slots.order_by("starts_at"))


def _sent_back(expert: User) -> list[VisitReport]:
    reports = VisitReport.objects.filter(
        expert=expert, state=ReportState.SENT_BACK, request__assigned_expert=expert,
        request__status=RequestStatus.VISITED,
    )  # fmt: skip
    return list(reports.select_related("request__place").order_by("pk"))


def _waiting(expert: User) -> list[VisitRequest]:
    """Oldest first; one more than is shown."""
    mine = scope.of_expert(
        VisitRequest.objects.filter(status=RequestStatus.SCHEDULING), expert
    ).select_related("place", "owner__profile")
    return list(mine.order_by("paid_at", "pk")[: CALLS_SHOWN + 1])


def _with_calls(visits: list[VisitRequest]) -> list[Call]:
    ids = [visit.pk for visit in visits]
    calls = _by_request(
        CallLog.objects.filter(request_id__in=ids).select_related("expert").order_by("pk")
    )
    words = _by_request(_owners_words(ids))
    return [_call(visit, calls.get(visit.pk, []), words.get(visit.pk, [])) for visit in visits]


def _owners_words(ids: Iterable[int]) -> QuerySet[RequestEvent]:
    """Oldest first."""
    said = RequestEvent.objects.filter(request_id__in=ids, verb__in=_OWNERS_WORDS)
    return said.exclude(reason="").order_by("pk")


def wish_of(visit: VisitRequest) -> str:
    """What the owner wrote last about when it suits; empty where nothing was written."""
    newest = _owners_words([visit.pk]).last()
    return newest.reason if newest else ""


def _by_request(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.request_id, []).append(row)
    return found


def _call(visit: VisitRequest, calls: list[CallLog], words: list[RequestEvent]) -> Call:
    return Call(
        visit=visit,
        phone=scope.phone_for_visit(visit),
        unanswered=sum(call.outcome == CallOutcome.NO_ANSWER for call in calls),
        last=calls[-1] if calls else None,
        wish=words[-1].reason if words else "",
    )
