"""From the cart to an order with frozen lines; taking lines away; letting old carts lapse.

Everything here runs under the owner's row as a mutex, then locks order → requests → places.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from billing import completion, limits, price_fit, splitting
from billing.cart import Cart, CartLine, priced
from billing.models import LineKind, Order, OrderLine, OrderState
from billing.models.payments import HOLDING
from billing.numbers import order_number
from billing.transfers import holding
from inspections import workflow
from inspections.models import RequestKind, VisitRequest
from septam import clock
from septam.postgres.prepared import Prepared
from septam.postgres.prepared_writes import Insert
from sites.models import Place

logger = logging.getLogger(__name__)
# What a lapsing job takes at once.
BATCH = 200
_ORDER, _LINES = Insert(Order), Insert(OrderLine)


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


class AwaitsTransfer(PaymentUnderWay):
    """The request's order `number` is held for a bank transfer."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


def checkout(user: User, shown_total: int) -> Order:
    """The order of all that is in the cart, or the first of them; see checkout_all."""
    return checkout_all(user, shown_total)[0]


def checkout_all(user: User, shown_total: int, *, whole: bool = False) -> list[Order]:
    """Make the order of all that is in the cart, with lines frozen at the prices of today (Tehran).

    A sum above what every offered bank takes at once becomes several orders of whole places, unless it is to
    be one `whole` order. The same cart checked out twice gives the same orders. An order of 0 rial is paid at
    once, without a bank. Raises PriceChanged if the sum is not `shown_total` rial, CartNotReady if something
    cannot be paid for.
    """
    with transaction.atomic():
        made, _are_new = checkout_here(user, shown_total, whole=whole)
    return made


def checkout_here(user: User, shown_total: int, *, whole: bool = False) -> tuple[list[Order], bool]:
    """The same inside the caller's transaction; also whether the orders are new.

    What the prices were made for stays locked until it ends: a new order need not be compared with it again.
    """
    largest = None if whole else limits.largest_rial()
    lock_owner(user.pk)
    open_orders = _free_open_orders(user.pk)
    cart = priced(price_fit.lock_cart(user.pk))
    if not cart.is_ready:
        raise CartNotReady(cart)
    if cart.payable_rial != shown_total:
        raise PriceChanged(cart)
    same = _same_orders(open_orders, cart, largest)
    if same:
        return same, False
    dissolve(order for order in open_orders if _shares(order, cart))
    return [_make_or_give(user, part) for part in parts_of(cart, largest)], True


def parts_of(cart: Cart, largest: int | None) -> list[Cart]:
    """The cart in parts that a bank takes at once; every line has its price. None: all in one."""
    groups = splitting.split([price.payable_rial for price in cart.quotes], largest)
    return [Cart(tuple(cart.lines[position] for position in group)) for group in groups]


def _same_orders(open_orders: Iterable[Order], cart: Cart, largest: int | None) -> list[Order]:
    """The open orders that hold exactly what is in the cart now, each payable at once; empty if there are none.

    With `largest` None only one order of everything will do.
    """
    found, held = [], set[int]()
    for order in open_orders:
        ids = {line.request_id for line in order.lines.all()}
        if _is_same(order, [line for line in cart.lines if line.request.pk in ids]):
            found.append(order)
            held |= ids
    covers_all = held == {line.request.pk for line in cart.lines}
    fit = len(found) == 1 if largest is None else all(_is_payable(one, largest) for one in found)
    return found if covers_all and fit else []


def _is_payable(order: Order, largest: int) -> bool:
    """Whether a bank takes the order at once, or no smaller order could be made."""
    return (
        order.payable_rial <= largest or len({line.request_id for line in order.lines.all()}) == 1
    )


def _make_or_give(user: User, cart: Cart) -> Order:
    order = _make(user, cart)
    if order.payable_rial == 0:
        completion.complete(order, None, clock.now())
    return order


def lock_owner(owner_id: int) -> None:
    """Let nobody else change this owner's cart until the transaction ends."""
    # NO KEY: rows that merely refer to the owner (notices, messages) are not held up.
    if not _OWNER(owner_id):
        raise User.DoesNotExist


_OWNER = Prepared(
    lambda owner_id: User.objects.filter(pk=owner_id).select_for_update(no_key=True).only("pk")  # type: ignore[misc]
)
_OPEN = Prepared(
    lambda owner_id: Order.objects.filter(owner_id=owner_id, state=OrderState.OPEN).only("pk")  # type: ignore[misc]
)


def _free_open_orders(owner_id: int) -> list[Order]:
    """The owner's open orders without a payment under way and not held for a transfer, locked."""
    if not _OPEN(owner_id):
        # Under the owner's lock there come no others.
        return []
    return list(
        Order.objects.filter(owner_id=owner_id, state=OrderState.OPEN)
        .select_for_update(of=("self",))
        .exclude(attempts__state__in=HOLDING)
        .exclude(pk__in=holding.held_orders())
        .prefetch_related("lines")
        .order_by("pk")
    )


