"""Paying without a card: the «پیش‌فاکتور» of an order, and money that came to the portal's account by transfer."""

from datetime import date, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.orders import Order


class ProformaState(models.TextChoices):
    """What became of a proforma."""

    STANDING = "standing", _("Valid")
    PAID = "paid", _("Paid already")
    WITHDRAWN = "withdrawn", _("Given up by the owner")
    LAPSED = "lapsed", _("Lapsed")


class Proforma(models.Model):
    """An order's «پیش‌فاکتور»: while it stands, the order is held for a transfer. Its number is the order's.

    An order has one at most: once it ends unpaid the order is cancelled, and its places are priced anew.
    """

    order = models.OneToOneField(
        Order, models.PROTECT, related_name="proforma", verbose_name=_("Order")
    )
    state = models.CharField(
        _("State"), max_length=10, choices=ProformaState.choices, default=ProformaState.STANDING
    )
    asked_at = models.DateTimeField(_("Asked on"))
    # The last day, included, in Tehran.
    valid_until = models.DateField(_("Valid until"))
    ended_at = models.DateTimeField(_("Ended on"), null=True)
    # When the owner was told that the last day comes.
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Proforma")
        verbose_name_plural = _("Proformas")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=ProformaState.values), name="proforma_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="standing", ended_at=None)
                | (~Q(state="standing") & Q(ended_at__isnull=False)),
                name="proforma_ended_or_standing",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["valid_until"], condition=Q(state="standing"), name="proforma_due"
            ),
        ]

    @property
    def arrives_until(self) -> date:
        """The last day of Tehran on which money for it may stand on the account's statement."""
        return self.valid_until + timedelta(days=settings.TRANSFER_ARRIVAL_DAYS)

    def __str__(self) -> str:
        return str(self.order_id)


class TransferState(models.TextChoices):
    """How far a transfer has come; only `matched` means that its money pays for its order."""

    REPORTED = "reported", _("Reported by the owner")
    RECORDED = "recorded", _("On the account's statement")
    MATCHED = "matched", _("Matched with an order")
    REJECTED = "rejected", _("Not found on the statement")
    RETURNED = "returned", _("Returned to the sender")


# Finance saw this money on the account's statement.
SEEN = ("recorded", "matched", "returned")


class BankTransfer(models.Model):
    """Money by bank transfer: what an owner says was sent, or what finance read on the account's statement."""

    is_copied = True  # its number, into the bank's page

    state = models.CharField(_("State"), max_length=10, choices=TransferState.choices)
    # Our account: IR and 24 digits.
    account = models.CharField(_("To account (IBAN)"), max_length=26)
    reference = models.CharField(_("Bank's tracking number"), max_length=40)
    amount_rial = models.BigIntegerField(_("Amount (rial)"))
    paid_on = models.DateField(_("Day of the transfer"))
    payer = models.CharField(_("Sender's name"), max_length=120, blank=True)
    # What the sender wrote, as the statement shows it: usually the number of the order.
    description = models.CharField(_("Text of the statement"), max_length=200, blank=True)
    order = models.ForeignKey(
        Order,
        models.PROTECT,
        null=True,
        related_name="transfers",
        verbose_name=_("Order"),
        db_index=False,
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("Recorded by")
    )
    recorded_at = models.DateTimeField(_("Recorded on"))
    matched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+",
        verbose_name=_("Matched by"),
    )  # fmt: skip
    matched_at = models.DateTimeField(_("Matched on"), null=True)
    # Who rejected or returned it, when and why.
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+",
        verbose_name=_("Closed by"),
    )  # fmt: skip
    closed_at = models.DateTimeField(_("Closed on"), null=True)
    reason = models.CharField(_("Reason"), max_length=200, blank=True)
    return_reference = models.CharField(
        _("Tracking number of the return"), max_length=40, blank=True
    )

    class Meta:
        verbose_name = _("Bank transfer")
        verbose_name_plural = _("Bank transfers")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=TransferState.values), name="transfer_state_known"
            ),
            models.CheckConstraint(condition=Q(amount_rial__gt=0), name="transfer_amount_positive"),
            models.CheckConstraint(condition=~Q(reference=""), name="transfer_has_a_reference"),
            # What an owner merely says takes no reference away from whoever really sent the money.
            models.UniqueConstraint(
                fields=["account", "reference"], condition=Q(state__in=SEEN),
                name="transfer_seen_once",
            ),
            models.UniqueConstraint(
                fields=["order", "reference"], condition=Q(state="reported"),
                name="transfer_reported_once",
            ),
            # What left the account once gives back one transfer.
            models.UniqueConstraint(
                fields=["account", "return_reference"], condition=Q(state="returned"),
                name="transfer_return_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="reported") | Q(order__isnull=False),
                name="transfer_reported_of_an_order",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="matched", order__isnull=False, matched_at__isnull=False,
                    matched_by__isnull=False,
                )
                | (~Q(state="matched") & Q(matched_at=None, matched_by=None)),
                name="transfer_matched_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["rejected", "returned"])
                | Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(reason=""),
                name="transfer_closed_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(return_reference=""),
                name="transfer_returned_with_a_reference",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["state", "-id"], name="transfer_state"),
            models.Index(fields=["order", "id"], name="transfer_order"),
            # The office's search, whatever state the transfer is in.
            models.Index(fields=["reference"], name="transfer_reference"),
        ]

    def __str__(self) -> str:
        return self.reference
