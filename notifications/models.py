"""Messages that leave the portal (SMS) and those that wait inside it («اعلانات»)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SmsState(models.TextChoices):
    """Where an SMS stands; `unknown` may have been sent and is never repeated blindly."""

    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Handed to the provider")
    DELIVERED = "delivered", _("Delivered")
    UNDELIVERED = "undelivered", _("Not delivered")
    UNKNOWN = "unknown", _("Outcome unknown")
    DEAD = "dead", _("Given up")


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
    next_try_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("Sent"), null=True)
    provider_id = models.CharField(max_length=40, blank=True)
    provider_status = models.CharField(max_length=40, blank=True)
    polled_at = models.DateTimeField(null=True)
    error = models.CharField(_("Last error"), max_length=200, blank=True)
    # Makes a repeated effect (a callback twice) one message: unique where given.
    once_key = models.CharField(max_length=80, blank=True)

    class Meta:
        verbose_name = _("SMS")
        verbose_name_plural = _("SMS outbox")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["once_key"], condition=~models.Q(once_key=""), name="sms_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=SmsState.values), name="sms_state_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["priority", "next_try_at"],
                condition=models.Q(state__in=["queued", "sending"]),
                name="sms_waiting",
            ),
            models.Index(
                fields=["sent_at"], condition=models.Q(state="sent"), name="sms_undelivered"
            ),
            models.Index(fields=["mobile", "-id"], name="sms_mobile"),
        ]

    def __str__(self) -> str:
        return f"{self.event} → {self.mobile}"


class Notice(models.Model):
    """One entry of an owner's «اعلانات»."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices")
    event = models.CharField(max_length=60)
    title = models.CharField(max_length=120)
    body = models.TextField(blank=True)
    # A path inside the portal; empty where there is nothing to open.
    link = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["user", "-id"], name="notice_user"),
            models.Index(fields=["user"], condition=models.Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return self.title
