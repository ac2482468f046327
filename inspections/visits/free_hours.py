"""The free and taken hours of an expert on some days, for whoever is about to propose a visit time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from accounts.models import User
from inspections import scope
from inspections.models import VisitRequest, VisitSlot
from inspections.visits import slots, working_days
from inspections.visits.working_days import WorkingDays
from septam import clock, jalali
from septam.digits import to_persian

# Hours are offered at this distance; any other can be typed.
STEP = timedelta(hours=1)
DAYS_SHOWN = 4


@dataclass(frozen=True)
class FreeHour:
    """An hour at which a visit may begin; `query` fills the form in."""

    text: str
    query: str
    is_chosen: bool


@dataclass(frozen=True)
class TakenHour:
    """What the expert does then: from, to (the way included), the place for whom it is visible."""

    hours: str
    place: str


@dataclass(frozen=True)
class DayOfHours:
    """A day with what speaks against it, its free hours and its visits."""

    day: date
    notes: list[str]
    free: list[FreeHour]
    taken: list[TakenHour]


@dataclass(frozen=True)
class Offer:
    """The days as they are shown, and the first days of what comes before and after; empty at the ends."""

    days: list[DayOfHours]
    earlier: str
    later: str


def of(
    visit: VisitRequest, expert: User, viewer: User, first: date, chosen: datetime | None
) -> Offer:
    """DAYS_SHOWN days from `first` on; the number of queries does not depend on how full they are.

    The request's own time counts as free: whoever moves it gives it up.
    """
    today = clock.today()
    end_of_all = today + timedelta(days=settings.PROPOSE_WITHIN_DAYS)
    first = min(max(first, today), end_of_all)
    days = [first + timedelta(days=n) for n in range(DAYS_SHOWN)]
    rules = working_days.load(expert, visit.province_id, first, days[-1])
    taken = [slot for slot in _taken(expert, first, days[-1]) if slot.request_id != visit.pk]
    seen = _visible(taken, viewer)
    shown = [
        DayOfHours(
            day=day, notes=rules.to_day(day), free=_free(day, rules, taken, chosen),
            taken=[_shown(slot, seen) for slot in taken if jalali.day_of(slot.starts_at) == day],
        )
        for day in days
    ]  # fmt: skip
    earlier, later = max(first - timedelta(days=DAYS_SHOWN), today), days[-1] + timedelta(days=1)
    return Offer(
        shown,
        earlier=jalali.latin_date(earlier) if earlier < first else "",
        later=jalali.latin_date(later) if later <= end_of_all else "",
    )


def _taken(expert: User, first: date, last: date) -> list[VisitSlot]:
    begins = datetime.combine(first, time(0), clock.TEHRAN)
    ends = datetime.combine(last + timedelta(days=1), time(0), clock.TEHRAN)
    return list(slots.overlapping(expert, DateTimeTZRange(begins, ends)))


def _visible(taken: list[VisitSlot], viewer: User) -> set[int]:
    ids = [slot.request_id for slot in taken]
    rows = scope.visible_to_staff(VisitRequest.objects.filter(pk__in=ids), viewer)
    return set(rows.values_list("pk", flat=True)) if ids else set()


def _shown(slot: VisitSlot, seen: set[int]) -> TakenHour:
    begins, ends = clock.in_tehran(slot.starts_at), clock.in_tehran(slots.ends_at(slot))
    place = slot.request.place_title if slot.request_id in seen else _("Another visit")
    return TakenHour(
        _("%(from)s to %(to)s") % {"from": _digits(begins), "to": _digits(ends)}, place
    )


def _free(
    day: date, rules: WorkingDays, taken: Iterable[VisitSlot], chosen: datetime | None
) -> list[FreeHour]:
    held = [(slot.starts_at, slots.ends_at(slot)) for slot in taken]
    found = []
    for begins in _steps(day, rules):
        ends = begins + slots.taken_by_a_visit()
        clashes = any(begins < upper and lower < ends for lower, upper in held)
        if begins > clock.now() and not clashes and not rules.to_hour(begins):
            found.append(_hour(begins, chosen))
    return found


def _steps(day: date, rules: WorkingDays) -> Iterable[datetime]:
    hours = rules.hours(day) or working_days.Hours(*settings.VISIT_HOURS)
    begins = datetime.combine(day, hours.opens, clock.TEHRAN)
    closes = datetime.combine(day, hours.closes, clock.TEHRAN)
    while begins < closes:
        yield begins
        begins += STEP


def _hour(begins: datetime, chosen: datetime | None) -> FreeHour:
    query = urlencode({"day": jalali.latin_date(begins), "hour": f"{begins:%H:%M}"})
    return FreeHour(_digits(begins), query, begins == chosen)


def _digits(moment: datetime) -> str:
    return to_persian(f"{moment:%H:%M}")
