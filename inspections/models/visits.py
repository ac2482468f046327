"""Calls, visit times and what an expert found."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from inspections.models.requests import VisitRequest


class SlotState(models.TextChoices):
    """What became of a proposed visit time; the first two hold the expert's time."""

    PROPOSED = "proposed", _("Proposed")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    LAPSED = "lapsed", _("Not answered in time")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DONE = "done", _("Visit took place")


HOLDING = ("proposed", "accepted")


class VisitSlot(models.Model):
    """A visit time. The database refuses two that hold one expert's time, way included."""

    request = models.ForeignKey(VisitRequest, models.PROTECT, related_name="slots")
    expert = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="slots", db_index=False
    )
    starts_at = models.DateTimeField(_("Visit time"))
    # From starts_at to the end of the visit and the way: `[)`.
    period = DateTimeRangeField()
    state = models.CharField(max_length=10, choices=SlotState.choices, default=SlotState.PROPOSED)
    wish = models.CharField(max_length=300, blank=True)
    override_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            ExclusionConstraint(
                name="expert_not_double_booked",
                expressions=[("expert", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=models.Q(state__in=HOLDING),
            ),
            models.UniqueConstraint(
                fields=["request"],
                condition=models.Q(state__in=HOLDING),
                name="one_holding_slot_a_request",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["expert", "starts_at"], name="slot_expert_start"),
            # What reminders look for.
            models.Index(
                fields=["starts_at"], condition=models.Q(state__in=HOLDING), name="slot_held_start"
            ),
        ]


class CallOutcome(models.TextChoices):
    """What came of a call to the owner."""

    TRIED = "tried", _("Tried to call")
    NO_ANSWER = "no_answer", _("No answer")
    AGREED = "agreed", _("Agreed on a time")


class CallLog(models.Model):
    """A call of an expert to the owner; three without answer ask the owner to name an hour."""

    request = models.ForeignKey(VisitRequest, models.PROTECT, related_name="calls", db_index=False)
    expert = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(_("Outcome"), max_length=10, choices=CallOutcome.choices)
    note = models.CharField(_("Note"), max_length=300, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["request", "id"], name="call_request")]


class ReportState(models.TextChoices):
    """Where a report stands between the expert and the laboratory."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    SENT_BACK = "sent_back", _("Sent back to the expert")
    ENDORSED = "endorsed", _("Endorsed")


class ReportOutcome(models.TextChoices):
    """What the visit came to; for a checklist it is computed from the answers."""

    CONFORMING = "conforming", _("Conforming")
    NONCONFORMING = "nonconforming", _("Not conforming")
    ABSENT = "absent", _("Responsible person absent")
    WITHHELD = "withheld", _("Conditions of the visit not met")


class VisitReport(models.Model):
    """What the expert found: the checklist of the request's criteria, and the measured facts."""

    request = models.OneToOneField(VisitRequest, models.PROTECT, related_name="report")
    slot = models.ForeignKey(VisitSlot, models.PROTECT, null=True)
    expert = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=ReportState.choices, default=ReportState.DRAFT)
    outcome = models.CharField(
        _("Outcome"), max_length=14, choices=ReportOutcome.choices, blank=True
    )
    level = models.PositiveSmallIntegerField(_("Level"))
    measured_area = models.DecimalField(
        _("Measured area"), max_digits=9, decimal_places=2, null=True
    )
    true_category = models.ForeignKey("septam_sites.Category", models.PROTECT, null=True)
    comment = models.TextField(_("Comment"), blank=True)
    mend_by = models.DateField(null=True)
    submitted_at = models.DateTimeField(null=True)
    # When the expert ticked, handing it in, that there is no interest of any kind in the place.
    no_interest_at = models.DateTimeField(_("No interest declared"), null=True)
    endorsed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    endorsed_at = models.DateTimeField(null=True)
    # The laboratory found that the place has a new holder: certificates of others at its postal code give way.
    place_was_sold = models.BooleanField(default=False)
    sent_back_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["mend_by"], condition=models.Q(mend_by__isnull=False), name="report_mend_by"
            )
        ]


class ReportAnswer(models.Model):
    """The answer to one criterion; `value` is «yes», «no», a number or a choice."""

    report = models.ForeignKey(VisitReport, models.CASCADE, related_name="answers", db_index=False)
    criterion = models.ForeignKey("inspections.Criterion", models.PROTECT)
    value = models.CharField(max_length=60, blank=True)
    not_applicable = models.BooleanField(default=False)
    passed = models.BooleanField()
    comment = models.CharField(max_length=500, blank=True)
    # Of a re-visit: passed at the visit before, and not looked at again.
    taken_over = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "criterion"], name="one_answer_a_criterion")
        ]
