"""The queue by age against the target, and an expert's own visits: read from the requests themselves, so always true."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db.models import Count, Q

from inspections import scope
from inspections.models import SlotState, VisitRequest, VisitSlot
from inspections.models.requests import PAID_OPEN
from portal.board import periods
from portal.board.filters import Chosen
from portal.board.viewer import Viewer
from septam import clock


@dataclass(frozen=True)
class Age:
    """Requests that were paid for so many days ago; the last one has no end."""

    first: int
    last: int | None
    is_late: bool


def ages() -> list[Age]:
    """Up to half the target, up to it, and beyond it in two steps."""
    target = max(2, settings.QUEUE_TARGET_DAYS)
    ends = [target // 2, target, 2 * target]
    return [
        Age(0, ends[0], is_late=False),
        Age(ends[0] + 1, ends[1], is_late=False),
        Age(ends[1] + 1, ends[2], is_late=True),
        Age(ends[2] + 1, None, is_late=True),
    ]


def queue(viewer: Viewer, chosen: Chosen) -> dict[str, list[int]]:
    """For each open status how many requests there are of each age."""
    rows = scope.visible_to_staff(VisitRequest.objects.all(), viewer.user).filter(
        status__in=PAID_OPEN
    )
    if chosen.province_id:
        rows = rows.filter(province_id=chosen.province_id)
    if chosen.laboratory_id:
        rows = rows.filter(laboratory_id=chosen.laboratory_id)
    # Dates are counted, not keys: then the index answers alone.
    counts = {f"age{i}": Count("paid_at", filter=_paid_within(age)) for i, age in enumerate(ages())}
    counted = rows.order_by().values_list("status").annotate(**counts)
    found = {status: numbers for status, *numbers in counted}
    return {status: found.get(status, [0] * len(counts)) for status in PAID_OPEN}


def _paid_within(age: Age) -> Q:
    """Whole days of Tehran: what was paid today is 0 days old."""
    newest = _begin(clock.today() - timedelta(days=age.first - 1))
    within = Q(paid_at__lt=newest)
    if age.last is not None:
        within &= Q(paid_at__gte=_begin(clock.today() - timedelta(days=age.last)))
    return within


def own_visits(viewer: Viewer, chosen: Chosen) -> list[tuple[periods.Period, int]]:
    """The expert's visits that took place, by week or month."""
    weeks = periods.are_weeks(chosen.first, chosen.last)
    rows = VisitSlot.objects.filter(
        expert_id=viewer.user.pk, state=SlotState.DONE,
        starts_at__gte=_begin(chosen.first), starts_at__lt=_begin(chosen.last + timedelta(days=1)),
    ).values_list("starts_at", flat=True)  # fmt: skip
    counts: dict[date, int] = defaultdict(int)
    for starts in rows:
        day = clock.in_tehran(starts).date()
        counts[periods.start_of(day, weeks=weeks)] += 1
    return [(one, counts[one.first]) for one in periods.between(chosen.first, chosen.last)]


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.TEHRAN)
