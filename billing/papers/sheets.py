"""What receipt, invoice and credit note say, as Documents."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from billing.models import Invoice, InvoiceKind, InvoiceLine, Order, OrderLine, OrderState
from billing.models.orders import OF_A_VISIT
from billing.papers import evidence, parties
from billing.papers.document import Box, Document, Fact, Line, moment_fact
from billing.papers.evidence import Evidence
from billing.papers.tax_fields import tax_number_of
from inspections.models import VisitRequest
from septam.postgres.prepared import Prepared


def invoice_sheet(invoice: Invoice) -> Document:
    """«صورتحساب», or «صورتحساب اصلاحی» with what it corrects."""
    is_credit = invoice.kind == InvoiceKind.CREDIT
    payments = evidence.from_json(invoice.payments)
    return Document(
        title=_("Credit note") if is_credit else _("Invoice"),
        number=invoice.number,
        head=_head(invoice),
        boxes=(parties.seller_box(invoice.seller), parties.buyer_box(invoice.buyer)),
        lines=tuple(_line(line) for line in invoice.lines.order_by("position")),
        sum_label=_("Amount returned") if is_credit else _("Payable"),
        below=tuple(payment.box() for payment in payments),
        notes=_sample_note(bool(invoice.seller.get("is_sample"))),
        is_signed=True,
    )


def _head(invoice: Invoice) -> tuple[Fact, ...]:
    first = invoice.corrects
    return (
        Fact(_("Number"), invoice.number, is_code=True),
        moment_fact(_("Date and time"), invoice.issued_at),
        Fact(_("Order number"), invoice.order.number, is_code=True),
        Fact(_("Corrects invoice"), first.number if first else "", is_code=True),
        Fact(_("Tax number"), tax_number_of(invoice), is_code=True),
    )


def _line(line: InvoiceLine) -> Line:
    return Line(
        title=line.title,
        unit_price_rial=line.unit_price_rial,
        vat_basis_points=line.vat_basis_points,
        vat_rial=line.vat_rial,
        total_rial=line.total_rial,
        quantity=line.quantity,
        discount_rial=line.discount_rial,
        service_id=line.service_id,
    )


def receipt_sheet(order: Order) -> Document:
    """«رسید پرداخت»: the proof that the money came in."""
    invoices = invoices_of(order)
    lines = lines_of(order)
    payments, seller = payments_of(order, invoices), seller_of(invoices)
    return Document(
        title=_("Payment receipt"),
        number=order.number,
        head=(
            Fact(_("Order number"), order.number, is_code=True),
            moment_fact(_("Paid on"), order.paid_at),
        ),
        boxes=(
            Box(
                _("Receiver"),
                (
                    Fact(_("Name"), seller["name"]),
                    Fact(_("Site"), settings.BASE_URL, is_code=True),
                    Fact(_("Telephone"), seller["phone"], is_code=True),
                ),
            ),
            Box(
                _("Payer"),
                (
                    Fact(_("Name"), order.owner.get_full_name()),
                    *(
                        Fact(_("Tracking number"), visit.number, is_code=True)
                        for visit in visits_of(lines)
                    ),
                ),
            ),
        ),
        lines=tuple(order_line(line) for line in lines),
        sum_label=_("Paid already"),
        below=tuple(payment.box() for payment in payments),
        notes=(*_unplaced_note(order), *_sample_note(seller["is_sample"])),
    )


def invoices_of(order: Order) -> list[Invoice]:
    """The order's invoice and its credit notes, oldest first."""
    return _INVOICES(order.pk)


def seller_of(invoices: Sequence[Invoice]) -> dict[str, Any]:
    """Who received the money: as the order's invoice keeps it; of an order without one, the seller of today."""
    return invoices[0].seller if invoices else parties.seller()


def payments_of(order: Order, invoices: Sequence[Invoice]) -> tuple[Evidence, ...]:
    """How it was paid: as the order's invoice keeps it, else as the payments stand."""
    return evidence.from_json(invoices[0].payments) if invoices else evidence.of_order(order)


def lines_of(order: Order) -> list[OrderLine]:
    """The order's lines with their requests, in their order."""
    return _LINES(order.pk)


_INVOICES = Prepared(lambda order_id: Invoice.objects.filter(order_id=order_id).order_by("pk"))  # type: ignore[misc]
_LINES = Prepared(
    lambda order_id: (
        OrderLine.objects.filter(order_id=order_id)  # type: ignore[misc]
        .select_related("request")
        .order_by("pk")
    )
)


def visits_of(lines: Iterable[OrderLine]) -> list[VisitRequest]:
    """The requests that the lines of an order are for."""
    return [line.request for line in lines if line.kind in OF_A_VISIT]


def order_line(line: OrderLine) -> Line:
    """A frozen line of an order on a paper."""
    return Line(
        title=line.title,
        unit_price_rial=line.amount_rial,
        vat_basis_points=line.vat_basis_points,
        vat_rial=line.vat_rial,
        total_rial=line.amount_rial + line.vat_rial,
        service_id=settings.SERVICE_IDS.get(line.kind, ""),
    )


def _unplaced_note(order: Order) -> tuple[str, ...]:
    if order.state != OrderState.PAID_UNPLACED:
        return ()
    return (_("This payment came late; what it could not serve is returned."),)


def _sample_note(is_sample: bool) -> tuple[str, ...]:
    return (_("Sample: the seller's data are those of the demonstration."),) if is_sample else ()
