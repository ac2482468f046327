"""A bank's report of a span of days, and how each of its rows compares with our payments."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.payments import PaymentAttempt


class RowKind(models.TextChoices):
    """What the comparison of one payment says; all but the first two are differences."""

    AGREES = "agrees", _("Agrees")
    NEITHER = "neither", _("Paid neither there nor here")
    ONLY_BANK = "only_bank", _("Paid at the bank, unknown here")
    UNPAID_HERE = "unpaid_here", _("Paid at the bank, not settled here")
    ONLY_HERE = "only_here", _("Settled here, not in the bank's file")
    RETURNED_THERE = "returned_there", _("Returned by the bank, settled here")
    AMOUNT_DIFFERS = "amount_differs", _("The amount differs")
    REFERENCE_DIFFERS = "reference_differs", _("The bank reference differs")


NO_DIFFERENCE = (RowKind.AGREES, RowKind.NEITHER)


class BankOutcome(models.TextChoices):
    """What the bank's row says became of the payment."""

    PAID = "paid", _("Paid already")
    REVERSED = "reversed", _("Reversed by the bank")
    FAILED = "failed", _("Failed")


class BankFile(models.Model):
    """One report of a gateway, uploaded by finance; the same file is taken once."""

    gateway = models.CharField(_("Gateway"), max_length=30)
    name = models.CharField(_("File"), max_length=100)
    sha256 = models.CharField(max_length=64)
    # Days of Tehran that the file speaks of, both included.
    first_day = models.DateField(_("First day"))
    last_day = models.DateField(_("Last day"))
    rows_count = models.PositiveIntegerField(_("Rows"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("Uploaded by")
    )
    uploaded_at = models.DateTimeField(_("Uploaded"))
    compared_at = models.DateTimeField(_("Compared"))

    class Meta:
        verbose_name = _("Reconciliation with a bank")
        verbose_name_plural = _("Reconciliation with the banks")
        # Exports have no table of their own; the permission hangs here.
        permissions: ClassVar = [("export_money", "Can export orders, payments and refunds")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["gateway", "sha256"], name="bank_file_once"),
            models.CheckConstraint(
                condition=Q(last_day__gte=models.F("first_day")), name="bank_file_days_in_order"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["gateway", "last_day"], name="bank_file_days")]

    def __str__(self) -> str:
        return self.name


class BankFileRow(models.Model):
    """One payment of a report, or one of ours that the report lacks (line 0). Amounts in rial."""

    file = models.ForeignKey(BankFile, models.CASCADE, related_name="rows", db_index=False)
    # The line of the file, counted from 1; 0 for a payment that is in our books only.
    line = models.PositiveIntegerField(_("Line"))
    kind = models.CharField(_("Kind"), max_length=18, choices=RowKind.choices)
    outcome = models.CharField(
        _("The bank says"), max_length=8, choices=BankOutcome.choices, blank=True
    )
    order_number = models.BigIntegerField(_("Number at the bank"), null=True)
    reference = models.CharField(_("Bank reference"), max_length=40, blank=True)
    amount_rial = models.BigIntegerField(_("Amount at the bank (rial)"), null=True)
    day = models.DateField(_("Day"))
    # As the file writes it, without a zone: the bank's clock is evidence, not our time.
    hour = models.TimeField(_("Hour"), null=True)
    attempt = models.ForeignKey(
        PaymentAttempt,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("Payment attempt"),
    )
    settled_at = models.DateTimeField(_("Marked as settled"), null=True)
    # Empty with settled_at set: a later file named the payment.
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    note = models.CharField(_("Note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("Row of a bank's file")
        verbose_name_plural = _("Rows of the banks' files")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=RowKind.values), name="bank_row_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(kind="only_here") | Q(attempt__isnull=False),
                name="bank_row_names_ours",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["file", "kind", "line"], name="bank_row_list"),
            models.Index(
                fields=["file"],
                condition=Q(settled_at=None) & ~Q(kind__in=["agrees", "neither"]),
                name="bank_row_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}/{self.pk}"
