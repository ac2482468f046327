"""The one door to «paid»: the order, its requests, the receipt's SMS and notice, all in one transaction."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

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
    ProformaState,
    TransferState,
)
from billing.papers import evidence, invoicing
from billing.papers.evidence import Evidence
from billing.payment_messages import about_order
from billing.transfers import holding
from inspections import workflow
from inspections.models import VisitRequest
from notifications.bundle import Bundle
from septam.digits import to_persian
from septam.money import format_rial
from septam.postgres.prepared import Prepared, Statement
from septam.postgres.prepared_writes import Update

logger = logging.getLogger(__name__)
# What shows that the money is there: a settled attempt, or the matched transfer that made the sum full.
Proof = PaymentAttempt | BankTransfer
# What most orders do not have; asked in one statement, under the order's lock.
_BESIDE = Statement(
    """
SELECT
  EXISTS (SELECT FROM billing_proforma WHERE order_id = $1 AND state = $2),
  EXISTS (SELECT FROM billing_invoicebuyer WHERE order_id = $1),
  EXISTS (SELECT FROM billing_banktransfer WHERE order_id = $1 AND state = $3)
""",
    "bigint", "text", "text",
)  # fmt: skip
_CLOSE_LINES = Statement(
    "UPDATE billing_orderline SET open = false WHERE order_id = $1 AND open", "bigint"
)
_ORDER = Update(Order)
_LINES = Prepared(lambda order_id: OrderLine.objects.filter(order_id=order_id).order_by("pk"))  # type: ignore[misc]


class _Beside(NamedTuple):
    """Whether the order has a standing proforma, a buyer of its own for the invoice, and matched transfers."""

    has_proforma: bool
    has_buyer: bool
    has_transfers: bool


def complete(order: Order, proof: Proof | None, paid_at: datetime) -> None:
    """Write the order paid; call it with the order (and the proof) locked. A paid order is left as it is.

    Requests that can no longer be served make it `paid_unplaced`: a refund is due, as of money above the sum.
    Without a proof nothing was to be paid, and no receipt is sent.
    """
    if order.state in (OrderState.PAID, OrderState.PAID_UNPLACED):
        return
    lines = _LINES(order.pk)
    wanted = sorted({line.request_id for line in lines if line.kind == LineKind.VISIT})
    differences = [line.request_id for line in lines if line.kind == LineKind.DIFFERENCE]
    is_due = order.state == OrderState.OPEN
    _CLOSE_LINES.run(order.pk)
    queued = Bundle()
    queued.outdated([about_order(order.pk)])
    placed = _place(wanted, paid_at, queued)
    if placed:
        # The same person, loaded with the profile.
        order.owner = placed[0].owner
    certified = {pk for pk in differences if is_due and workflow.certify_paid(pk)}
    # A request that another order placed, or nobody could place, was not paid at this moment.
    served = {request.pk for request in placed} | certified
    unplaced = sorted({*wanted, *differences} - served)
    order.state = OrderState.PAID_UNPLACED if unplaced else OrderState.PAID
    order.paid_at = paid_at
    _ORDER(order, "state", "paid_at")
    _receipt(order, proof, [*placed, *_requests([*unplaced, *certified])]).write(queued)
    beside = _beside(order)
    if beside.has_proforma:
        holding.end_as_paid(order, paid_at)
    payments = _payments(order, proof, beside)
    _return_excess(order, payments)
    if unplaced:
        logger.error("order %s is paid, but requests %s have no place", order.number, unplaced)
        refunds.open_for_unplaced(order, unplaced)
    billed = [line for line in lines if line.request_id in served]
    # Last of all: it takes the lock of the year's numbers.
    invoicing.issue(order, billed, payments, has_buyer=beside.has_buyer)


def _place(request_ids: Sequence[int], paid_at: datetime, bundle: Bundle) -> list[VisitRequest]:
    """Mark the requests paid; returns those that can be served."""
    try:
        return workflow.mark_paid(request_ids, paid_at=paid_at, bundle=bundle)
    except workflow.CannotPlace as refusal:
        possible = [pk for pk in request_ids if pk not in refusal.request_ids]
    if not possible:
        return []
    return workflow.mark_paid(possible, paid_at=paid_at, bundle=bundle)


def _beside(order: Order) -> _Beside:
    (row,) = _BESIDE.rows(order.pk, ProformaState.STANDING.value, TransferState.MATCHED.value)
    return _Beside(*row)


def _payments(order: Order, proof: Proof | None, beside: _Beside) -> tuple[Evidence, ...]:
    """What came in for the order. The settled attempt is the only one: the database holds that."""
    if isinstance(proof, PaymentAttempt) and not beside.has_transfers:
        return evidence.of([proof], [])
    return evidence.of_order(order)


def _return_excess(order: Order, payments: Iterable[Evidence]) -> None:
    """Owe what came above the sum, as a card payment beside a transfer."""
    excess = sum(payment.amount_rial for payment in payments) - order.payable_rial
    if excess > 0:
        refunds.open_for_overpaid(order, excess)


def _receipt(order: Order, proof: Proof | None, requests: Iterable[VisitRequest]) -> Bundle:
    """The words of the receipt, not written yet; none without money."""
    bundle = Bundle()
    if proof is None:
        return bundle
    titles = [request.place_title for request in sorted(requests, key=lambda one: one.pk)]
    # Of several transfers the last one names the reference; the sum is the order's.
    amount = format_rial(order.payable_rial)
    values = {"amount": amount, "ref": proof.reference}
    if len(titles) == 1:
        event, values = "payment.receipt", values | {"place": titles[0]}
    else:
        event, values = "payment.receipt_many", values | {"n": to_persian(len(titles))}
    owner = order.owner
    if owner.mobile:
        bundle.sms(event, owner.mobile, values, user_id=owner.pk, once_key=f"receipt:{order.pk}")
    bundle.notice(
        owner.pk,
        event,
        _("Payment of %(amount)s rial was made") % {"amount": amount},
        _("For: %(places)s. Bank reference: %(reference)s.")
        % {"places": "، ".join(titles), "reference": proof.reference},
        reverse("billing:receipt", args=[order.number]),
    )
    return bundle


def _requests(request_ids: Sequence[int]) -> list[VisitRequest]:
    if not request_ids:
        return []
    return list(VisitRequest.objects.filter(pk__in=request_ids).select_related("place"))
