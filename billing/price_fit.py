"""Whether a place is still the one that its frozen price was made for.

An order's lines are never recomputed, so a place that grew after the checkout would be visited at the small
one's price. While a payment is under way the place is held (`is_being_paid`); before one starts, and before
the bank is asked to confirm one that was thought over, the place is compared with what was priced.
"""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from billing.cart import CartLine, lines_of, waiting_requests
from billing.models import Order, OrderLine, OrderState
from billing.models.payments import HOLDING
from billing.transfers import holding
from inspections.models import RequestStatus, VisitRequest
from septam import clock
from septam.prepared import Prepared
from sites.models import Place


def is_being_paid(place_id: int) -> bool:
    """Whether a payment of the place is under way, a transfer is awaited, or nobody knows yet what became of it.

    For `sites.freezing`, which asks it under the place's lock.
    """
    return bool(_HELD(place_id))


def _held_lines(place_id: int) -> QuerySet[OrderLine]:
    by_card = Q(
        order__state__in=(OrderState.OPEN, OrderState.CANCELLED), order__attempts__state__in=HOLDING
    )
    held = by_card | Q(order__in=holding.held_orders())
    return OrderLine.objects.filter(held, request__place_id=place_id).only("pk")[:1]


_HELD = Prepared(_held_lines)


def lock_cart(owner_id: int) -> list[VisitRequest]:
    """The owner's requests in the cart (as waiting_requests gives them), with their places, locked."""
    in_cart = VisitRequest.objects.filter(owner_id=owner_id, status=RequestStatus.IN_CART)
    ids = _lock(in_cart.values_list("pk", flat=True))
    return list(waiting_requests(owner_id).filter(pk__in=ids))


def _lock(request_ids: Iterable[int]) -> list[int]:
    """Lock requests by id, then their places; what is read afterwards stays true."""
    rows = VisitRequest.objects.select_for_update(of=("self",)).filter(pk__in=list(request_ids))
    found = dict(rows.order_by("pk").values_list("pk", "place_id"))
    places = Place.objects.select_for_update(of=("self",)).filter(pk__in=found.values())
    list(places.order_by("pk").values_list("pk", flat=True))
    return list(found)


def fits(order: Order) -> bool:
    """Whether each place of the order is as it was priced, or would have cost the same on the order's day.

    Locks the requests and places until the transaction ends; call it with the order locked.
    """
    # The lines are frozen: they need no lock to stay as they are.
    kept = list(order.lines.all())
    ids = _lock({line.request_id for line in kept})
    requests = VisitRequest.objects.filter(pk__in=ids).select_related(
        "place__category", "place__city__province", "place__cloud_product"
    )
    day = clock.in_tehran(order.created_at).date()
    return all(_fits(line, kept) for line in lines_of(list(requests), day))


def _fits(now: CartLine, kept: Iterable[OrderLine]) -> bool:
    frozen = [line for line in kept if line.request_id == now.request.pk]
    if all(line.priced_for == now.priced_for for line in frozen):
        return True
    parts = now.quote.lines if now.quote else ()
    return sorted((part.kind, part.amount_rial) for part in parts) == sorted(
        (line.kind, line.amount_rial) for line in frozen
    )
