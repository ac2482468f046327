"""Payment attempts: one row a try, with its own number at the bank."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.models.orders import Order
from septam import jalali
from septam.digits import to_persian


class AttemptState(models.TextChoices):
    """Where a try stands; billing.payments alone writes it. Only `settled` means paid."""

    CREATED = "created", _("Created")
    SENT = "sent", _("Sent to the bank")
    RETURNED = "returned", _("Returned from the bank")
    VERIFYING = "verifying", _("Being checked with the bank")
    VERIFIED = "verified", _("Confirmed, being settled")
    SETTLED = "settled", _("Paid already")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled by the payer")
    ABANDONED = "abandoned", _("Not finished")
    NEEDS_REVIEW = "needs_review", _("Needs review")
    REVERSED = "reversed", _("Reversed by the bank")
    DUPLICATE = "duplicate", _("Second payment, returned")


# While one of these stands, the order's lines cannot be taken away.
LIVE = ("created", "sent", "returned", "verifying", "verified")
# The same, and where a person has to find out what became of the money.
HOLDING = (*LIVE, "needs_review")
# The payer came back and the bank's word is still wanted: nothing else of this order may be paid.
UNDER_CHECK = ("returned", "verifying", "verified", "needs_review")

# Our own result code: the place was changed after a cancelled try that was paid all the same.
PLACE_CHANGED = "place"
# The same where what it pays for is not sold any more: the laboratory visits nobody, or a re-visit is past its time.
NOT_SOLD = "unsold"


# The bank named an amount that is not ours.
OTHER_AMOUNT = models.Q(final_amount_rial__lt=models.F("amount_rial")) | models.Q(
    final_amount_rial__gt=models.F("amount_rial")
)


class PaymentAttempt(models.Model):
    """One try to pay an order at one gateway."""

    is_copied = True  # its number, into the bank's page

    order = models.ForeignKey(Order, models.PROTECT, related_name="attempts", db_index=False)
    gateway = models.CharField(_("Gateway"), max_length=30)
    # The bank's orderId: unique for ever, never reused.
    order_number = models.BigIntegerField(_("Number at the bank"), unique=True)
    amount_rial = models.BigIntegerField(_("Amount (rial)"))
    state = models.CharField(
        _("State"), max_length=14, choices=AttemptState.choices, default=AttemptState.CREATED
    )
    # The bank's name of this try (RefId, token, authority); empty until it answered.
    token = models.CharField(max_length=64, blank=True)
    reference = models.CharField(_("Bank reference"), max_length=40, blank=True)
    masked_card = models.CharField(_("Card"), max_length=24, blank=True)
    card_hash = models.CharField(max_length=128, blank=True)
    final_amount_rial = models.BigIntegerField(_("Amount the bank named (rial)"), null=True)
    result_code = models.CharField(_("Result code of the bank"), max_length=12, blank=True)
    created_at = models.DateTimeField(_("Created"))
    sent_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    # Who talks to the bank about this try right now (web or worker) does so under this lease.
    leased_until = models.DateTimeField(null=True)
    next_check_at = models.DateTimeField(null=True)
    checks = models.PositiveSmallIntegerField(_("Times asked"), default=0)

    class Meta:
        verbose_name = _("Payment attempt")
        verbose_name_plural = _("Payment attempts")
        permissions: ClassVar = [("review_payment", "Can decide payments that need review")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["gateway", "token"],
                condition=~models.Q(token=""),  # nosec B106
                name="bank_token_once",
            ),
            models.UniqueConstraint(
                fields=["gateway", "reference"],
                condition=~models.Q(reference=""),
                name="bank_reference_once",
            ),
            models.UniqueConstraint(
                fields=["order"], condition=models.Q(state="settled"), name="order_settled_once"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_rial__gt=0), name="attempt_amount_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=AttemptState.values), name="attempt_state_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["order", "-id"], name="attempt_order"),
            models.Index(
                fields=["id"], condition=models.Q(state="needs_review"), name="attempt_review"
            ),
            models.Index(
                fields=["next_check_at"],
                condition=models.Q(
                    state__in=["created", "sent", "returned", "verifying", "verified"]
                ),
                name="attempt_due",
            ),
            # Reconciliation asks for the settled payments of a gateway by day.
            models.Index(
                fields=["gateway", "settled_at"],
                condition=models.Q(settled_at__isnull=False),
                name="attempt_settled",
            ),
            # The office's filters, the newest first.
            models.Index(fields=["gateway", "-id"], name="attempt_gateway"),
            models.Index(fields=["-id"], condition=OTHER_AMOUNT, name="attempt_other_amount"),
            # The office's search, whatever the gateway is.
            models.Index(
                fields=["reference"], condition=~models.Q(reference=""), name="attempt_reference"
            ),
        ]

    def __str__(self) -> str:
        return str(self.order_number)


class PaymentEvent(models.Model):
    """What happened to a try: each callback as it came, each answer of the bank, each change."""

    attempt = models.ForeignKey(
        PaymentAttempt, models.PROTECT, related_name="events", db_index=False
    )
    at = models.DateTimeField()
    kind = models.CharField(_("Kind"), max_length=20)
    from_state = models.CharField(
        _("From state"), max_length=14, choices=AttemptState.choices, blank=True
    )
    to_state = models.CharField(
        _("To state"), max_length=14, choices=AttemptState.choices, blank=True
    )
    code = models.CharField(_("Code"), max_length=40, blank=True)
    detail = models.JSONField(_("Detail"), default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["attempt", "id"], name="payment_event_attempt")]

    def __str__(self) -> str:
        return f"{jalali.format_date(self.at)} {to_persian(f'{jalali.tehran(self.at):%H:%M}')}"
