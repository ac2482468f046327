"""Paid requests in the hands of an expert who does not work for their laboratory any more: it gives them on.

A role rests and is never removed (accounts/admin.py), so that the role itself tells.
"""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Role, StaffAssignment
from inspections.laboratories import choice
from inspections.models import VisitRequest, VisitSlot
from inspections.models.requests import BEFORE_VISIT
from septam import clock
from septam.alarms import Alarm

CHOICE = "left"


def _roles_at_rest() -> QuerySet[StaffAssignment]:
    gone = Q(active=False) | Q(user__is_active=False) | Q(user__is_staff=False)
    return StaffAssignment.objects.filter(gone, role=Role.EXPERT)


def _resting(expert: str, laboratory: str) -> Exists:
    """Whether the role of an expert at a laboratory rests; both are references to columns."""
    its = _roles_at_rest().filter(user_id=OuterRef(expert), laboratory_id=OuterRef(laboratory))
    return Exists(its)


def with_left(slots: QuerySet[VisitSlot]) -> QuerySet[VisitSlot]:
    """The times with `expert_left`: whether who was to come then works for the laboratory no more."""
    return slots.annotate(expert_left=_resting("expert_id", "request__laboratory_id"))


def still_coming(slots: QuerySet[VisitSlot]) -> QuerySet[VisitSlot]:
    """The times to which their experts still come."""
    return slots.exclude(_resting("expert_id", "request__laboratory_id"))


def is_off(slot: VisitSlot) -> bool:
    """Whether nobody comes at this time that is still ahead; of one `with_left`."""
    return slot.expert_left and slot.starts_at > clock.now()  # type: ignore[attr-defined]


def left_behind(requests: QuerySet[VisitRequest]) -> QuerySet[VisitRequest]:
    """Those of the requests that are paid, not yet visited, and whose expert's role at their laboratory rests."""
    # Asked first, they lead to their requests by an index; else every request on its way may be looked at.
    experts = list(_roles_at_rest().values_list("user_id", flat=True).distinct())
    theirs = requests.filter(assigned_expert_id__in=experts, status__in=BEFORE_VISIT)
    return theirs.filter(_resting("assigned_expert_id", "laboratory_id"))


def watch() -> Iterator[Alarm]:
    """How many there are, for support and the portal's manager."""
    text = _(
        "%(count)s paid requests are with experts who do not work any more; their laboratories give them on."
    )
    yield from choice.told(left_behind(VisitRequest.objects.all()), text, CHOICE)
