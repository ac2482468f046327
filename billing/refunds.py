"""Opens refund cases («استرداد وجه»). Amounts are whole rial and come from the order's frozen lines.

What one order owes back never exceeds what was paid: a request has at most one case of an order, each within
its own lines, and what could not be placed has no other case.
"""

import logging
from collections.abc import Iterable

from django.conf import settings
from django.db.models import F, Sum
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from billing.models import Order, OrderLine, OrderState, RefundCase, RefundReason
from inspections.models import VisitRequest
from notifications import notices
from septam import clock
from septam.money import format_rial

logger = logging.getLogger(__name__)
_WHY: dict[str, Promise] = {
    RefundReason.WITHDRAWN: gettext_lazy("You withdrew the request for “%(what)s”."),
    RefundReason.CANCELLED: gettext_lazy("The request for “%(what)s” was cancelled by support."),
    RefundReason.UNPLACED: gettext_lazy("The payment of order %(what)s came too late."),
}


def open_for_request(request: VisitRequest, actor: User) -> None:
    """Owe the owner what was paid for a withdrawn or cancelled request, less what the terms keep.

    Called by `inspections.workflow` inside its transaction, with the request locked; inserts only.
    """
    order = _order_that_paid(request)
    if order is None:
        logger.error("request %s was ended as paid, but no paid order holds it", request.pk)
        return
    paid = _paid_for(order, [request.pk])
    reason = RefundReason(request.reason)
    due = paid - (_deduction(paid) if reason == RefundReason.WITHDRAWN else 0)
    _open(order, request, reason, paid, due)


def open_for_unplaced(order: Order, request_ids: Iterable[int]) -> None:
    """Owe the owner all that a late payment brought for requests that can no longer be served.

    Call it with the order locked.
    """
    paid = _paid_for(order, request_ids)
    _open(order, None, RefundReason.UNPLACED, paid, paid)


def _order_that_paid(request: VisitRequest) -> Order | None:
    """The order that placed the request; one whose money came when it was placed already is another."""
    paid = Order.objects.filter(state__in=(OrderState.PAID, OrderState.PAID_UNPLACED))
    return paid.filter(lines__request=request, paid_at=request.paid_at).first()


def _paid_for(order: Order, request_ids: Iterable[int]) -> int:
    lines = OrderLine.objects.filter(order=order, request_id__in=list(request_ids))
    return int(lines.aggregate(total=Sum(F("amount_rial") + F("vat_rial")))["total"] or 0)


def _deduction(paid_rial: int) -> int:
    # A part of a rial is left to the owner.
    return paid_rial * settings.WITHDRAWAL_DEDUCTION_PERCENT // 100


def _open(
    order: Order, request: VisitRequest | None, reason: RefundReason, paid: int, due: int
) -> None:
    if due <= 0:
        return
    case, is_new = RefundCase.objects.get_or_create(
        order=order,
        request=request,
        defaults={
            "reason": reason,
            "paid_rial": paid,
            "amount_rial": due,
            "created_at": clock.now(),
        },
    )
    if is_new:
        _tell(order, case)


def _tell(order: Order, case: RefundCase) -> None:
    what = case.request.place_title if case.request else order.number
    sentences = [
        str(_WHY[case.reason]) % {"what": what},
        _("%(amount)s rial is returned to you.") % {"amount": format_rial(case.amount_rial)},
    ]
    kept = case.paid_rial - case.amount_rial
    if kept:
        sentences.append(_("%(amount)s rial is kept by the terms.") % {"amount": format_rial(kept)})
    notices.add(
        order.owner_id,
        "refund.asked",
        _("Refund"),
        " ".join(sentences),
        reverse("billing:order", args=[order.number]),
    )
