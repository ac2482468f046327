"""How much money came for an order by bank transfer. Whole rial."""

from django.db.models import Sum

from billing.models import BankTransfer, Order, TransferState


def matched_rial(order_id: int) -> int:
    """What matched transfers brought for the order; under the order's lock it stays so."""
    matched = BankTransfer.objects.filter(order_id=order_id, state=TransferState.MATCHED)
    return int(matched.aggregate(total=Sum("amount_rial"))["total"] or 0)


def remaining_rial(order: Order) -> int:
    """What is still to be transferred for the order; never negative."""
    return max(0, order.payable_rial - matched_rial(order.pk))


def reported_rial(order_id: int) -> int:
    """What the owner reported and finance has not looked for yet."""
    reported = BankTransfer.objects.filter(order=order_id, state=TransferState.REPORTED)
    return int(reported.aggregate(total=Sum("amount_rial"))["total"] or 0)
