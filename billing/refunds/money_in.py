"""What was really paid for an order, and what of it is still free to be returned. Whole rial; order locked by the caller."""

from django.db.models import Sum

from billing.models import (
    AttemptState,
    Order,
    PaymentAttempt,
    RefundCase,
    RefundReason,
    RefundState,
)
from billing.transfers import sums


def paid_for(order: Order) -> int:
    """What came in for the order itself: its settled payment and its matched transfers.

    A second payment is not counted: it is returned whole by a case of its own.
    """
    settled = PaymentAttempt.objects.filter(order=order, state=AttemptState.SETTLED)
    by_card = int(settled.aggregate(total=Sum("amount_rial"))["total"] or 0)
    return by_card + sums.matched_rial(order.pk)


def claimed(order: Order) -> int:
    """What the order's live cases return or returned, second payments aside."""
    cases = RefundCase.objects.filter(order=order).exclude(state=RefundState.REFUSED)
    of_the_order = cases.exclude(reason=RefundReason.DUPLICATE)
    return int(of_the_order.aggregate(total=Sum("amount_rial"))["total"] or 0)


def free(order: Order) -> int:
    """How much a further case of the order may return at most."""
    return max(0, paid_for(order) - claimed(order))
