"""Which visit times an expert may propose, and how one is held against every other writer."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from psycopg2.errors import ExclusionViolation

from accounts.models import User
from inspections import scope
from inspections.models import VisitRequest, VisitSlot
from inspections.models.visits import HOLDING
from inspections.refusals import DoubleBooked, PastTime, TimeRefused, TooFar
from inspections.visits import working_days
from septam import clock, jalali
from septam.digits import to_persian


def taken_by_a_visit() -> timedelta:
    """How long a visit takes of the expert's time: the visit and the way."""
    return timedelta(minutes=settings.VISIT_MINUTES + settings.VISIT_TRAVEL_MINUTES)


def period_of(starts_at: datetime) -> DateTimeTZRange:
    """What a visit takes of the expert's time, `[)`."""
    return DateTimeTZRange(starts_at, starts_at + taken_by_a_visit(), "[)")


def ends_at(slot: VisitSlot) -> datetime:
    """When the expert is free again, the way included."""
    return slot.period.upper or slot.starts_at + taken_by_a_visit()


def check_time(
    request: VisitRequest, expert: User, starts_at: datetime, override_reason: str = ""
) -> None:
    """Raise PastTime, TooFar, or TimeRefused (unless there is a reason) with every objection in one sentence each."""
    if starts_at <= clock.now():
        raise PastTime(_("This time has passed; propose a later one."))
    if jalali.day_of(starts_at) > clock.today() + timedelta(days=settings.PROPOSE_WITHIN_DAYS):
        raise TooFar(
            _("This day is more than %(days)s days ahead; check the year and the month.")
            % {"days": to_persian(settings.PROPOSE_WITHIN_DAYS)},
            field="day",
        )
    day = jalali.day_of(starts_at)
    working = working_days.load(expert, request.province_id, day, day)
    found = working.objections(starts_at)
    if found and not override_reason.strip():
        raise TimeRefused(" ".join(found), field="day" if working.to_day(day) else "hour")


def hold(
    request: VisitRequest, expert: User, starts_at: datetime, override_reason: str = "", viewer: User | None = None
) -> VisitSlot:  # fmt: skip
    """Insert the proposed slot. The exclusion constraint refuses an overlap: DoubleBooked, with what `viewer` may know
    of the other visit."""
    try:
        with transaction.atomic():
            return VisitSlot.objects.create(
                request=request, expert=expert, starts_at=starts_at, period=period_of(starts_at),
                override_reason=override_reason.strip()[:200], created_at=clock.now(),
            )  # fmt: skip
    except IntegrityError as problem:
        if not isinstance(problem.__cause__, ExclusionViolation):
            raise
        raise DoubleBooked(_clash(expert, starts_at, viewer or expert)) from problem


def _clash(expert: User, starts_at: datetime, viewer: User) -> str:
    """Which visit the expert has then; its place for whom it is visible."""
    other = overlapping(expert, period_of(starts_at)).first()
    if other is None:  # given up since
        return _("The expert has another visit at this time; choose another hour.")
    values = {
        "from": jalali.hour_words(other.starts_at), "to": jalali.hour_words(ends_at(other)),
    }  # fmt: skip
    if not scope.visible_to_staff(VisitRequest.objects.all(), viewer).filter(pk=other.request_id):
        return _("The expert has another visit at this time, from %(from)s to %(to)s with the way; choose another hour.") % values  # fmt: skip
    place = {"place": other.request.place_title, "number": to_persian(other.request.number)}
    return (
        _("The expert has another visit at this time: “%(place)s” (%(number)s), from %(from)s to %(to)s with the way; choose another hour.")
        % (values | place)
    )  # fmt: skip


def overlapping(expert: User, period: DateTimeTZRange) -> QuerySet[VisitSlot]:
    """What takes the expert's time within the period, by hour."""
    held = VisitSlot.objects.filter(expert=expert, state__in=HOLDING, period__overlap=period)
    return held.select_related("request__place").order_by("starts_at")
