"""Issues invoices and credit notes («صورتحساب اصلاحی»). The only writer of both.

The number is the next of its Jalali year (Tehran). The year's counter row is the lock under which number and moment
are taken together; it is locked last, so that a transaction that fails gives its number back and leaves no gap.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from billing.models import (
    Invoice,
    InvoiceCounter,
    InvoiceKind,
    InvoiceLine,
    LineKind,
    Order,
    OrderLine,
    OrderState,
    RefundCase,
    RefundReason,
)
from billing.models.orders import OF_A_VISIT
from billing.papers import evidence, parties
from billing.papers.evidence import Evidence
from billing.papers.taken_back import Left, take
from septam import clock, jalali
from septam.postgres.prepared import Statement
from septam.postgres.prepared_writes import Insert

logger = logging.getLogger(__name__)
# Money that no invoice holds: it came late, twice, or beyond what was due.
_NEVER_INVOICED = (RefundReason.UNPLACED, RefundReason.DUPLICATE, RefundReason.OVERPAID)
_COUNT_UP = Statement(
    """
INSERT INTO billing_invoicecounter AS counter (year, last) VALUES ($1, 1)
ON CONFLICT (year) DO UPDATE SET last = counter.last + 1 RETURNING last
""",
    "integer",
)
_INVOICE, _LINES = Insert(Invoice), Insert(InvoiceLine)


class Place(NamedTuple):
    """A number with the moment at which it was given."""

    year: int
    serial: int
    moment: datetime

    @property
    def number(self) -> str:
        """Year and serial in one."""
        return f"{self.year}{self.serial:06}"


def issue_for(order: Order) -> Invoice | None:
    """The invoice of what a paid order placed; None where there was nothing to pay or nothing was placed.

    Call it with the order locked. Called again it returns the same invoice.
    """
    issued = Invoice.objects.filter(order=order, kind=InvoiceKind.ORIGINAL).first()
    if issued is not None:
        return issued
    # A request that another order placed, or nobody could place, was not paid at this moment.
    placed = Q(request__paid_at=order.paid_at)
    if order.state == OrderState.PAID:
        placed |= Q(kind=LineKind.DIFFERENCE)
    return issue(order, order.lines.filter(placed).order_by("pk"), evidence.of_order(order))


def issue(
    order: Order, placed: Iterable[OrderLine], payments: tuple[Evidence, ...], *, has_buyer: bool = True
) -> Invoice | None:  # fmt: skip
    """The invoice of these lines, new; None where they cost nothing. `has_buyer`: see parties.buyer_of.

    `completion.complete` ends with it, with the order locked and written paid.
    """
    lines = [_billed(line) for line in placed]
    if order.payable_rial == 0 or sum(line.total_rial for line in lines) == 0:
        return None
    invoice = Invoice(
        kind=InvoiceKind.ORIGINAL,
        order=order,
        seller=parties.seller(),
        buyer=parties.buyer_of(order, is_asked=has_buyer),
        payments=evidence.to_json(payments),
    )
    return _write(invoice, lines)


def credit(refund: RefundCase) -> Invoice | None:
    """The credit note of a refund that is done; None where no invoice holds the money.

    Call it in the transaction in which the refund becomes done. It takes back what is returned, at most what is left
    of the lines of the refund's request (of all lines, where it names none). Called again it returns the same note.
    """
    if refund.reason in _NEVER_INVOICED:
        return None
    first = _locked_original(refund.order_id)
    if first is None:
        return None
    issued = Invoice.objects.filter(refund=refund).first()
    if issued is not None:
        return issued
    lines = _taken_back(first, refund)
    if not lines:
        return None
    note = Invoice(
        kind=InvoiceKind.CREDIT,
        order_id=refund.order_id,
        corrects=first,
        refund=refund,
        seller=first.seller,
        buyer=first.buyer,
    )
    return _write(note, lines)


def _locked_original(order_id: int) -> Invoice | None:
    """The order's invoice; what is left of it changes under its lock only."""
    originals = Invoice.objects.select_for_update(of=("self",))
    return originals.filter(order_id=order_id, kind=InvoiceKind.ORIGINAL).first()


def left_of(first: Invoice) -> dict[int, Left]:
    """What no credit note took back yet, by the order's line. Exact only with the invoice locked."""
    left = {
        line.order_line_id: Left(line.total_rial - line.vat_rial, line.vat_rial)
        for line in first.lines.order_by("position")
    }
    for line in InvoiceLine.objects.filter(invoice__corrects=first):
        was = left[line.order_line_id]
        base = was.base_rial - (line.total_rial - line.vat_rial)
        left[line.order_line_id] = Left(base, was.vat_rial - line.vat_rial)
    return left


def _taken_back(first: Invoice, refund: RefundCase) -> list[InvoiceLine]:
    billed = list(first.lines.select_related("order_line").order_by("position"))
    if refund.request_id is not None:
        billed = [one for one in billed if one.order_line.request_id == refund.request_id]
    if refund.reason == RefundReason.DIFFERENCE:
        billed = [one for one in billed if one.kind in OF_A_VISIT]
    left = left_of(first)
    lefts = [left[one.order_line_id] for one in billed]
    most = sum(one.total_rial for one in lefts)
    if refund.amount_rial > most:
        logger.error("refund %s returns more than is left of invoice %s", refund.pk, first.number)
    parts = take(min(refund.amount_rial, most), lefts)
    return [_less(one, part) for one, part in zip(billed, parts, strict=True) if part.total_rial]


def _billed(line: OrderLine) -> InvoiceLine:
    return InvoiceLine(
        order_line=line,
        kind=line.kind,
        title=line.title,
        service_id=settings.SERVICE_IDS.get(line.kind, ""),
        unit_price_rial=line.amount_rial,
        vat_basis_points=line.vat_basis_points,
        vat_rial=line.vat_rial,
        total_rial=line.amount_rial + line.vat_rial,
    )


def _less(billed: InvoiceLine, part: Left) -> InvoiceLine:
    return InvoiceLine(
        order_line_id=billed.order_line_id,
        kind=billed.kind,
        title=billed.title,
        service_id=billed.service_id,
        unit_price_rial=part.base_rial,
        vat_basis_points=billed.vat_basis_points,
        vat_rial=part.vat_rial,
        total_rial=part.total_rial,
    )


def _write(invoice: Invoice, lines: Sequence[InvoiceLine]) -> Invoice:
    """Number it, last of all, and write it with its lines; a failure takes the number back too."""
    invoice.vat_rial = sum(line.vat_rial for line in lines)
    invoice.payable_rial = sum(line.total_rial for line in lines)
    invoice.base_rial = invoice.payable_rial - invoice.vat_rial
    with transaction.atomic(savepoint=False):
        place = take_number()
        invoice.year, invoice.serial, invoice.issued_at = place
        invoice.number = place.number
        _INVOICE.one(invoice)
        for position, line in enumerate(lines, 1):
            line.invoice, line.position = invoice, position
        _LINES(lines)
    return invoice


def take_number() -> Place:
    """The next number, with the moment read under the year's lock; call it inside a transaction.

    A transaction that waited for the lock over Nowruz gives the number back and takes one of the new year.
    """
    year = jalali.year_of(clock.now())
    while True:
        serial = _next(year)
        moment = clock.now()
        if jalali.year_of(moment) == year:
            return Place(year, serial, moment)
        InvoiceCounter.objects.filter(pk=year).update(last=F("last") - 1)
        year = jalali.year_of(moment)


def _next(year: int) -> int:
    """Count the year's number up; its row stays locked until the transaction ends."""
    ((number,),) = _COUNT_UP.rows(year)
    return int(number)
