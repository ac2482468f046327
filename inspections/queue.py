"""Where a request stands in its laboratory's queue, and how long that laboratory took lately."""

import math
from dataclasses import dataclass
from datetime import timedelta
from statistics import quantiles

from inspections.models import RequestStatus, VisitRequest
from septam import clock
from septam.postgres.prepared import Statement

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
    times = _FIRST_PROPOSALS.rows(laboratory_id, since, RECENT)
    return usual_days([proposed - paid for proposed, paid in times])


# Paid for: only then a time is proposed.
_FIRST_PROPOSALS = Statement(
    "SELECT first_proposed_at, paid_at FROM inspections_visitrequest"
    " WHERE laboratory_id = $1 AND first_proposed_at >= $2 AND paid_at IS NOT NULL"
    " ORDER BY first_proposed_at DESC LIMIT $3",
    "bigint",
    "timestamptz",
    "bigint",
)


def usual_days(waits: list[timedelta]) -> tuple[int | None, int | None]:
    """The days within which half and four fifths of the waits ended, rounded up; (None, None) for too few."""
    if len(waits) < FEWEST:
        return None, None
    days = quantiles([wait / timedelta(days=1) for wait in waits], n=10, method="inclusive")
    return max(1, math.ceil(days[4])), max(1, math.ceil(days[7]))
