"""The one door to «paid»: the order, its requests, the receipt's SMS and notice, all in one transaction."""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from billing import refunds
from billing.models import (
    BankTransfer,
    LineKind,
    Order,
    OrderLine,
    OrderState,
    PaymentAttempt,
)
from billing.papers import invoicing
from billing.payment_messages import about_order
from billing.refunds import money_in
from billing.transfers import holding
from inspections import workflow
from inspections.models import VisitRequest
from notifications import notices, outbox
from septam.digits import to_persian
from septam.money import format_rial

logger = logging.getLogger(__name__)
# What shows that the money is there: a settled attempt, or the matched transfer that made the sum full.
Proof = PaymentAttempt | BankTransfer


def complete(order: Order, proof: Proof | None, paid_at: datetime) -> None:
    """Write the order paid; call it with the order (and the proof) locked. A paid order is left as it is.

    Requests that can no longer be served make it `paid_unplaced`: a refund is due, as of money above the sum.
    Without a proof nothing was to be paid, and no receipt is sent.
    """
    if order.state in (OrderState.PAID, OrderState.PAID_UNPLACED):
        return
    lines = OrderLine.objects.filter(order=order)
    wanted = sorted(set(lines.filter(kind=LineKind.VISIT).values_list("request_id", flat=True)))
    lines.filter(open=True).update(open=False)
    outbox.withdraw(about=about_order(order.pk))
    if proof is not None:
        _tell(order, proof, wanted)
    unplaced = _place(wanted, paid_at)
    order.state = OrderState.PAID_UNPLACED if unplaced else OrderState.PAID
    order.paid_at = paid_at
    order.save(update_fields=["state", "paid_at"])
    holding.end_as_paid(order, paid_at)
    _return_excess(order)
    if unplaced:
        logger.error("order %s is paid, but requests %s have no place", order.number, unplaced)
        refunds.open_for_unplaced(order, unplaced)
    # Last of all: it takes the lock of the year's numbers.
    invoicing.issue_for(order)


def _return_excess(order: Order) -> None:
    """Owe what came above the sum, as a card payment beside a transfer."""
    excess = money_in.paid_for(order) - order.payable_rial
    if excess > 0:
        refunds.open_for_overpaid(order, excess)


def _place(request_ids: Sequence[int], paid_at: datetime) -> list[int]:
    """Mark the requests paid; returns those that cannot be served any more."""
    try:
        workflow.mark_paid(request_ids, paid_at=paid_at)
    except workflow.CannotPlace as refusal:
        possible = [pk for pk in request_ids if pk not in refusal.request_ids]
        if possible:
            workflow.mark_paid(possible, paid_at=paid_at)
        return sorted(set(request_ids) - set(possible))
    return []


def _tell(order: Order, proof: Proof, request_ids: Sequence[int]) -> None:
    titles = [request.place_title for request in _requests(request_ids)]
    # Of several transfers the last one names the reference; the sum is the order's.
    amount = format_rial(order.payable_rial)
    values = {"amount": amount, "ref": proof.reference}
    if len(titles) == 1:
        event, values = "payment.receipt", values | {"place": titles[0]}
    else:
        event, values = "payment.receipt_many", values | {"n": to_persian(len(titles))}
    key = f"receipt:{order.pk}"
    owner = order.owner
    if owner.mobile:
        outbox.queue(event, owner.mobile, values, user_id=owner.pk, once_key=key)
    notices.add(
        owner.pk,
        event,
        _("Payment of %(amount)s rial was made") % {"amount": amount},
        _("For: %(places)s. Bank reference: %(reference)s.")
        % {"places": "، ".join(titles), "reference": proof.reference},
        reverse("billing:receipt", args=[order.number]),
    )


def _requests(request_ids: Sequence[int]) -> list[VisitRequest]:
    return list(
        VisitRequest.objects.filter(pk__in=request_ids).select_related("place").order_by("pk")
    )
