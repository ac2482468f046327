"""Where a request stands in its laboratory's queue, and how long that laboratory took lately."""

import math
from dataclasses import dataclass
from datetime import timedelta
from statistics import quantiles

from django.db.models import Exists, OuterRef

from inspections.models import RequestStatus, VisitRequest, VisitSlot
from septam import clock

# How many of the laboratory's last proposals the figures come from, of how many weeks, and how few are too few to
# speak of: what was usual half a year ago says nothing of today.
RECENT = 40
WEEKS = 8
FEWEST = 5


@dataclass(frozen=True)
class Wait:
    """Place in the queue (from 1), and within how many days half and most of the last owners got a time.

    The days are None where the laboratory has too few recent figures to be honest about.
    """

    position: int
    half_days: int | None
    most_days: int | None


def wait_of(request: VisitRequest) -> Wait | None:
    """The queue as it stands now, by two queries; None for a request that does not wait in it."""
    if (
        request.status != RequestStatus.SCHEDULING
        or request.new_laboratory_since
        or not request.paid_at
    ):
        return None
    return Wait(_position(request), *usual_days_of(request.laboratory_id))


def _position(request: VisitRequest) -> int:
    waiting = VisitRequest.objects.filter(
        laboratory_id=request.laboratory_id, status=RequestStatus.SCHEDULING
    )
    return waiting.filter(paid_at__lt=request.paid_at).count() + 1


def usual_days_of(laboratory_id: int) -> tuple[int | None, int | None]:
    """Of a laboratory lately, by one query; (None, None) where its figures are too few.

    From payment to the first time that was proposed: a second one says more of its owner than of the queue.
    """
    since = clock.now() - timedelta(weeks=WEEKS)
    earlier = VisitSlot.objects.filter(request=OuterRef("request"), pk__lt=OuterRef("pk"))
    recent = VisitSlot.objects.filter(
        ~Exists(earlier), request__laboratory_id=laboratory_id, created_at__gte=since
    )
    times = recent.order_by("-id").values_list("created_at", "request__paid_at")[:RECENT]
    return usual_days([proposed - paid for proposed, paid in times if paid])


def usual_days(waits: list[timedelta]) -> tuple[int | None, int | None]:
    """The days within which half and four fifths of the waits ended, rounded up; (None, None) for too few."""
    if len(waits) < FEWEST:
        return None, None
    days = quantiles([wait / timedelta(days=1) for wait in waits], n=10, method="inclusive")
    return max(1, math.ceil(days[4])), max(1, math.ceil(days[7]))
