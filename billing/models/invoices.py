"""Invoices and credit notes: numbered without a gap, never changed. Amounts are whole rial.

Triggers refuse to change or delete an invoice or a line (migration «invoices»): only the buyer of an invoice older
than ten years may be blanked, see billing.papers.redaction. What is known later (PDF, tax number) has its own tables.
"""

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.models.orders import LineKind, Order, OrderLine
from billing.models.refunds import RefundCase

if TYPE_CHECKING:
    from accounts.models import User


class InvoiceKind(models.TextChoices):
    """What an invoice does."""

    ORIGINAL = "original", _("Invoice")
    # «صورتحساب اصلاحی»: takes back a part of the first one, or all of it.
    CREDIT = "credit", _("Credit note")


class InvoiceCounter(models.Model):
    """The last number of a Jalali year; its row is the lock under which a number and its moment are taken."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)


class BuyerKind(models.TextChoices):
    """Whom an invoice names."""

    PERSON = "person", _("Person")
    COMPANY = "company", _("Company")
    FOREIGN = "foreign", _("Foreign national")


class InvoiceBuyer(models.Model):
    """«صورتحساب به نام …»: the buyer that an owner asked for; frozen on the invoice when it is issued."""

    order = models.OneToOneField(Order, models.PROTECT, related_name="invoice_buyer")
    kind = models.CharField(max_length=10, choices=BuyerKind.choices)
    name = models.CharField(max_length=120)
    national_id = models.CharField(max_length=13)
    economic_number = models.CharField(max_length=14, blank=True)
    address = models.CharField(max_length=300, blank=True)
    postal_code = models.CharField(max_length=10, blank=True)


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    """Who may see which invoices."""

    def visible_to(self, user: "User") -> Self:
        """Those of the owner's own orders."""
        return self.filter(order__owner_id=user.pk)


class Invoice(models.Model):
    """«صورتحساب» of an order, or the «صورتحساب اصلاحی» of a refund. Its amounts are positive in both."""

    # Jalali year of the Tehran moment of issue, and the number within it.
    year = models.PositiveSmallIntegerField(_("Year"))
    serial = models.PositiveIntegerField(_("Number in the year"))
    # Year and serial in one: 1403000012.
    number = models.CharField(_("Number"), max_length=14, unique=True)
    kind = models.CharField(_("Kind"), max_length=10, choices=InvoiceKind.choices)
    issued_at = models.DateTimeField(_("Issued"))
    order = models.ForeignKey(
        Order,
        models.PROTECT,
        related_name="invoices",
        verbose_name=_("Order"),
        db_index=False,
    )
    # Of a credit note: the invoice that it corrects, and why.
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="credits", verbose_name=_("Corrects")
    )
    refund = models.OneToOneField(
        RefundCase, models.PROTECT, null=True, related_name="credit_note", verbose_name=_("Refund")
    )
    # As they were at the moment of issue; see billing.papers.parties for the keys.
    seller = models.JSONField(_("Seller"))
    buyer = models.JSONField(_("Buyer"))
    # How it was paid, one entry a payment; see billing.papers.evidence.
    payments = models.JSONField(default=list)
    base_rial = models.BigIntegerField(_("Sum before VAT"))
    vat_rial = models.BigIntegerField(_("VAT"))
    payable_rial = models.BigIntegerField(_("Amount (rial)"))

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("Invoice")
        verbose_name_plural = _("Invoices")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "serial"], name="invoice_serial_once"),
            models.UniqueConstraint(
                fields=["order"], condition=models.Q(kind="original"), name="invoice_once_an_order"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="original", corrects=None, refund=None)
                | models.Q(kind="credit", corrects__isnull=False, refund__isnull=False),
                name="credit_note_refers_to_its_invoice",
            ),
            models.CheckConstraint(
                condition=models.Q(base_rial__gte=0, vat_rial__gte=0, payable_rial__gt=0)
                & models.Q(payable_rial=models.F("base_rial") + models.F("vat_rial")),
                name="invoice_sums_agree",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["order", "id"], name="invoice_order"),
            # In the order of the office's list.
            models.Index(
                fields=["year", "serial"], condition=models.Q(kind="credit"), name="credit_serial"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class InvoiceLine(models.Model):
    """One line, with VAT as the order's frozen line has it."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines", db_index=False)
    # The order's line that this one bills, or takes back.
    order_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=LineKind.choices)
    title = models.CharField(_("Title"), max_length=200)
    # «شناسه خدمت» of the tax organisation, 13 digits; empty until it is known.
    service_id = models.CharField(_("Service id"), max_length=13, blank=True)
    quantity = models.PositiveIntegerField(_("Number of units"), default=1)
    unit_price_rial = models.BigIntegerField(_("Unit price (rial)"))
    discount_rial = models.BigIntegerField(_("Discount (rial)"), default=0)
    vat_basis_points = models.PositiveIntegerField(_("Rate in basis points"))
    vat_rial = models.BigIntegerField(_("VAT (rial)"))
    total_rial = models.BigIntegerField(_("Sum (rial)"))

    class Meta:
        verbose_name = _("Invoice line")
        verbose_name_plural = _("Lines")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["invoice", "position"], name="invoice_line_position_once"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    total_rial=models.F("unit_price_rial") * models.F("quantity")
                    - models.F("discount_rial")
                    + models.F("vat_rial"),
                    unit_price_rial__gte=0,
                    discount_rial__gte=0,
                    vat_rial__gte=0,
                ),
                name="invoice_line_sum_agrees",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PaperFile(models.Model):
    """A PDF that somebody asked for: an order's receipt (no invoice), or an invoice's. Empty until it is made."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="papers")
    invoice = models.OneToOneField(Invoice, models.PROTECT, null=True, related_name="paper")
    pdf = models.FileField(upload_to="papers/%Y", blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["order"], condition=models.Q(invoice=None), name="receipt_paper_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=models.Q(pdf=""), name="paper_due")
        ]


class TaxState(models.TextChoices):
    """What the taxpayers' system answered."""

    SENT = "sent", _("Sent to the tax system")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")


class TaxSubmission(models.Model):
    """That an invoice was sent to «سامانه مودیان», as finance noted it; the invoice itself stays as it is."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="tax_submissions")
    # «شماره منحصربه‌فرد مالیاتی»: 22 letters and digits.
    tax_number = models.CharField(_("Tax number"), max_length=22, unique=True)
    reference = models.CharField(_("Reference of the tax system"), max_length=60, blank=True)
    sent_at = models.DateTimeField(_("Sent on"))
    state = models.CharField(
        _("State"), max_length=10, choices=TaxState.choices, default=TaxState.SENT
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("Entered by")
    )
    entered_at = models.DateTimeField(_("Entered"))

    class Meta:
        verbose_name = _("Tax number")
        verbose_name_plural = _("Tax numbers")
        constraints: ClassVar = [
            # A rejected one may be followed by another; of the others an invoice has one.
            models.UniqueConstraint(
                fields=["invoice"],
                condition=~models.Q(state="rejected"),
                name="tax_number_once_an_invoice",
            ),
            models.CheckConstraint(
                condition=models.Q(tax_number__regex=r"^[A-Z0-9]{22}$"), name="tax_number_shape"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=TaxState.values), name="tax_state_known"
            ),
        ]

    def __str__(self) -> str:
        return self.tax_number
