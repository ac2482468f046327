"""Money that is owed back to an owner."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.models.orders import Order


class RefundReason(models.TextChoices):
    """Why money is returned."""

    WITHDRAWN = "withdrawn", _("Withdrawn by the owner")
    CANCELLED = "cancelled", _("Cancelled by support")
    UNPLACED = "unplaced", _("Paid too late")


class RefundState(models.TextChoices):
    """How far the return has come."""

    ASKED = "asked", _("Asked")


class RefundCase(models.Model):
    """One refund that is due («استرداد وجه»): of one request, or of what an order's late money could not place."""

    order = models.ForeignKey(
        Order, models.PROTECT, related_name="refund_cases", verbose_name=_("Order")
    )
    # Empty: the requests of the order that could not be served when its money came.
    request = models.ForeignKey(
        "inspections.VisitRequest",
        models.PROTECT,
        null=True,
        related_name="refund_cases",
        verbose_name=_("Request"),
    )
    reason = models.CharField(_("Reason"), max_length=10, choices=RefundReason.choices)
    state = models.CharField(
        _("State"), max_length=10, choices=RefundState.choices, default=RefundState.ASKED
    )
    # What the order's frozen lines say was paid for it, with VAT; the rest after a deduction is due.
    paid_rial = models.BigIntegerField(_("Paid (rial)"))
    amount_rial = models.BigIntegerField(_("To be returned (rial)"))
    created_at = models.DateTimeField(_("Created"))

    class Meta:
        verbose_name = _("Refund")
        verbose_name_plural = _("Refunds")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "request"], name="refund_once_a_request"),
            models.UniqueConstraint(
                fields=["order"],
                condition=models.Q(request=None),
                name="refund_once_an_unplaced_order",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_rial__gt=0, amount_rial__lte=models.F("paid_rial")),
                name="refund_within_what_was_paid",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=RefundState.values), name="refund_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(reason__in=RefundReason.values), name="refund_reason_known"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "id"], name="refund_state")]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.pk}"
