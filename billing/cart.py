"""The cart as its owner sees it: requests that wait for payment, at today's prices."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from billing.models import LineKind, Order, PaymentAttempt
from billing.models.payments import HOLDING
from billing.paid_cloud import already_paid
from billing.price_list import tariffs_of
from billing.pricing import CLOUD, TRAVEL, Locality, NoPrice, Quote, Tariffs, quote
from billing.transfers import holding
from inspections import kinds
from inspections.models import RequestStatus, VisitRequest
from septam import clock
from septam.postgres.prepared import Prepared
from sites.models import CloudProduct, Place

PROBLEMS = {
    "place": _("The data of this place are incomplete; complete them or remove the line."),
    "visit": _("There is no price for this place yet; please contact support."),
    "cloud": _("There is no price for this cloud service; remove the service from the place."),
    "laboratory": _("Its laboratory visits nobody at present; choose another one for the place."),
    "revisit": _("The time for the re-visit is over; remove the line and request a visit again."),
    "shop": _(
        "A re-visit is of the place that was visited, and this has become another; remove the line and request a visit again."
    ),
    "vat": _("The VAT rate of today is not entered yet; please contact support."),
}


@dataclass(frozen=True)
class CartLine:
    """One request with its price of today, or the reason why it has none."""

    request: VisitRequest
    quote: Quote | None
    problem: str | Promise = ""
    # What of the place the price was made for; kept on the order's lines.
    priced_for: str = ""

    @property
    def travel_rial(self) -> int:
        """«هزینه ایاب و ذهاب» of this visit."""
        return self.quote.amount_of(TRAVEL) if self.quote else 0

    @property
    def cloud_is_paid(self) -> bool:
        """Whether the place's cloud service was paid for before and is not charged now."""
        return self.quote is not None and all(line.kind != CLOUD for line in self.quote.lines)


@dataclass(frozen=True)
class Cart:
    """What can be paid now, and the requests whose order is being paid or waits for a transfer."""

    lines: tuple[CartLine, ...]
    held: tuple[VisitRequest, ...] = ()

    @cached_property
    def quotes(self) -> list[Quote]:
        """The prices of the lines that have one."""
        return [line.quote for line in self.lines if line.quote is not None]

    def amount_of(self, kind: str) -> int:
        """The sum before VAT of the lines of a kind (`visit`, `travel` or `cloud`)."""
        return sum(price.amount_of(kind) for price in self.quotes)

    @property
    def vat_rial(self) -> int:
        """«ارزش افزوده»"""
        return sum(price.vat_rial for price in self.quotes)

    @property
    def payable_rial(self) -> int:
        """«قابل پرداخت (ریال)»"""
        return sum(price.payable_rial for price in self.quotes)

    @property
    def is_ready(self) -> bool:
        """Whether there is something to pay and nothing that has no price."""
        return bool(self.lines) and len(self.quotes) == len(self.lines)

    @property
    def held_orders(self) -> list[str]:
        """The numbers of the orders whose payment is under way."""
        return _order_numbers(request for request in self.held if request.is_held)  # type: ignore[attr-defined]

    @property
    def transfer_orders(self) -> list[str]:
        """The numbers of the other orders: they wait for a transfer."""
        return _order_numbers(request for request in self.held if not request.is_held)  # type: ignore[attr-defined]


def _order_numbers(requests: Iterable[VisitRequest]) -> list[str]:
    return sorted({request.order_number for request in requests})  # type: ignore[attr-defined]


def waiting_requests(owner_id: int, *, to_show: bool = True) -> list[VisitRequest]:
    """The owner's requests in the cart, oldest first, with the number of their open order («» for none), whether
    a payment of it is under way and whether it waits for a transfer; `to_show` with all that the cart shows of a place."""
    found = _WAITING(owner_id) if to_show else _PRICED(owner_id)
    _note_orders(found)
    return found


def _waiting(owner_id: int) -> QuerySet[VisitRequest]:
    is_open = Q(order_lines__open=True, order_lines__kind=LineKind.VISIT)
    return (
        VisitRequest.objects.filter(owner_id=owner_id, status=RequestStatus.IN_CART)
        .select_related(
            "place__category", "place__city", "place__cloud_product", "place__laboratory"
        )
        .annotate(open_line=FilteredRelation("order_lines", condition=is_open))
        .annotate(open_order_id=F("open_line__order_id"))
        .order_by("pk")
    )


_PRICED = Prepared(_waiting)
_WAITING = Prepared(lambda owner_id: _waiting(owner_id).select_related("place__city__province"))  # type: ignore[misc]


