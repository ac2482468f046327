"""An unpaid difference: its owner is reminded by day, and after DIFFERENCE_DAYS the request ends without a certificate.

Locks: the owner's row → the orders by id → the request (`dues.hold`). Whoever pays, or sends the report back, takes
the order's row too: he comes before, and there is nothing to be told or ended; or after, and finds the order ended.
"""

import logging
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from billing import orders
from billing.differences import dues, telling
from billing.models import LineKind, Order, OrderLine
from billing.models.payments import HOLDING
from billing.transfers import holding
from inspections import workflow
from inspections.difference import last_day
from inspections.models import VisitRequest
from notifications import daytime
from septam import clock, jalali

logger = logging.getLogger(__name__)
# Told so many days before the last one. Nearest first: whoever missed one (worker down) gets the one that is due now.
DAYS_BEFORE = (1, 7, 20)
# Who was told of the difference just now, under whatever number, needs no reminder yet.
FRESH_DAYS = 3
# Read in portions: in a busy month there are more open ones than should lie in memory at once.
PORTION = 1000


def run() -> int:
    """The hourly job: remind, then end what is over; returns how many were touched."""
    return remind() + end_overdue()


def remind() -> int:
    """Remind owners of differences that are to be paid, each stage once; returns how many. Not at night."""
    if not daytime.is_now():
        return 0
    found = [line for line in _awaited() if _stage(line.order, line.request) is not None]
    return sum(_remind(line.request_id) for line in found)


def end_overdue() -> int:
    """End the requests whose time to pay is over; returns how many.

    One with a payment under way, a proforma that stands, money that was reported or has come, or a complaint that
    is not decided yet waits for the outcome.
    """
    found = [line.request_id for line in _awaited() if last_day(line.request) < clock.today()]
    return sum(_end(request_id) for request_id in found)


def is_over(order: Order) -> bool:
    """Whether the order is of a difference whose time to pay is over: it may be paid until it is ended, not put off."""
    # Most orders are of no difference, and their lines are loaded where a page shows them.
    lines = (line for line in order.lines.all() if line.kind == LineKind.DIFFERENCE)
    return any(last_day(line.request) < clock.today() for line in lines)


def _awaited() -> Iterable[OrderLine]:
    return _lines().order_by("pk").iterator(chunk_size=PORTION)


def _lines() -> QuerySet[OrderLine]:
    lines = OrderLine.objects.filter(kind=LineKind.DIFFERENCE, open=True)
    return lines.select_related("order", "request__owner", "request__place")


def _stage(order: Order, request: VisitRequest) -> int | None:
    """Which of DAYS_BEFORE is due today; None for none."""
    today = clock.today()
    if (today - jalali.day_of(order.created_at)).days < FRESH_DAYS:
        return None
    left = (last_day(request) - today).days
    return next((days for days in DAYS_BEFORE if 0 <= left <= days), None)


def _remind(request_id: int) -> bool:
    with transaction.atomic():
        found = _locked(request_id)
        if found is None or _is_being_paid(found.order):
            return False
        stage = _stage(found.order, found.request)
        if stage is None:
            return False
        key, end = f"difference.reminder:{found.order_id}:{stage}", last_day(found.request)
        return telling.reminder(found.request, found.order, end, once_key=key)


def _end(request_id: int) -> bool:
    with transaction.atomic():
        found = _locked(request_id)
        if found is None or _is_being_paid(found.order) or not workflow.leave_unpaid(request_id):
            return False
        orders.dissolve([found.order])
        telling.unpaid(found.request, found.order)
        logger.info("the difference of request %s was not paid in time", request_id)
        return True


def _locked(request_id: int) -> OrderLine | None:
    """The request's open difference, its orders locked; None where it was paid or taken back meanwhile."""
    dues.hold(request_id)
    return _lines().filter(request_id=request_id).first()


def _is_being_paid(order: Order) -> bool:
    return order.attempts.filter(state__in=HOLDING).exists() or holding.is_held(order)
