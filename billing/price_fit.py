"""Whether a place is still the one that its frozen price was made for.

An order's lines are never recomputed, so a place that grew after the checkout would be visited at the small
one's price. While a payment is under way the place is held (`held_lines`); before one starts, and before
the bank is asked to confirm one that was thought over, the place is compared with what was priced.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from billing.cart import CartLine, bases_of, lines_of, waiting_requests
from billing.models import LineKind, Order, OrderLine, OrderState
from billing.models.payments import HOLDING
from billing.transfers import holding
from inspections import kinds
from inspections.models import RequestStatus, VisitRequest
from septam import clock
from septam.postgres.prepared import Prepared
from sites.models import Place
from sites.place import PlaceState


def held_lines(place_id: Any) -> QuerySet[OrderLine]:
    """A line while a payment of the place is under way, a transfer is awaited, or nobody knows yet what became of it.

    For `sites.freezing`, which asks it under the place's lock, and of a reference to the place where it is only shown.
    """
    by_card = Q(
        order__state__in=(OrderState.OPEN, OrderState.CANCELLED), order__attempts__state__in=HOLDING
    )
    # Asked of the place's own orders: a list of all that are held would grow with them.
    held = by_card | Exists(holding.held_orders().filter(pk=OuterRef("order_id")))
    return OrderLine.objects.filter(held, request__place_id=place_id).only("pk")[:1]


def lock_cart(owner_id: int) -> list[VisitRequest]:
    """The owner's requests in the cart (as waiting_requests gives them), with their places, locked."""
    requests = _IN_CART(owner_id)
    _lock_places(requests)
    ids = {request.pk for request in requests}
    return [request for request in waiting_requests(owner_id, to_show=False) if request.pk in ids]


_IN_CART = Prepared(
    lambda owner_id: (
        VisitRequest.objects.filter(  # type: ignore[misc]
            owner_id=owner_id, status=RequestStatus.IN_CART
        )
        .select_for_update(of=("self",))
        .order_by("pk")
        .only("pk", "place_id")
    )
)
_REQUESTS = Prepared(
    lambda ids: (
        VisitRequest.objects.filter(pk__in=ids)  # type: ignore[misc]
        .select_for_update(of=("self",))
        .order_by("pk")
        .only("pk", "place_id")
    )
)
_PLACES = Prepared(
    lambda ids: (
        Place.objects.filter(pk__in=ids)  # type: ignore[misc]
        .select_for_update(of=("self",))
        .order_by("pk")
        .only("pk")
    )
)


def _lock_places(requests: Iterable[VisitRequest]) -> None:
    """Lock the places of requests that are locked by id; what is read afterwards stays true."""
    _PLACES(sorted({request.place_id for request in requests}))


def fits(order: Order, day: date | None = None) -> bool:
    """Whether each place of the order is there, and as it was priced or would have cost the same on the order's day.

    With a later `day` of Tehran: whether all of it costs the same on that day too.

    Locks the requests and places until the transaction ends; call it with the order locked.
    """
    # The lines are frozen: they need no lock to stay as they are.
    kept = list(order.lines.all())
    if any(line.kind == LineKind.DIFFERENCE for line in kept):
        # Of a visit that took place: it is due as long as its order is, whatever became of the place.
        return order.state == OrderState.OPEN
    ids = sorted({line.request_id for line in kept})
    _lock_places(_REQUESTS(ids))
    requests = VisitRequest.objects.filter(pk__in=ids).select_related(
        "place__category", "place__city", "place__cloud_product", "place__laboratory"
    )
    if any(request.place.state == PlaceState.ARCHIVED for request in requests):
        return False
    made_on = clock.in_tehran(order.created_at).date()
    day = day or made_on
    changed = _changed(list(requests), kept, day) if day == made_on else list(requests)
    # Only these need the price list of that day.
    return not changed or all(_costs_the_same(line, kept) for line in lines_of(changed, day))


def shut_laboratory(order: Order) -> str:
    """The name of a laboratory of the order's places that takes no visit now, whatever they cost; empty where all do."""
    today = clock.today()
    laboratories = [
        visit.place.laboratory for visit in _visits(order).select_related("place__laboratory")
    ]
    return next(
        (one.name for one in laboratories if one is not None and not one.is_open(today)), ""
    )


def is_late(order: Order) -> bool:
    """Whether a re-visit of the order is past its time, and no proforma holds its fee."""
    late = kinds.late_revisits(_visits(order), clock.today())
    return bool(late) and not holding.is_held(order)


def _visits(order: Order) -> QuerySet[VisitRequest]:
    lines = order.lines.filter(kind=LineKind.VISIT)
    return VisitRequest.objects.filter(pk__in=lines.values("request_id"))


def _changed(
    requests: Sequence[VisitRequest], kept: Iterable[OrderLine], day: date
) -> list[VisitRequest]:
    """The requests whose place is not word for word what was priced."""
    bases = bases_of(requests, day)
    changed = {line.request_id for line in kept if line.priced_for != bases[line.request_id]}
    return [request for request in requests if request.pk in changed]


def _costs_the_same(now: CartLine, kept: Iterable[OrderLine]) -> bool:
    frozen = [line for line in kept if line.request_id == now.request.pk]
    parts = now.quote.lines if now.quote else ()
    return sorted((part.kind, part.amount_rial, part.vat_rial) for part in parts) == sorted(
        (line.kind, line.amount_rial, line.vat_rial) for line in frozen
    )
