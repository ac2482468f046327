"""Owners' complaints («اعتراض») about a result or an expert."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from inspections.models.requests import VisitRequest


class ComplaintSubject(models.TextChoices):
    """What an owner complains about."""

    RESULT = "result", _("The result of the visit")
    EXPERT = "expert", _("The expert")


class ComplaintState(models.TextChoices):
    """What was decided; each but the first is final."""

    OPEN = "open", _("Being looked into")
    UPHELD = "upheld", _("Complaint upheld")
    REJECTED = "rejected", _("Complaint rejected")


class Remedy(models.TextChoices):
    """What follows from a complaint that was upheld."""

    REPEAT = "repeat", _("A free visit by another expert")
    REOPEN = "reopen", _("The report is corrected")
    NOTED = "noted", _("The matter is taken up with the laboratory")


class Complaint(models.Model):
    """A complaint and its decision. The database lets a decided one never change."""

    request = models.ForeignKey(
        VisitRequest,
        models.PROTECT,
        related_name="complaints",
        verbose_name=_("Visit request"),
        db_index=False,
    )
    subject = models.CharField(_("About"), max_length=10, choices=ComplaintSubject.choices)
    text = models.TextField(_("Complaint"))
    state = models.CharField(
        _("State"), max_length=10, choices=ComplaintState.choices, default=ComplaintState.OPEN
    )
    opened_at = models.DateTimeField(_("Opened"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+",
        verbose_name=_("Decided by"),
    )  # fmt: skip
    decided_at = models.DateTimeField(_("Decided"), null=True)
    remedy = models.CharField(_("What follows"), max_length=10, choices=Remedy.choices, blank=True)
    decision = models.TextField(_("Reasons of the decision"), blank=True)
    # The free visit that the decision gave.
    repeat = models.OneToOneField(
        VisitRequest, models.PROTECT, null=True, related_name="granted_by", verbose_name=_("Free visit")
    )  # fmt: skip

    class Meta:
        verbose_name = _("Complaint")
        verbose_name_plural = _("Complaints")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["request"], condition=models.Q(state="open"), name="one_open_complaint_a_request"
            ),
            models.UniqueConstraint(fields=["request", "subject"], name="a_matter_is_decided_once"),
            models.CheckConstraint(
                condition=models.Q(state="open", decided_by=None, decided_at=None, decision="")
                | models.Q(
                    state__in=["upheld", "rejected"], decided_by__isnull=False, decided_at__isnull=False
                )
                & ~models.Q(decision=""),
                name="complaint_open_or_decided_with_reasons",
            ),
            models.CheckConstraint(
                condition=models.Q(state="upheld", remedy__in=Remedy.values)
                | models.Q(~models.Q(state="upheld"), remedy=""),
                name="complaint_upheld_with_what_follows",
            ),
            models.CheckConstraint(
                condition=models.Q(remedy="repeat", repeat__isnull=False)
                | models.Q(~models.Q(remedy="repeat"), repeat=None),
                name="complaint_repeat_names_its_visit",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [models.Index(fields=["state", "id"], name="complaint_state")]

    def __str__(self) -> str:
        return self.request.number
