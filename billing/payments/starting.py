"""A payment begins: the attempt is committed before the bank hears of it."""

import logging
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from billing import attempts, gateways, orders, price_fit
from billing.attempts import move
from billing.cart import cart_of
from billing.gateways import NewPayment, Started
from billing.models import AttemptState, LineKind, Order, OrderState, PaymentAttempt
from billing.models.payments import UNDER_CHECK
from billing.numbers import bank_number
from billing.orders import PriceChanged
from billing.transfers import holding
from septam import clock, failpoints

logger = logging.getLogger(__name__)
S = AttemptState
T = TypeVar("T")


class CannotStart(Exception):
    """The order is not open, costs nothing, is left to transfers, being checked with the bank, or its laboratory is shut."""


class StartFailed(Exception):
    """The bank gave no payment page; the attempt is kept as failed and another may be made."""


def checkout(
    user: User, shown_total: int, choose: Callable[[Order], str]
) -> tuple[list[Order], PaymentAttempt | None]:
    """The orders of the cart, as orders.checkout_all makes them, and the first attempt at the bank that `choose` names.

    A single order that is new and the attempt's row are one commit: what was priced is still locked. None: there
    is no attempt yet, because there are several orders, or one that was there before or costs nothing, or `choose`
    names no bank (it is asked for a new order only). Give the attempt to `start`. Raises as orders.checkout_all.
    """

    def work() -> tuple[list[Order], PaymentAttempt | None]:
        made, are_new = orders.checkout_here(user, shown_total)
        first = made[0]
        if not are_new or len(made) > 1 or first.state != OrderState.OPEN:
            return made, None
        name = choose(first)
        return made, _insert(first, name, bank_number(first.number)) if name else None

    return _commit(work)


def start(order: Order, gateway_name: str, attempt: PaymentAttempt | None = None) -> PaymentAttempt:
    """Begin a payment of the order: the attempt is `sent` and holds the bank's token.

    `attempt` is the one that `checkout` gave. Raises CannotStart, orders.PriceChanged if a place is not what was
    priced, StartFailed, and KeyError for a gateway that the settings do not name.
    """
    gateway = gateways.gateway(gateway_name)
    for _once_more in range(2):
        attempt = attempt or create(order.pk, gateway_name)
        answer = gateway.start(_new_payment(attempt))
        failpoints.hit("payments.start.answered")
        began, attempt = _write_start(attempt.pk, answer), None
        if not answer.number_was_used:
            break
        logger.error("order number %s was used before at %s", began.order_number, gateway_name)
    if began.state != S.SENT:
        raise StartFailed(answer.code)
    return began


def create(order_id: int, gateway_name: str) -> PaymentAttempt:
    """The attempt's row, before any call. Raises CannotStart and orders.PriceChanged."""

    def work() -> PaymentAttempt:
        locked = Order.objects.select_for_update(of=("self",)).select_related("owner")
        order = locked.get(pk=order_id)
        if order.state != OrderState.OPEN or order.payable_rial <= 0:
            raise CannotStart
        if order.attempts.filter(state__in=UNDER_CHECK).exists():
            raise CannotStart
        if holding.takes_no_card(order) or price_fit.shut_laboratory(order):
            raise CannotStart
        # Its proforma holds an order's prices; any other is paid at the day's.
        day = None if holding.is_held(order) else clock.today()
        if _is_paid_in_part(order) or not price_fit.fits(order, day):
            raise PriceChanged(cart_of(order.owner))
        return _insert(order, gateway_name, bank_number())

    return _commit(work)


def _commit(work: Callable[[], T]) -> T:
    """The one commit of an attempt's row, before any call to its bank."""
    with failpoints.commit("payments.create"):
        return work()


def _insert(order: Order, gateway_name: str, number: int) -> PaymentAttempt:
    now = clock.now()
    attempt = PaymentAttempt(
        order=order, gateway=gateway_name, order_number=number, amount_rial=order.payable_rial,
        created_at=now, next_check_at=now + attempts.START_DIES_AFTER,
    )  # fmt: skip
    return attempts.begin(attempt)


def _is_paid_in_part(order: Order) -> bool:
    """Whether an older order's late payment paid for some of it: what is left is another sum."""
    visits = order.lines.filter(kind=LineKind.VISIT)
    return visits.filter(request__paid_at__isnull=False).exists()


def _new_payment(attempt: PaymentAttempt) -> NewPayment:
    path = reverse("billing:callback", args=[attempt.gateway])
    return NewPayment(
        order_number=attempt.order_number,
        amount_rial=attempt.amount_rial,
        moment=attempt.created_at,
        callback_url=f"{settings.BASE_URL}{path}",
        description=attempt.order.number,
        mobile=attempt.order.owner.mobile or "",
    )


def _write_start(attempt_id: int, answer: Started) -> PaymentAttempt:
    now = clock.now()
    with failpoints.commit("payments.start"):
        attempt = attempts.locked(attempt_id)
        if answer.token and attempt.state == S.CREATED:
            move(
                attempt, S.SENT, "start", answer.code, token=answer.token, sent_at=now,
                result_code=answer.code, next_check_at=now + attempts.ABANDON_AFTER,
            )  # fmt: skip
        elif attempt.state == S.CREATED:
            move(
                attempt, S.FAILED, "start", answer.code, result_code=answer.code, next_check_at=None
            )
        return attempt
