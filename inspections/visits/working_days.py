"""Which days and hours are no time for a visit, and why: weekend, holiday, closure, leave, hours, breaks, capacity.

Everything about a span of days is read at once, so that a page of many hours costs what one hour costs.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from inspections.models import (
    Closure,
    ExpertHours,
    ExpertLeave,
    ExpertPlan,
    Holiday,
    SlotState,
    SpecialHours,
    VisitSlot,
)
from inspections.models.visits import HOLDING
from septam import clock, jalali
from septam.digits import to_persian

# What counts against an expert's visits of a day.
_COUNTED = (*HOLDING, SlotState.DONE)


@dataclass(frozen=True)
class Hours:
    """From when to when visits are on a day, and what says so: the setting, a season or the expert's own plan."""

    opens: time
    closes: time
    season: str = ""
    is_own: bool = False


@dataclass(frozen=True)
class WorkingDays:
    """What is known of the days for one expert in one province."""

    holidays: dict[date, list[str]]
    closures: dict[date, list[str]]
    leaves: list[tuple[date, date]]
    seasons: list[SpecialHours]
    visits_a_day: int | None
    # None: no plan of the own.
    weekly: dict[int, tuple[time, time]] | None
    visits: Counter[date]

    def objections(self, starts_at: datetime) -> list[str]:
        """Why this is no time for a visit, a sentence each; nothing where it is a good one."""
        day = jalali.day_of(starts_at)
        begins = clock.in_tehran(starts_at)
        return [*self.to_hour(begins), *self.to_day(day)]

    def to_day(self, day: date) -> list[str]:
        """What speaks against the whole day."""
        return [
            *self._weekend(day),
            *(_("This day is an official holiday: %(name)s.") % {"name": n} for n in self.holidays.get(day, [])),
            *(_("The province is closed on this day: %(reason)s.") % {"reason": r} for r in self.closures.get(day, [])),
            *self._away(day),
            *self._full(day),
        ]  # fmt: skip

    def _weekend(self, day: date) -> list[str]:
        weekday = {"day": jalali.weekday(day)}
        if day.weekday() in settings.WEEKEND_DAYS:
            return [_("%(day)s is a weekend day.") % weekday]
        return [] if self.hours(day) else [_("The expert does not work on %(day)s.") % weekday]

    def _away(self, day: date) -> list[str]:
        away = any(first <= day <= last for first, last in self.leaves)
        return [_("The expert is on leave on this day.")] if away else []

    def _full(self, day: date) -> list[str]:
        if self.visits_a_day is None or self.visits[day] < self.visits_a_day:
            return []
        full = _("The expert has %(count)s visits on this day, as many as the plan allows.")
        return [full % {"count": to_persian(self.visits[day])}]

    def hours(self, day: date) -> Hours | None:
        """When visits are on this day; None where the expert does not work on the weekday, or not in the season's hours."""
        usual = Hours(*settings.VISIT_HOURS)
        own = self._own(day)
        if self.weekly is not None and own is None and day.weekday() not in settings.WEEKEND_DAYS:
            return None
        season = next((s for s in self.seasons if s.first_day <= day <= s.last_day), None)
        found = own or usual
        if season is None:
            return found
        opens, closes = max(found.opens, season.opens), min(found.closes, season.closes)
        return Hours(opens, closes, season.name, found.is_own) if opens < closes else None

    def _own(self, day: date) -> Hours | None:
        own = (self.weekly or {}).get(day.weekday())
        return Hours(*own, is_own=True) if own else None

    def to_hour(self, begins: datetime) -> list[str]:
        """What speaks against the hour (a moment on Tehran's clock)."""
        ends = begins + timedelta(minutes=settings.VISIT_MINUTES)
        hours = self.hours(begins.date())
        outside = hours is not None and not (
            _at(begins, hours.opens) <= begins and ends <= _at(begins, hours.closes)
        )
        return [*([_outside(hours)] if hours and outside else []), *_in_break(begins, ends)]


def _at(moment: datetime, hour: time) -> datetime:
    return datetime.combine(moment.date(), hour, clock.TEHRAN)


def _outside(hours: Hours) -> str:
    values = {"first": shown_hour(hours.opens), "last": shown_hour(hours.closes)}
    if hours.season:
        text = _("In %(season)s visits begin and end between %(first)s and %(last)s o'clock.")
        return text % (values | {"season": hours.season})
    if hours.is_own:
        return _("The expert works between %(first)s and %(last)s o'clock on this day.") % values
    return _("Visits begin and end between %(first)s and %(last)s o'clock.") % values


def _in_break(begins: datetime, ends: datetime) -> list[str]:
    met = [
        {"first": shown_hour(first), "last": shown_hour(last)}
        for first, last in settings.VISIT_BREAKS
        if begins < _at(begins, last) and _at(begins, first) < ends
    ]
    return [
        _("The visit would fall into the break from %(first)s to %(last)s.") % one for one in met
    ]


def shown_hour(hour: time) -> str:
    """«۸», «۸:۳۰»"""
    return to_persian(f"{hour.hour}:{hour.minute:02}" if hour.minute else hour.hour)


def load(expert: User, province_id: int, first: date, last: date) -> WorkingDays:
    """What is known of the days from `first` to `last`, both included; six queries."""
    days = (first, last)
    leaves = ExpertLeave.objects.filter(expert=expert, first_day__lte=last, last_day__gte=first)
    seasons = SpecialHours.objects.filter(first_day__lte=last, last_day__gte=first)
    plan = ExpertPlan.objects.filter(expert=expert).first()
    weekly = {h.weekday: (h.opens, h.closes) for h in _hours_of(plan)}
    return WorkingDays(
        holidays=_by_day(Holiday.objects.filter(day__range=days).values_list("day", "name")),
        closures=_by_day(
            Closure.objects.filter(day__range=days, province_id=province_id).values_list("day", "reason")
        ),
        leaves=list(leaves.values_list("first_day", "last_day")),
        seasons=list(seasons.order_by("first_day")),
        visits_a_day=plan.visits_a_day if plan else None,
        weekly=weekly or None,
        visits=_visits(expert, first, last),
    )  # fmt: skip


def _hours_of(plan: ExpertPlan | None) -> Iterable[ExpertHours]:
    return plan.hours.all() if plan else ()


def _by_day(rows: Iterable[tuple[date, str]]) -> dict[date, list[str]]:
    found: dict[date, list[str]] = {}
    for day, text in rows:
        found.setdefault(day, []).append(text)
    return found


def _visits(expert: User, first: date, last: date) -> Counter[date]:
    begins = datetime.combine(first, time(0), clock.TEHRAN)
    ends = datetime.combine(last + timedelta(days=1), time(0), clock.TEHRAN)
    slots = VisitSlot.objects.filter(
        expert=expert, state__in=_COUNTED, starts_at__gte=begins, starts_at__lt=ends
    )
    return Counter(jalali.day_of(moment) for moment in slots.values_list("starts_at", flat=True))
