"""Makes a difference due: an order of its own, or refunds; and takes an order back whose report is reopened.

Locks: the owner's row → the orders by id → the request. `hold` takes the first two; `inspections.workflow` then locks
the request and calls the rest. Once its order is paid `billing.completion` has the certificate issued.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from billing import orders
from billing.differences import telling
from billing.differences.amount import Due, due_of
from billing.models import LineKind, Order, OrderLine, OrderState
from billing.models.payments import HOLDING
from billing.numbers import order_number
from billing.price_list import tariffs_for
from billing.pricing import NoPrice, vat_on
from billing.refunds import opening
from billing.transfers import holding
from inspections import difference, workflow
from inspections.models import VisitReport, VisitRequest
from septam import clock, jalali
from septam.money import vat_of

logger = logging.getLogger(__name__)


def hold(request_id: int) -> None:
    """Lock the owner and every order whose money the difference depends on, before the request is locked."""
    owner_id, place_id = VisitRequest.objects.values_list("owner_id", "place_id").get(pk=request_id)
    orders.lock_owner(owner_id)
    # All visits of the place: which of them belong together is read after the locks.
    of_place = OrderLine.objects.filter(request__place_id=place_id, request__owner_id=owner_id)
    ids = sorted(set(of_place.values_list("order_id", flat=True)))
    list(Order.objects.filter(pk__in=ids).select_for_update(of=("self",)).order_by("pk"))


def amount(request: VisitRequest, report: VisitReport) -> int:
    """What the owner would have to pay (above 0) or get back (below 0), VAT of today included. Raises NotAllowed."""
    due = _due(request, report)
    if due.base_rial > 0:
        return due.base_rial + vat_of(due.base_rial, _rate(clock.now()))
    return -sum(back for _paid, back in due.back())


def settle(request: VisitRequest, report: VisitReport) -> bool:
    """Make the difference due; True: the owner has to pay an order first. Raises NotAllowed where there is no price."""
    due = _due(request, report)
    if due.base_rial > 0:
        order = _open_order(request, due.base_rial)
        telling.due(request, order, clock.today() + timedelta(days=settings.DIFFERENCE_DAYS))
        return True
    for paid, back in due.back():
        opening.open_for_difference(paid.line, back)
    return False


def _due(request: VisitRequest, report: VisitReport) -> Due:
    try:
        return due_of(request, report)
    except NoPrice as missing:
        logger.warning("no %s price for the difference of request %s", missing, request.pk)
        raise workflow.NotAllowed(
            _("The price list has no fee for what was measured; ask finance before endorsing.")
        ) from missing


def _rate(moment: datetime) -> int:
    """The VAT rate of a day, in basis points."""
    day = jalali.day_of(moment)
    return vat_on(day, tariffs_for(day))


def _open_order(request: VisitRequest, base_rial: int) -> Order:
    now = clock.now()
    rate = _rate(now)
    title = f"{LineKind.DIFFERENCE.label} - {request.place_title}"
    return _insert(request.owner, request, now, title[:200], base_rial, rate)


def _insert(
    owner: User, request: VisitRequest, now: datetime, title: str, base_rial: int, rate: int
) -> Order:
    vat = vat_of(base_rial, rate)
    order = Order.objects.create(
        number=order_number(now), owner=owner, base_rial=base_rial, vat_rial=vat, payable_rial=base_rial + vat,
        created_at=now,
    )  # fmt: skip
    OrderLine.objects.create(
        order=order, request=request, kind=LineKind.DIFFERENCE, title=title, amount_rial=base_rial,
        vat_basis_points=rate, vat_rial=vat,
    )  # fmt: skip
    return order


def open_order_of(request: VisitRequest) -> Order | None:
    """The order by which the request's difference is to be paid now."""
    lines = OrderLine.objects.filter(request=request, kind=LineKind.DIFFERENCE, open=True)
    line = lines.select_related("order").first()
    return line.order if line else None


def take_back(request: VisitRequest) -> None:
    """Cancel the open order of a report that is reopened. Raises NotAllowed while money for it is under way."""
    order = open_order_of(request)
    if order is None:
        return
    if order.attempts.filter(state__in=HOLDING).exists() or holding.has_money(order):
        raise workflow.NotAllowed(
            _("The owner is paying the difference just now; the report cannot be sent back.")
        )
    holding.end_with_order(order, clock.now())
    orders.dissolve([order])
    telling.taken_back(request, order)


def renew(order: Order) -> Order | None:
    """Once a proforma of a difference has ended unpaid: the same sum under another number; None for other orders.

    Call it with owner and order locked, after the order was cancelled.
    """
    line = order.lines.filter(kind=LineKind.DIFFERENCE).select_related("request__owner").first()
    if line is None:
        return None
    now, request = clock.now(), line.request
    renewed = _insert(request.owner, request, now, line.title, line.amount_rial, _rate(now))
    telling.due(request, renewed, difference.last_day(request))
    return renewed


def is_difference(order: Order) -> bool:
    """Whether the order is one of a difference, and not of the cart."""
    return order.lines.filter(kind=LineKind.DIFFERENCE).exists()


def latest_order_of(request: VisitRequest) -> Order | None:
    """The order of the request's difference, open or not; for the page that leads there."""
    found = Order.objects.filter(
        Q(lines__request=request, lines__kind=LineKind.DIFFERENCE) & ~Q(state=OrderState.CANCELLED)
    )
    return found.order_by("-pk").first()
