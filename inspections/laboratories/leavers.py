"""Paid requests in the hands of an expert who does not work for their laboratory any more: it gives them on.

A role rests and is never removed (accounts/admin.py), so that the role itself tells.
"""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Role, StaffAssignment
from inspections.laboratories import choice
from inspections.models import VisitRequest
from inspections.models.requests import BEFORE_VISIT
from septam.alarms import Alarm

CHOICE = "left"


def left_behind(requests: QuerySet[VisitRequest]) -> QuerySet[VisitRequest]:
    """Those of the requests that are paid, not yet visited, and whose expert's role at their laboratory rests."""
    gone = Q(active=False) | Q(user__is_active=False) | Q(user__is_staff=False)
    resting = StaffAssignment.objects.filter(
        gone, role=Role.EXPERT, user_id=OuterRef("assigned_expert_id"),
        laboratory_id=OuterRef("laboratory_id"),
    )  # fmt: skip
    return requests.filter(Exists(resting), status__in=BEFORE_VISIT)


def watch() -> Iterator[Alarm]:
    """How many there are, for support and the portal's manager."""
    text = _(
        "%(count)s paid requests are with experts who do not work any more; their laboratories give them on."
    )
    yield from choice.told(left_behind(VisitRequest.objects.all()), text, CHOICE)