def _note_orders(requests: Sequence[Any]) -> None:
    """Write down of each request what its open order is about; most have none, and nothing is asked."""
    ids = {request.open_order_id for request in requests} - {None}
    orders = {order.pk: order for order in _open_orders(ids)} if ids else {}
    for request in requests:
        order = orders.get(request.open_order_id)
        request.order_number = order.number if order else ""
        request.is_held = order is not None and order.is_held
        request.awaits_transfer = order is not None and order.awaits_transfer


def _open_orders(ids: Collection[int]) -> QuerySet[Any]:
    attempts = PaymentAttempt.objects.filter(order=OuterRef("pk"), state__in=HOLDING)
    held = holding.held_orders().filter(pk=OuterRef("pk"))
    orders = Order.objects.filter(pk__in=ids)
    return orders.annotate(is_held=Exists(attempts), awaits_transfer=Exists(held))


def cart_of(user: User) -> Cart:
    """The owner's cart at the prices of today (Tehran)."""
    # Most carts that are looked at are empty, and to find what waits takes a wide query.
    return priced(waiting_requests(user.pk)) if _ANY(user.pk) else Cart(())


_ANY = Prepared(
    lambda owner_id: VisitRequest.objects.filter(  # type: ignore[misc]
        owner_id=owner_id, status=RequestStatus.IN_CART
    ).only("pk")[:1]
)


def priced(requests: Iterable[VisitRequest]) -> Cart:
    """A cart of these requests (as waiting_requests gives them)."""
    found = list(requests)
    held = tuple(request for request in found if _is_set_aside(request))
    free = [request for request in found if not _is_set_aside(request)]
    if not free:
        return Cart((), held)
    return Cart(lines_of(free, clock.today()), held)


def _is_set_aside(request: VisitRequest) -> bool:
    return bool(request.is_held or request.awaits_transfer)  # type: ignore[attr-defined]


def lines_of(requests: Sequence[VisitRequest], day: date) -> tuple[CartLine, ...]:
    """Each request with its price of a day of Tehran; category, city, laboratory and place are loaded."""
    tariffs = tariffs_of([request.place for request in requests], day)
    served = already_paid(requests, day)
    shut = dict.fromkeys(kinds.late_revisits(requests, day), "revisit")
    shut |= dict.fromkeys(kinds.other_shops(requests), "shop")
    return tuple(_line(request, day, tariffs, served, shut) for request in requests)


def payable_ahead(request: VisitRequest) -> int | None:
    """What the cart would ask for a request that is not made yet (whole rial with VAT); None where it has no price."""
    (line,) = lines_of([request], clock.today())
    return line.quote.payable_rial if line.quote else None


def bases_of(requests: Sequence[VisitRequest], day: date) -> dict[int, str]:
    """What each request would be priced for on a day of Tehran, by its id; the same is loaded."""
    served, others = already_paid(requests, day), kinds.other_shops(requests)
    return {
        request.pk: _basis(request.place, _product(request, served), is_other=request.pk in others)
        for request in requests
    }


def _product(request: VisitRequest, served: set[int]) -> CloudProduct | None:
    """The cloud service that the visit is charged with."""
    return None if request.pk in served else request.place.cloud_product


def _line(
    request: VisitRequest, day: date, tariffs: Tariffs, served: set[int], shut: Mapping[int, str]
) -> CartLine:
    place = request.place
    product = _product(request, served)
    basis = _basis(place, product)
    if place.category is None or place.area is None or place.city is None or not place.is_complete:
        return CartLine(request, None, PROBLEMS["place"], basis)
    if place.laboratory is not None and not place.laboratory.is_open(day):
        return CartLine(request, None, PROBLEMS["laboratory"], basis)
    if request.pk in shut:
        return CartLine(request, None, PROBLEMS[shut[request.pk]], basis)
    try:
        price = quote(
            kind=request.kind,
            level=place.category.level,
            area=place.area,
            city=Locality(place.city.pk, place.city.province_id),
            products=() if product is None else (product.pk,),
            day=day,
            tariffs=tariffs,
        )
    except NoPrice as refusal:
        return CartLine(request, None, PROBLEMS[refusal.missing], basis)
    return CartLine(request, price, priced_for=basis)


def _basis(place: Place, product: CloudProduct | None, *, is_other: bool = False) -> str:
    """What of a place decides its price, in one short text that can be compared; `is_other`: no re-visit's shop now."""
    level = place.category.level if place.category else ""
    province = place.city.province_id if place.city else ""
    cloud = f"{product.pk} for {product.months} months" if product else ""
    where = f"province {province}, city {place.city_id or ''}"
    other = ", another shop" if is_other else ""
    return f"level {level}, area {place.area}, {where}, product {cloud}{other}"
