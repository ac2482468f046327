"""What was really paid for an order, and what of it is still free to be returned. Whole rial; order locked by the caller."""

from django.db.models import Sum

from billing.models import (
    AttemptState,
    BankTransfer,
    Order,
    PaymentAttempt,
    RefundCase,
    RefundReason,
    RefundState,
    TransferState,
)


def paid_for(order: Order) -> int:
    """What came in for the order itself: its settled payment and its matched transfers.

    A second payment is not counted: it is returned whole by a case of its own.
    """
    settled = PaymentAttempt.objects.filter(order=order, state=AttemptState.SETTLED)
    matched = BankTransfer.objects.filter(order=order, state=TransferState.MATCHED)
    return sum(
        int(rows.aggregate(total=Sum("amount_rial"))["total"] or 0) for rows in (settled, matched)
    )


def claimed(order: Order) -> int:
    """What the order's live cases return or returned, second payments aside."""
    cases = RefundCase.objects.filter(order=order).exclude(state=RefundState.REFUSED)
    of_the_order = cases.exclude(reason=RefundReason.DUPLICATE)
    return int(of_the_order.aggregate(total=Sum("amount_rial"))["total"] or 0)


def free(order: Order) -> int:
    """How much a further case of the order may return at most."""
    return max(0, paid_for(order) - claimed(order))
