"""What people ask of an account: another mobile, the end of a second factor, the account's own end. Models alone."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ResetState(models.TextChoices):
    """What became of a reset of a second factor."""

    WAITING = "waiting", _("Waits for approval")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")


class SecondFactorReset(models.Model):
    """A lost phone of a member of staff: one asks, another approves, neither is the person."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="second_factor_resets",
        verbose_name=_("Person"),
    )
    state = models.CharField(
        _("State"), max_length=10, choices=ResetState.choices, default=ResetState.WAITING
    )
    reason = models.TextField(_("Reason"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("Asked by")
    )
    asked_at = models.DateTimeField(_("Asked on"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("Decided by"),
    )
    decided_at = models.DateTimeField(_("Decided on"), null=True)

    class Meta:
        verbose_name = _("Reset of a second factor")
        verbose_name_plural = _("Resets of second factors")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(state="waiting"), name="reset_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(asked_by=models.F("user")), name="reset_asked_by_another"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="done")
                | (
                    ~models.Q(decided_by=models.F("user"))
                    & ~models.Q(decided_by=models.F("asked_by"))
                ),
                name="reset_approved_by_a_second",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)


class MobileChangeWay(models.TextChoices):
    """How the number of an account came to be another."""

    CODES = "codes", _("By codes to both numbers")
    SUPPORT = "support", _("By support, after an identity check")
    DETACHED = "detached", _("Taken off by the number's new holder")


class MobileChangeState(models.TextChoices):
    """What became of a change."""

    WAITING = "waiting", _("Waits for its hour")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")
    REFUSED = "refused", _("Not possible")


class MobileChange(models.Model):
    """One change of an account's mobile; the numbers stand here and in no log. Written by accounts.mobile.changing alone."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="mobile_changes",
        verbose_name=_("Person"),
    )
    way = models.CharField(_("Way"), max_length=10, choices=MobileChangeWay.choices)
    state = models.CharField(_("State"), max_length=10, choices=MobileChangeState.choices)
    old_mobile = models.CharField(_("Earlier number"), max_length=11, blank=True)
    new_mobile = models.CharField(_("New number"), max_length=11, blank=True)
    reason = models.TextField(_("Reason"), blank=True)
    # The last part of the address by which the earlier number's holder stops it.
    stop_code = models.CharField(max_length=12, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("Asked by"),
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("Decided by"),
    )
    created_at = models.DateTimeField(_("Asked on"))
    # When it is made; None: it waits for the approval of a second person.
    due_at = models.DateTimeField(_("Due on"), null=True)
    ended_at = models.DateTimeField(_("Ended on"), null=True)

    class Meta:
        verbose_name = _("Change of a mobile")
        verbose_name_plural = _("Changes of mobiles")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(state="waiting"), name="mobile_change_once"
            ),
            models.UniqueConstraint(
                fields=["stop_code"], condition=~models.Q(stop_code=""), name="stop_code_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"], condition=models.Q(state="waiting"), name="mobile_change_due"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)


class ClosingState(models.TextChoices):
    """What became of a closed account."""

    WAITING = "waiting", _("Closed, can be taken back")
    TAKEN_BACK = "back", pgettext_lazy("account", "Taken back")
    ANONYMISED = "done", _("Anonymised")


class AccountClosing(models.Model):
    """That an owner closed the account. Written by accounts.privacy.closing alone.

    The mobile stands here, and no more at the account, until the account is taken back or anonymised.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="closings",
        verbose_name=_("Person"),
    )
    state = models.CharField(
        _("State"), max_length=10, choices=ClosingState.choices, default=ClosingState.WAITING
    )
    mobile = models.CharField(_("Mobile"), max_length=11, blank=True)
    closed_at = models.DateTimeField(_("Closed on"))
    # From then on the account is anonymised, unless something is still open.
    due_at = models.DateTimeField(_("Due on"))
    ended_at = models.DateTimeField(_("Ended on"), null=True)

    class Meta:
        verbose_name = _("Closed account")
        verbose_name_plural = _("Closed accounts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(state="waiting"), name="closing_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"], condition=models.Q(state="waiting"), name="closing_due"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)
