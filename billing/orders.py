"""From the cart to an order with frozen lines; taking lines away; letting old carts lapse.

Everything here runs under the owner's row as a mutex, then locks order → requests → places.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from billing import completion, price_fit
from billing.cart import Cart, CartLine, priced
from billing.models import LineKind, Order, OrderLine, OrderState
from billing.models.payments import HOLDING
from billing.numbers import order_number
from inspections import workflow
from inspections.models import RequestStatus, VisitRequest
from septam import clock

logger = logging.getLogger(__name__)
# What a lapsing job takes at once.
BATCH = 200


class PriceChanged(Exception):
    """The sum is another one than the owner was shown; `cart` is the cart as it is now."""

    def __init__(self, cart: Cart) -> None:
        super().__init__(cart.payable_rial)
        self.cart = cart


class CartNotReady(Exception):
    """The cart is empty, or one of its lines has no price; `cart` says which."""

    def __init__(self, cart: Cart) -> None:
        super().__init__()
        self.cart = cart


class PaymentUnderWay(Exception):
    """A payment of this request is under way, so it cannot be taken out of the cart."""


def checkout(user: User, shown_total: int) -> Order:
    """Make the order of all that is in the cart, with lines frozen at the prices of today (Tehran).

    The same cart checked out twice gives the same order. An order of 0 rial is paid at once, without a bank.
    Raises PriceChanged if the sum is not `shown_total` rial, CartNotReady if something cannot be paid for.
    """
    with transaction.atomic():
        lock_owner(user.pk)
        open_orders = list(_free_open_orders(user.pk))
        cart = priced(price_fit.lock_cart(user.pk))
        if not cart.is_ready:
            raise CartNotReady(cart)
        if cart.payable_rial != shown_total:
            raise PriceChanged(cart)
        same = next((order for order in open_orders if _is_same(order, cart.lines)), None)
        if same is not None:
            return same
        dissolve(order for order in open_orders if _shares(order, cart))
        order = _make(user, cart)
        if order.payable_rial == 0:
            completion.complete(order, None, clock.now())
        return order


def lock_owner(owner_id: int) -> None:
    """Let nobody else change this owner's cart until the transaction ends."""
    # NO KEY: rows that merely refer to the owner (notices, messages) are not held up.
    User.objects.select_for_update(no_key=True).get(pk=owner_id)


def _free_open_orders(owner_id: int) -> QuerySet[Order]:
    """The owner's open orders without a payment under way, locked."""
    return (
        Order.objects.select_for_update(of=("self",))
        .filter(owner_id=owner_id, state=OrderState.OPEN)
        .exclude(attempts__state__in=HOLDING)
        .prefetch_related("lines")
        .order_by("pk")
    )


def _is_same(order: Order, lines: Iterable[CartLine]) -> bool:
    wanted = [
        (line.request.pk, part.kind, part.amount_rial, part.vat_basis_points, line.priced_for)
        for line in lines
        for part in (line.quote.lines if line.quote else ())
    ]
    kept = [
        (line.request_id, line.kind, line.amount_rial, line.vat_basis_points, line.priced_for)
        for line in order.lines.all()
    ]
    return sorted(kept) == sorted(wanted)


def _shares(order: Order, cart: Cart) -> bool:
    in_cart = {line.request.pk for line in cart.lines}
    return any(line.request_id in in_cart for line in order.lines.all())


def dissolve(orders: Iterable[Order]) -> None:
    """Cancel open orders; their requests stay in the cart. Call it with the orders locked."""
    for order in orders:
        order.state = OrderState.CANCELLED
        order.save(update_fields=["state"])
        OrderLine.objects.filter(order=order, open=True).update(open=False)


def _make(user: User, cart: Cart) -> Order:
    now = clock.now()
    order = Order.objects.create(
        number=order_number(now),
        owner=user,
        base_rial=sum(price.base_rial for price in cart.quotes),
        vat_rial=cart.vat_rial,
        payable_rial=cart.payable_rial,
        created_at=now,
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order, request=line.request, kind=part.kind, title=_title(line.request, part.kind),
            amount_rial=part.amount_rial, vat_basis_points=part.vat_basis_points, vat_rial=part.vat_rial,
            priced_for=line.priced_for,
        )
        for line in cart.lines
        for part in (line.quote.lines if line.quote else ())
    )  # fmt: skip
    return order


def _title(request: VisitRequest, kind: str) -> str:
    return f"{LineKind(kind).label} - {request.place.title}"


def remove(user: User, number: str) -> None:
    """Take one of the owner's requests out of the cart; an open order that holds it is dissolved.

    Raises PaymentUnderWay, VisitRequest.DoesNotExist for another's or unknown number, and
    workflow.NotAllowed where it is not in the cart any more.
    """
    with transaction.atomic():
        lock_owner(user.pk)
        request = VisitRequest.objects.visible_to(user).get(number=number)
        _leave_cart(request, user, "removed")


def _leave_cart(request: VisitRequest, actor: User | None, reason: str) -> None:
    orders = list(
        Order.objects.select_for_update(of=("self",))
        .filter(lines__request=request, lines__open=True, lines__kind=LineKind.VISIT)
        .order_by("pk")
    )
    if any(order.attempts.filter(state__in=HOLDING).exists() for order in orders):
        raise PaymentUnderWay
    dissolve(orders)
    workflow.take_out_of_cart(request.pk, actor, reason)


def lapse_carts() -> int:
    """Let requests go that stood in the cart for CART_DAYS without a payment under way; returns how many."""
    before = clock.now() - timedelta(days=settings.CART_DAYS)
    old = VisitRequest.objects.filter(status=RequestStatus.IN_CART, status_changed_at__lt=before)
    return sum(_lapse(request) for request in old.order_by("pk")[:BATCH])


def _lapse(request: VisitRequest) -> bool:
    try:
        with transaction.atomic():
            lock_owner(request.owner_id)
            _leave_cart(request, None, "lapsed")
    except (PaymentUnderWay, workflow.NotAllowed):
        return False
    return True
