"""«مابه‌التفاوت»: what a visit costs more or less by what its expert found, asked upwards: the app of money registers itself.

Without anybody registered nothing is due, and a certificate waits for no money.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings

from inspections.models import VisitReport, VisitRequest
from septam import jalali

# The request's short reason while it stands «visited» and its owner has to pay first.
AWAITED = "difference"
# The short reason of one that ended because it was not paid in time.
UNPAID = "unpaid"


@dataclass(frozen=True)
class Difference:
    """How the app of money answers. All amounts are whole rial, VAT included."""

    # Lock owner and orders of a request, before the request is locked.
    hold: Callable[[int], None]
    # What the owner has to pay (above 0) or gets back (below 0) by the report. Raises NotAllowed without a price.
    amount: Callable[[VisitRequest, VisitReport], int]
    # Make it due, by an order or a refund; True where the owner has to pay first. Raises NotAllowed without a price.
    settle: Callable[[VisitRequest, VisitReport], bool]
    # The report is reopened: the order is not to be paid any more. Raises NotAllowed while a payment is under way.
    take_back: Callable[[VisitRequest], None]


_registered: list[Difference] = []


def register(answers: Difference) -> None:
    """Let these answer; call it from an AppConfig's ready()."""
    _registered[:] = [answers]


def is_awaited(request: VisitRequest) -> bool:
    """Whether the laboratory stands by the report, and the certificate waits for the owner's payment."""
    return request.status == "visited" and request.reason == AWAITED


def last_day(request: VisitRequest) -> date:
    """The last day (Tehran) on which a request that waits for its difference can be paid."""
    return jalali.day_of(request.status_changed_at) + timedelta(days=settings.DIFFERENCE_DAYS)


def hold(request_id: int) -> None:
    """Lock what the money of the request depends on, in the caller's transaction and before the request's row."""
    for answers in _registered:
        answers.hold(request_id)


def amount(request: VisitRequest, report: VisitReport) -> int:
    """What would be due if the report were endorsed now; 0 for none."""
    return sum(answers.amount(request, report) for answers in _registered)


def settle(request: VisitRequest, report: VisitReport) -> bool:
    """Make the difference due; True: the certificate waits for a payment."""
    must_pay = False
    for answers in _registered:
        must_pay = answers.settle(request, report) or must_pay
    return must_pay


def take_back(request: VisitRequest) -> None:
    """Let the owner pay no difference of a report that is to be written again."""
    for answers in _registered:
        answers.take_back(request)
