"""Money that is owed back to an owner, and how far the return has come."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.models.orders import Order
from billing.models.payments import PaymentAttempt


class RefundReason(models.TextChoices):
    """Why money is returned."""

    WITHDRAWN = "withdrawn", _("Withdrawn by the owner")
    CANCELLED = "cancelled", _("Cancelled by support")
    UNPLACED = "unplaced", _("Paid too late")
    DUPLICATE = "duplicate", _("Paid twice")
    OVERPAID = "overpaid", _("Paid more than due")
    BY_HAND = "by_hand", _("Asked by finance")
    DIFFERENCE = "difference", _("Visit cost less than paid")


class RefundState(models.TextChoices):
    """How far the return has come."""

    ASKED = "asked", _("Asked")
    APPROVED = "approved", _("Approved")
    DONE = "done", _("Refund done")
    REFUSED = "refused", _("Refused")


# Money may still go out by these.
OPEN_CASES = (RefundState.ASKED, RefundState.APPROVED)


class RefundMethod(models.TextChoices):
    """How the money went back."""

    REVERSAL = "reversal", _("Reversal by the bank")
    CARD = "card", _("To the card, by hand")
    TRANSFER = "transfer", _("Bank transfer, by hand")


class RefundCase(models.Model):
    """One refund that is due («استرداد وجه»): of one request, of a second payment, or of an order's other money."""

    order = models.ForeignKey(
        Order, models.PROTECT, related_name="refund_cases", verbose_name=_("Order")
    )
    # Empty: money of the order that no single request holds.
    request = models.ForeignKey(
        "inspections.VisitRequest",
        models.PROTECT,
        null=True,
        related_name="refund_cases",
        verbose_name=_("Request"),
    )
    # The second payment that was really taken; of no other reason.
    attempt = models.ForeignKey(
        PaymentAttempt,
        models.PROTECT,
        null=True,
        related_name="refund_cases",
        verbose_name=_("Payment attempt"),
    )
    reason = models.CharField(_("Reason"), max_length=10, choices=RefundReason.choices)
    state = models.CharField(
        _("State"), max_length=10, choices=RefundState.choices, default=RefundState.ASKED
    )
    # What was paid for it, with VAT; the rest after a deduction is due.
    paid_rial = models.BigIntegerField(_("Paid (rial)"))
    amount_rial = models.BigIntegerField(_("To be returned (rial)"))
    created_at = models.DateTimeField(_("Created"))
    # Empty: the system.
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+",
        verbose_name=_("Asked by"),
    )  # fmt: skip
    why = models.CharField(_("Why it is asked"), max_length=500, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+",
        verbose_name=_("Approved by"),
    )  # fmt: skip
    approved_at = models.DateTimeField(_("Approved on"), null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+",
        verbose_name=_("Done by"),
    )  # fmt: skip
    done_at = models.DateTimeField(_("Returned on"), null=True)
    refused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+",
        verbose_name=_("Refused by"),
    )  # fmt: skip
    refused_at = models.DateTimeField(_("Refused on"), null=True)
    refusal = models.CharField(_("Reason of the refusal"), max_length=500, blank=True)
    method = models.CharField(
        _("How it is returned"), max_length=10, choices=RefundMethod.choices, blank=True
    )
    reference = models.CharField(_("Bank reference"), max_length=40, blank=True)
    note = models.CharField(_("Note"), max_length=500, blank=True)
    # The owner's own account for a transfer: IR and 24 digits.
    iban = models.CharField(_("IBAN"), max_length=26, blank=True)
    # Committed before the bank is asked for a reversal: while it stands, nobody may return the money otherwise.
    reversal_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+",
        verbose_name=_("Reversal asked by"),
    )  # fmt: skip
    reversal_asked_at = models.DateTimeField(_("Reversal asked on"), null=True)
    leased_until = models.DateTimeField(null=True)
    next_check_at = models.DateTimeField(null=True)
    checks = models.PositiveSmallIntegerField(default=0)
    result_code = models.CharField(_("The bank's answer"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("Refund")
        verbose_name_plural = _("Refunds")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["order", "request"], condition=~Q(state="refused"),
                name="refund_once_a_request",
            ),
            models.UniqueConstraint(
                fields=["order"], condition=Q(reason="unplaced") & ~Q(state="refused"),
                name="refund_once_an_unplaced_order",
            ),
            models.UniqueConstraint(
                fields=["attempt"], condition=~Q(state="refused"), name="refund_once_an_attempt"
            ),
            models.UniqueConstraint(
                fields=["method", "reference"], condition=~Q(reference=""),
                name="refund_reference_once",
            ),
            # What finance sent by hand is one sum, whether it says to a card or to an account.
            models.UniqueConstraint(
                fields=["reference"], condition=Q(method__in=["card", "transfer"]),
                name="refund_by_hand_once",
            ),
            models.CheckConstraint(
                condition=Q(amount_rial__gt=0, amount_rial__lte=F("paid_rial")),
                name="refund_within_what_was_paid",
            ),
            models.CheckConstraint(
                condition=Q(state__in=RefundState.values), name="refund_state_known"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=RefundReason.values), name="refund_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(method="") | Q(method__in=RefundMethod.values),
                name="refund_method_known",
            ),
            models.CheckConstraint(
                condition=Q(reason="duplicate", attempt__isnull=False)
                | (~Q(reason="duplicate") & Q(attempt=None)),
                name="refund_of_an_attempt_is_a_duplicate",
            ),
            # SQL's NULL passes: the system may ask what anybody approves.
            models.CheckConstraint(
                condition=Q(asked_by=None) | Q(approved_by=None) | ~Q(approved_by=F("asked_by")),
                name="refund_approved_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "done"])
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="refund_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="done")
                | Q(done_at__isnull=False, done_by__isnull=False)
                & (Q(method="reversal") | Q(method__in=["card", "transfer"]) & ~Q(reference="")),
                name="refund_done_by_something",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused")
                | Q(refused_by__isnull=False, refused_at__isnull=False) & ~Q(refusal=""),
                name="refund_refused_with_a_reason",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["state", "id"], name="refund_state"),
            models.Index(
                fields=["next_check_at"], condition=Q(state="approved"), name="refund_due"
            ),
            models.Index(fields=["done_at"], condition=Q(state="done"), name="refund_done"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_open(self) -> bool:
        """Whether money may still go out by it."""
        return self.state in OPEN_CASES

    @property
    def is_being_reversed(self) -> bool:
        """Whether the bank was asked for a reversal and has not said yes or no."""
        return self.state == RefundState.APPROVED and self.reversal_asked_at is not None
