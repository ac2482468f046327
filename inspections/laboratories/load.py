"""How much each expert of a laboratory has in hand, for whoever gives out the work; its queries do not grow with experts."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, QuerySet

from accounts.models import Role, StaffAssignment, User
from inspections.models import ExpertLeave, VisitRequest, VisitSlot
from inspections.models.requests import PAID_OPEN
from inspections.models.visits import HOLDING
from septam import clock

AHEAD = timedelta(days=7)


@dataclass(frozen=True)
class Load:
    """One expert: requests in hand, visits held within the next seven days, and the leave of these days, if any."""

    expert: User
    code: str
    is_woman: bool
    areas: str
    in_hand: int
    visits: int
    leave: tuple[date, date] | None


def of_laboratory(laboratory_id: int) -> list[Load]:
    """The laboratory's active experts, the least busy first."""
    roles = StaffAssignment.objects.filter(
        role=Role.EXPERT, laboratory_id=laboratory_id, active=True, user__is_active=True
    )
    rows = list(roles.select_related("user").prefetch_related("provinces", "cities"))
    ids = [row.user_id for row in rows]
    in_hand, visits, leaves = _in_hand(ids), _visits(ids), _leaves(ids)
    found = [
        Load(
            row.user, row.code, row.is_woman, _areas(row), in_hand[row.user_id], visits[row.user_id],
            leaves.get(row.user_id),
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda load: (load.in_hand + load.visits, load.expert.pk))


def _areas(assignment: StaffAssignment) -> str:
    names = [p.name for p in assignment.provinces.all()] + [c.name for c in assignment.cities.all()]
    return "، ".join(names)


def _in_hand(ids: list[int]) -> Counter[int]:
    rows = VisitRequest.objects.filter(assigned_expert__in=ids, status__in=PAID_OPEN)
    return _counted(rows.order_by(), "assigned_expert_id")


def _visits(ids: list[int]) -> Counter[int]:
    now = clock.now()
    held = VisitSlot.objects.filter(
        expert__in=ids, state__in=HOLDING, starts_at__gte=now, starts_at__lt=now + AHEAD
    )
    return _counted(held, "expert_id")


def _counted(rows: QuerySet[VisitRequest] | QuerySet[VisitSlot], column: str) -> Counter[int]:
    return Counter(dict(rows.values_list(column).annotate(Count("pk"))))


def _leaves(ids: list[int]) -> dict[int, tuple[date, date]]:
    today = clock.today()
    near = ExpertLeave.objects.filter(
        expert__in=ids, last_day__gte=today, first_day__lt=today + AHEAD
    )
    # The earliest wins.
    rows = near.order_by("-first_day")
    return {leave.expert_id: (leave.first_day, leave.last_day) for leave in rows}
