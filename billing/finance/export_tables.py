"""The tables that finance takes out: what a row is, its columns, the day it belongs to.

How a value stands in a file: `septam.exports.columns`. Another table is another entry of TABLES.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from billing.models import (
    AttemptState,
    BankTransfer,
    InvoiceKind,
    InvoiceLine,
    LineKind,
    OrderLine,
    OrderState,
    PaymentAttempt,
    RefundCase,
    RefundMethod,
    RefundReason,
    RefundState,
    TaxSubmission,
    TransferState,
)
from septam.clock import TEHRAN
from septam.exports.columns import Column, Text, moment


@dataclass(frozen=True)
class ExportTable:
    """A table: `day` is the moment or day by which rows are chosen and that the form explains in `hint`."""

    name: str
    title: Text
    hint: Text
    rows: Callable[[], models.QuerySet[Any]]
    day: Any
    columns: tuple[Column, ...]
    states: type[models.TextChoices]
    state_path: str = "state"
    gateway_path: str = ""
    day_is_date: bool = False

    def chosen(self, since: Any, until: Any, state: str, gateway: str) -> models.QuerySet[Any]:
        """The rows from `since` to before `until`, in the order in which they came."""
        wanted = Q(export_day__gte=since, export_day__lt=until)
        if state:
            wanted &= Q(**{self.state_path: state})
        if gateway:
            wanted &= Q(**{self.gateway_path: gateway})
        return self.rows().annotate(export_day=self.day).filter(wanted).order_by("pk")


def _invoice_lines() -> models.QuerySet[Any]:
    sent = TaxSubmission.objects.filter(invoice=OuterRef("invoice")).exclude(state="rejected")
    return InvoiceLine.objects.annotate(
        tax_number=Subquery(sent.values("tax_number")[:1]),
        before_discount=F("unit_price_rial") * F("quantity"),
        after_discount=F("unit_price_rial") * F("quantity") - F("discount_rial"),
    )


ORDERS = ExportTable(
    "orders", _("Orders with their lines"),
    _("A row is a line of an order. The day is that of payment, of an unpaid order that of its creation."),
    lambda: OrderLine.objects.all(),
    Coalesce("order__paid_at", "order__created_at"),
    (
        Column(_("Order"), "order__number"),
        Column(_("State"), "order__state", OrderState),
        moment(_("Created"), "order__created_at"),
        moment(_("Paid on"), "order__paid_at"),
        Column(_("Number of the account"), "order__owner_id"),
        Column(_("Tracking number"), "request__number"),
        Column(_("What the line is for"), "kind", LineKind),
        Column(_("Title"), "title"),
        Column(_("Sum before VAT (rial)"), "amount_rial"),
        Column(_("Rate in basis points"), "vat_basis_points"),
        Column(_("VAT (rial)"), "vat_rial"),
        Column(_("Payable for the whole order (rial)"), "order__payable_rial"),
    ),
    OrderState, "order__state",
)  # fmt: skip
PAYMENTS = ExportTable(
    "payments", _("Payments by gateway"),
    _("A row is a try to pay. The day is that of settlement, of an unsettled one that of its creation."),
    lambda: PaymentAttempt.objects.all(),
    Coalesce("settled_at", "created_at"),
    (
        Column(_("Number at the bank"), "order_number"),
        Column(_("Order"), "order__number"),
        Column(_("Gateway"), "gateway"),
        Column(_("State"), "state", AttemptState),
        Column(_("Amount (rial)"), "amount_rial"),
        Column(_("Bank reference"), "reference"),
        Column(_("Card"), "masked_card"),
        Column(_("Code of the bank"), "result_code"),
        moment(_("Created"), "created_at"),
        moment(_("Settled with the bank"), "settled_at"),
    ),
    AttemptState, gateway_path="gateway",
)  # fmt: skip
TRANSFERS = ExportTable(
    "transfers", _("Bank transfers"), _("The day is that of the transfer."),
    lambda: BankTransfer.objects.all(),
    F("paid_on"),
    (
        Column(_("Order"), "order__number"),
        Column(_("State"), "state", TransferState),
        Column(_("Amount (rial)"), "amount_rial"),
        Column(_("Bank reference"), "reference"),
        moment(_("Paid on"), "paid_on"),
    ),
    TransferState, day_is_date=True,
)  # fmt: skip
REFUNDS = ExportTable(
    "refunds", _("Refunds"), _("The day is that of the return, of an open one that of its creation."),
    lambda: RefundCase.objects.all(),
    Coalesce("done_at", "created_at"),
    (
        Column(_("Number"), "pk"),
        Column(_("Order"), "order__number"),
        Column(_("Tracking number"), "request__number"),
        Column(_("Number at the bank"), "attempt__order_number"),
        Column(_("Reason"), "reason", RefundReason),
        Column(_("State"), "state", RefundState),
        Column(_("Paid (rial)"), "paid_rial"),
        Column(_("To be returned (rial)"), "amount_rial"),
        Column(_("How it is returned"), "method", RefundMethod),
        Column(_("Bank reference"), "reference"),
        moment(_("Created"), "created_at"),
        moment(_("Approved on"), "approved_at"),
        moment(_("Returned on"), "done_at"),
    ),
    RefundState,
)  # fmt: skip
# The names of the taxpayers' system stand in brackets: its software asks for them.
INVOICES = ExportTable(
    "invoices", _("Invoices with the fields of the tax system"),
    _("A row is a line of an invoice or credit note; the amounts of a credit note are positive. The day is that of issue."),
    _invoice_lines,
    F("invoice__issued_at"),
    (
        Column("inno", "invoice__number"),
        Column(_("Kind"), "invoice__kind", InvoiceKind),
        moment("indatim", "invoice__issued_at"),
        Column("taxid", "tax_number"),
        Column("irtaxid", "invoice__corrects__number"),
        Column(_("Order"), "invoice__order__number"),
        Column("tins", "invoice__seller__economic_number"),
        Column(_("Kind of buyer"), "invoice__buyer__kind"),
        Column(_("Buyer"), "invoice__buyer__name"),
        Column("bid", "invoice__buyer__national_id"),
        Column("tinb", "invoice__buyer__economic_number"),
        Column("bpc", "invoice__buyer__postal_code"),
        Column("sstid", "service_id"),
        Column("sstt", "title"),
        Column("am", "quantity"),
        Column("fee", "unit_price_rial"),
        Column("prdis", "before_discount"),
        Column("dis", "discount_rial"),
        Column("adis", "after_discount"),
        Column(_("Rate in basis points"), "vat_basis_points"),
        Column("vam", "vat_rial"),
        Column("tsstam", "total_rial"),
        Column("tvam", "invoice__vat_rial"),
        Column("tbill", "invoice__payable_rial"),
        Column("trn", "invoice__payments__0__reference"),
        Column("trmn", "invoice__payments__0__terminal"),
    ),
    InvoiceKind, "invoice__kind",
)  # fmt: skip
TABLES: dict[str, ExportTable] = {
    table.name: table for table in (ORDERS, PAYMENTS, TRANSFERS, REFUNDS, INVOICES)
}


def day_bounds(table: ExportTable, first: date, last: date) -> tuple[Any, Any]:
    """From and until (not included) for the days `first` to `last` of Tehran, as the table's day is kept."""
    after = last + timedelta(days=1)
    if table.day_is_date:
        return first, after
    return tuple(datetime.combine(day, time.min, TEHRAN) for day in (first, after))  # type: ignore[return-value]
