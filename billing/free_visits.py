"""Visits that the portal gives for nothing: a complaint was upheld. Each has an order of 0 rial, as every served visit has one."""

from django.db import transaction

from billing import completion, orders
from billing.models import LineKind, Order, OrderLine
from billing.numbers import order_number
from billing.price_list import tariffs_for
from billing.pricing import vat_on
from inspections.models import VisitRequest
from septam import clock


def hold(owner_id: int) -> None:
    """Let nobody else change the owner's cart until the transaction ends."""
    orders.lock_owner(owner_id)


def grant(request: VisitRequest) -> None:
    """Pay a request that stands in the cart with 0 rial; call it with the owner's row locked (`hold`)."""
    now = clock.now()
    with transaction.atomic(savepoint=False):
        order = Order.objects.create(
            number=order_number(now), owner=request.owner, base_rial=0, vat_rial=0, payable_rial=0, created_at=now,
        )  # fmt: skip
        title = f"{LineKind.VISIT.label} - {request.place_title}"
        OrderLine.objects.create(
            order=order, request=request, kind=LineKind.VISIT, title=title[:200], amount_rial=0, vat_rial=0,
            vat_basis_points=vat_on(clock.today(), tariffs_for(clock.today())),
        )  # fmt: skip
        completion.complete(order, None, now)
