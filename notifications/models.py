"""Messages that leave the portal (SMS) and those that wait inside it («اعلانات»)."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.announced import Announcement, Audience, PutAway, Urgency
from notifications.preferences import UnwantedSms
from notifications.texts import title_of

__all__ = [
    "Announcement", "Audience", "Notice", "PutAway", "SmsMessage", "SmsState", "UnwantedSms", "Urgency",
]  # fmt: skip


class SmsState(models.TextChoices):
    """Where an SMS stands; `unknown` may have been sent and is never repeated blindly."""

    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Handed to the provider")
    DELIVERED = "delivered", _("Delivered")
    UNDELIVERED = "undelivered", _("Not delivered")
    UNKNOWN = "unknown", _("Outcome unknown")
    DEAD = "dead", _("Given up")
    # A change made it wrong before it left.
    WITHDRAWN = "withdrawn", _("Taken back")


class SmsMessage(models.Model):
    """One SMS. A sensitive one (password, code) never holds its secret: the worker makes it at sending."""

    event = models.CharField(_("Event"), max_length=60)
    mobile = models.CharField(_("Mobile"), max_length=11)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)
    # The values of the text's placeholders; for a sensitive event only what is no secret.
    values = models.JSONField(default=dict, blank=True)
    text = models.TextField(_("Text"), blank=True)
    sensitive = models.BooleanField(default=False)
    priority = models.SmallIntegerField(default=5)
    state = models.CharField(
        _("State"), max_length=12, choices=SmsState.choices, default=SmsState.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(_("Attempts"), default=0)
    created_at = models.DateTimeField(_("Created"))
    # When it is to be sent, or, once sent, asked about; None: there is nothing left to do.
    next_try_at = models.DateTimeField(null=True)
    valid_until = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    # The first try whose outcome is not known to be «not sent»: providers remember a local id for hours only.
    tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("Sent"), null=True)
    # Who has it or may have it. A queued message with a provider is repeated there alone.
    provider = models.CharField(_("Provider"), max_length=60, blank=True)
    provider_id = models.CharField(max_length=40, blank=True)
    provider_status = models.CharField(max_length=40, blank=True)
    polled_at = models.DateTimeField(null=True)
    error = models.CharField(_("Last error"), max_length=200, blank=True)
    # Makes a repeated effect (a callback twice) one message: unique where given.
    once_key = models.CharField(max_length=80, blank=True)
    # The thing that it speaks of («request:12»), by which a change takes it back.
    about = models.CharField(max_length=40, blank=True)
    # The message that this one says once more, on a person's wish.
    again_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, db_index=False, related_name="again"
    )

    class Meta:
        verbose_name = _("SMS")
        verbose_name_plural = _("SMS outbox")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["once_key"],
                condition=~models.Q(once_key="") & ~models.Q(state="withdrawn"),
                name="sms_once",
            ),
            models.UniqueConstraint(
                fields=["again_of"],
                condition=models.Q(again_of__isnull=False),
                name="sms_again_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=SmsState.values), name="sms_state_known"
            ),
        ]
        indexes: ClassVar = [
            # What is due, the most urgent first; whether an earlier one to the same number still waits.
            models.Index(
                fields=["priority", "next_try_at"],
                condition=models.Q(state="queued"),
                name="sms_due",
            ),
            models.Index(
                fields=["mobile", "id"],
                condition=models.Q(state__in=["queued", "sending"]),
                name="sms_waiting_of",
            ),
            models.Index(
                fields=["leased_until"], condition=models.Q(state="sending"), name="sms_sending"
            ),
            models.Index(
                fields=["about"],
                condition=models.Q(state="queued") & ~models.Q(about=""),
                name="sms_waiting_about",
            ),
            # What is to be asked about, and what a provider's own word is about.
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(state="sent", next_try_at__isnull=False),
                name="sms_unheard",
            ),
            models.Index(
                fields=["provider_id"], condition=models.Q(state="sent"), name="sms_provider_id"
            ),
            # The office's page.
            models.Index(fields=["mobile", "-id"], name="sms_mobile"),
            models.Index(fields=["event", "-id"], name="sms_event"),
            models.Index(
                fields=["state", "-id"],
                condition=models.Q(state__in=["undelivered", "unknown", "dead", "withdrawn"]),
                name="sms_troubled",
            ),
            BrinIndex(fields=["created_at"], pages_per_range=32, name="sms_created"),
        ]

    def __str__(self) -> str:
        return f"{title_of(self.event)} – {self.mobile}"


class SmsProviderState(models.Model):
    """What all workers know of a provider: whether it rests, how it answered last, what credit is left there.

    Rests go by the machine's clock, which no demo moves.
    """

    name = models.CharField(_("Provider"), max_length=60, primary_key=True)
    rests_until = models.DateTimeField(null=True)
    # In a row, since its last good answer.
    failures = models.PositiveIntegerField(default=0)
    answered_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=80, blank=True)
    credit = models.BigIntegerField(null=True)
    credit_unit = models.CharField(max_length=10, blank=True)
    credit_is_low = models.BooleanField(default=False)
    credit_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Notice(models.Model):
    """One entry of an owner's «اعلانات»."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices", db_index=False
    )
    event = models.CharField(max_length=60)
    title = models.CharField(max_length=120)
    body = models.TextField(blank=True)
    # A path inside the portal; empty where there is nothing to open.
    link = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    # Makes a repeated effect (a reminder's job run twice) one notice: unique where given.
    once_key = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["once_key"], condition=~models.Q(once_key=""), name="notice_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "-id"], name="notice_user"),
            models.Index(
                fields=["user", "-id"],
                condition=models.Q(read_at=None),
                name="notice_unread_newest",
            ),
        ]

    def __str__(self) -> str:
        return self.title