def others_to_pay(order: Order) -> bool:
    """Whether the owner has other open orders that a bank may be paid for."""
    others = [one.pk for one in _OPEN(order.owner_id) if one.pk != order.pk]
    # Most owners have none: the rest is not asked then.
    if not others:
        return False
    return Order.objects.filter(pk__in=others).exclude(pk__in=holding.held_orders()).exists()


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
    order = _ORDER.one(
        Order(
            number=order_number(now),
            owner=user,
            base_rial=sum(price.base_rial for price in cart.quotes),
            vat_rial=cart.vat_rial,
            payable_rial=cart.payable_rial,
            created_at=now,
        )
    )
    lines = [
        OrderLine(
            order=order, request=line.request, kind=part.kind, amount_rial=part.amount_rial,
            vat_basis_points=part.vat_basis_points, vat_rial=part.vat_rial, priced_for=line.priced_for,
            **_named(line.request.place, part.kind),
        )
        for line in cart.lines
        for part in (line.quote.lines if line.quote else ())
    ]  # fmt: skip
    _LINES(lines)
    return order


def _named(place: Place, kind: str) -> dict[str, Any]:
    """The line's title; of a cloud service also which one was sold, and for how many months."""
    product = place.cloud_product if kind == LineKind.CLOUD else None
    if product is None:
        return {"title": f"{LineKind(kind).label} - {place.title}"}
    return {
        "title": f"{product.label} - {place.title}",
        "product": product,
        "months": product.months,
    }


def remove(user: User, number: str) -> None:
    """Take one of the owner's requests out of the cart; an open order that holds it is dissolved.

    Raises PaymentUnderWay (AwaitsTransfer where its order is held for one), VisitRequest.DoesNotExist for another's or unknown number, and
    workflow.NotAllowed where it is not in the cart any more.
    """
    with transaction.atomic():
        lock_owner(user.pk)
        request = VisitRequest.objects.visible_to(user).get(number=number)
        leave_cart(request, user, "removed")


def leave_cart(request: VisitRequest, actor: User | None, reason: str) -> None:
    """The same for one request inside the caller's transaction, in which its owner is locked."""
    orders = list(
        Order.objects.select_for_update(of=("self",))
        .filter(lines__request=request, lines__open=True, lines__kind=LineKind.VISIT)
        .order_by("pk")
    )
    if any(order.attempts.filter(state__in=HOLDING).exists() for order in orders):
        raise PaymentUnderWay
    for order in orders:
        if holding.is_held(order):
            raise AwaitsTransfer(order.number)
    dissolve(orders)
    workflow.take_out_of_cart(request.pk, actor, reason)


def lapse_carts() -> int:
    """Let requests go that stood in the cart for CART_DAYS without a payment under way; returns how many.

    The days count anew from the end of a proforma.
    """
    old = old_in_cart(clock.now() - timedelta(days=settings.CART_DAYS))
    return sum(_lapse(request) for request in old.order_by("pk")[:BATCH])


def old_in_cart(before: datetime) -> QuerySet[VisitRequest]:
    """The requests that stand in a cart since before then, and were held for no transfer since."""
    old = VisitRequest.objects.in_cart().filter(status_changed_at__lt=before)
    return old.exclude(order_lines__order__in=holding.recently_held(before))


def _lapse(request: VisitRequest) -> bool:
    try:
        with transaction.atomic():
            lock_owner(request.owner_id)
            leave_cart(request, None, "lapsed")
    except (PaymentUnderWay, workflow.NotAllowed):
        return False
    return True


def why_holder_stays(owner_id: int) -> str:
    """Why the owner's name and national id cannot become others now: a re-visit, whose fee goes by them, is being paid.

    Locks the owner, under whom orders are made, and the open orders, under which payments begin.
    """
    lock_owner(owner_id)
    list(
        Order.objects.filter(owner_id=owner_id, state=OrderState.OPEN)
        .order_by("pk")
        .select_for_update()
    )
    revisits = OrderLine.objects.filter(order__owner_id=owner_id, request__kind=RequestKind.REVISIT)
    paying = revisits.filter(
        order__state__in=(OrderState.OPEN, OrderState.CANCELLED), order__attempts__state__in=HOLDING
    )
    if paying.exists():
        return _(
            "A payment of a re-visit is under way. Until its outcome is known your name and national id stay as they are."
        )
    if revisits.filter(order__in=holding.held_orders()).exists():
        return _(
            "A proforma of a re-visit waits for its transfer. Until it is paid or given up your name and national id stay as they are."
        )
    return ""
