"""Which open orders are held for a transfer: nothing of them leaves the cart, and their places stand still.

An order is held by its standing «پیش‌فاکتور», by a transfer that its owner reported and finance has not looked
for yet, and by money that came already.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from billing.models import (
    BankTransfer,
    Order,
    OrderState,
    Proforma,
    ProformaState,
    TransferState,
)
from septam import clock

# A transfer in these states keeps its order from being given up.
HOLDING = (TransferState.REPORTED, TransferState.MATCHED)


def held_orders() -> QuerySet[Order]:
    """The open orders that wait for a transfer."""
    standing = Proforma.objects.filter(order=OuterRef("pk"), state=ProformaState.STANDING)
    return Order.objects.filter(Exists(standing) | Exists(_money()), state=OrderState.OPEN)


def is_held(order: Order) -> bool:
    """Whether the order waits for a transfer."""
    return held_orders().filter(pk=order.pk).exists()


def has_money(order: Order) -> bool:
    """Whether money of the order was reported or has come: then it cannot be given up."""
    return BankTransfer.objects.filter(order=order, state__in=HOLDING).exists()


def takes_no_card(order: Order) -> bool:
    """Whether the order is left to its transfers alone: a card pays the whole sum, and not at a price that is over.

    Money of it has come, or the last day of its proforma has passed and what was reported waits for its answer.
    """
    came = BankTransfer.objects.filter(order=OuterRef("pk"), state=TransferState.MATCHED)
    over = Proforma.objects.filter(order=OuterRef("pk"), valid_until__lt=clock.today())
    left = Order.objects.filter(Exists(came) | Exists(over.filter(state=ProformaState.STANDING)))
    return left.filter(pk=order.pk).exists()


def with_money() -> QuerySet[Order]:
    """The orders for which money was reported or has come."""
    return Order.objects.filter(Exists(_money()))


def with_reports() -> QuerySet[Order]:
    """The orders for which a report waits for its answer."""
    reports = BankTransfer.objects.filter(order=OuterRef("pk"), state=TransferState.REPORTED)
    return Order.objects.filter(Exists(reports))


def _money() -> QuerySet[BankTransfer]:
    return BankTransfer.objects.filter(order=OuterRef("pk"), state__in=HOLDING)


def recently_held(since: datetime) -> QuerySet[Order]:
    """The orders that are held for a transfer, or whose proforma ended after `since`."""
    standing = Proforma.objects.filter(order=OuterRef("pk"), ended_at=None)
    ended = Proforma.objects.filter(order=OuterRef("pk"), ended_at__gte=since)
    return Order.objects.filter(Exists(standing) | Exists(ended) | Exists(_money()))


def end_with_order(order: Order, at: datetime) -> None:
    """The order is not to be paid any more: nor is its proforma."""
    standing = Proforma.objects.filter(order=order, state=ProformaState.STANDING)
    standing.update(state=ProformaState.WITHDRAWN, ended_at=at)


def end_as_paid(order: Order, at: datetime) -> None:
    """The order was paid, by whatever way: its proforma has done its work."""
    standing = Proforma.objects.filter(order=order, state=ProformaState.STANDING)
    standing.update(state=ProformaState.PAID, ended_at=at)
