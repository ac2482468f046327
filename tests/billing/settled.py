"""Orders that are paid, without a bank: what comes after the money."""

from typing import Any

from django.db import transaction

from accounts.models import User
from billing import completion
from billing.models import AttemptState, Order, PaymentAttempt, RefundCase
from billing.numbers import bank_number
from inspections.models import VisitRequest
from septam import clock
from tests.billing.bank import GATEWAY, make_order


def settle(order: Order) -> Order:
    """A card paid the order; written as `payments` writes it."""
    with transaction.atomic():
        locked = Order.objects.select_for_update().get(pk=order.pk)
        now = clock.now()
        number = bank_number()
        attempt = PaymentAttempt.objects.create(
            order=locked, gateway=GATEWAY, order_number=number, amount_rial=locked.payable_rial,
            state=AttemptState.SETTLED, token=f"T{number}", reference=f"{number % 10**12}",
            masked_card="603799******1234", created_at=now, settled_at=now,
        )  # fmt: skip
        completion.complete(locked, attempt, now)
    return locked


def settled_order(owner: User, *titles: str) -> Order:
    """A paid order for places with these titles."""
    return settle(make_order(owner, *titles))


def refund_of(
    order: Order, request: VisitRequest | None, amount_rial: int, **more: Any
) -> RefundCase:
    """A refund as finance asks for it by hand, unless told otherwise."""
    values = {"reason": "by_hand", "paid_rial": order.payable_rial, **more}
    return RefundCase.objects.create(
        order=order, request=request, amount_rial=amount_rial, created_at=clock.now(), **values
    )
