"""Which visit times an expert may propose, and how one is held against every other writer."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _
from psycopg2.errors import ExclusionViolation

from accounts.models import User
from inspections.models import Closure, ExpertLeave, Holiday, VisitRequest, VisitSlot
from inspections.refusals import DoubleBooked, PastTime, TimeRefused, TooFar
from septam import clock, jalali
from septam.digits import to_persian


def period_of(starts_at: datetime) -> DateTimeTZRange:
    """What a visit takes of the expert's time: the visit and the way, `[)`."""
    minutes = settings.VISIT_MINUTES + settings.VISIT_TRAVEL_MINUTES
    return DateTimeTZRange(starts_at, starts_at + timedelta(minutes=minutes), "[)")


def check_time(
    request: VisitRequest, expert: User, starts_at: datetime, override_reason: str = ""
) -> None:
    """Raise PastTime, TooFar, or TimeRefused (unless there is a reason) with every objection in one sentence each."""
    if starts_at <= clock.now():
        raise PastTime(_("This time has passed; propose a later one."))
    if jalali.day_of(starts_at) > clock.today() + timedelta(days=settings.PROPOSE_WITHIN_DAYS):
        raise TooFar(
            _("This day is more than %(days)s days ahead; check the year and the month.")
            % {"days": to_persian(settings.PROPOSE_WITHIN_DAYS)}
        )
    found = objections(request.province_id, expert, starts_at)
    if found and not override_reason.strip():
        raise TimeRefused(" ".join(found))


def objections(province_id: int, expert: User, starts_at: datetime) -> list[str]:
    """Why this is no time for a visit: hours, weekend, holiday, closure of the province, the expert's leave."""
    day = jalali.day_of(starts_at)
    return [
        *_hours(starts_at),
        *_weekend(day),
        *_holidays(day),
        *_closures(day, province_id),
        *_leave(day, expert),
    ]


def _hours(starts_at: datetime) -> list[str]:
    first, last = settings.VISIT_HOURS
    begins = clock.in_tehran(starts_at)
    ends = begins + timedelta(minutes=settings.VISIT_MINUTES)
    closing = begins.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(hours=last)
    if begins.hour >= first and ends <= closing:
        return []
    values = {"first": to_persian(first), "last": to_persian(last)}
    return [_("Visits begin and end between %(first)s and %(last)s o'clock.") % values]


def _weekend(day: date) -> list[str]:
    weekday = jalali.weekday(day)
    return (
        [_("%(day)s is a weekend day.") % {"day": weekday}]
        if day.weekday() in settings.WEEKEND_DAYS
        else []
    )


def _holidays(day: date) -> list[str]:
    names = Holiday.objects.filter(day=day).values_list("name", flat=True)
    return [_("This day is an official holiday: %(name)s.") % {"name": name} for name in names]


def _closures(day: date, province_id: int) -> list[str]:
    reasons = Closure.objects.filter(day=day, province_id=province_id).values_list(
        "reason", flat=True
    )
    return [
        _("The province is closed on this day: %(reason)s.") % {"reason": reason}
        for reason in reasons
    ]


def _leave(day: date, expert: User) -> list[str]:
    away = ExpertLeave.objects.filter(expert=expert, first_day__lte=day, last_day__gte=day).exists()
    return [_("The expert is on leave on this day.")] if away else []


def hold(
    request: VisitRequest, expert: User, starts_at: datetime, override_reason: str = ""
) -> VisitSlot:
    """Insert the proposed slot. The exclusion constraint refuses an overlap: DoubleBooked."""
    try:
        with transaction.atomic():
            return VisitSlot.objects.create(
                request=request, expert=expert, starts_at=starts_at, period=period_of(starts_at),
                override_reason=override_reason.strip()[:200], created_at=clock.now(),
            )  # fmt: skip
    except IntegrityError as problem:
        if not isinstance(problem.__cause__, ExclusionViolation):
            raise
        raise DoubleBooked(
            _("The expert has another visit at this time; choose another hour.")
        ) from problem
