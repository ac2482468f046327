"""The rules that a place is held against, by version."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from septam.digits import to_persian
from sites.models import Level


class CriterionKind(models.TextChoices):
    """How a criterion is answered."""

    YESNO = "yesno", _("Yes or no")
    NUMBER_MIN = "number_min", _("Number, at least")
    NUMBER_MAX = "number_max", _("Number, at most")
    CHOICE_MIN = "choice_min", _("Choice, at least")


class Severity(models.TextChoices):
    """How grave a failed criterion is."""

    CRITICAL = "critical", _("Critical")
    MAJOR = "major", _("Major")
    MINOR = "minor", _("Minor")


class PhotoRule(models.TextChoices):
    """Whether a photo of the equipment belongs to the answer."""

    NEVER = "never", _("Never")
    COMMENT_ONLY = "comment_only", _("A comment instead")
    ON_FAIL = "on_fail", _("When it fails")
    ALWAYS = "always", _("Always")


class CriteriaSet(models.Model):
    """A version of the criteria. A published one never changes; requests keep the one accepted."""

    version = models.PositiveIntegerField(_("Version"), unique=True)
    title = models.CharField(_("Title"), max_length=120)
    published_at = models.DateTimeField(_("Published"), null=True, blank=True)
    is_sample = models.BooleanField(_("Sample data"), default=False)

    class Meta:
        verbose_name = _("Criteria set")
        verbose_name_plural = _("Criteria sets")
        ordering: ClassVar = ["-version"]

    def __str__(self) -> str:
        return f"{self.title} ({to_persian(self.version)})"


class Criterion(models.Model):
    """One typed item. A threshold is text by level: «yes», a number, one of the choices; empty: not asked."""

    criteria_set = models.ForeignKey(
        CriteriaSet, models.CASCADE, related_name="criteria", db_index=False
    )
    code = models.CharField(_("Code"), max_length=12)
    position = models.PositiveSmallIntegerField(_("Position"))
    group = models.CharField(_("Group"), max_length=40)
    title = models.CharField(_("Title"), max_length=160)
    kind = models.CharField(_("Kind"), max_length=12, choices=CriterionKind.choices)
    unit = models.CharField(_("Unit"), max_length=30, blank=True)
    # For choice_min, from the least to the most.
    choices = models.JSONField(_("Choices"), default=list, blank=True)
    sl1 = models.CharField("SL1", max_length=60, blank=True)
    sl2 = models.CharField("SL2", max_length=60, blank=True)
    sl3 = models.CharField("SL3", max_length=60, blank=True)
    sl4 = models.CharField("SL4", max_length=60, blank=True)
    severity = models.CharField(_("Severity"), max_length=10, choices=Severity.choices)
    photo = models.CharField(_("Photo"), max_length=12, choices=PhotoRule.choices)
    na_allowed = models.BooleanField(_("May not apply"), default=False)
    help = models.CharField(_("Help"), max_length=240, blank=True)
    mending = models.CharField(_("How it is mended"), max_length=240, blank=True)

    class Meta:
        verbose_name = _("Criterion")
        verbose_name_plural = _("Criteria")
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["criteria_set", "code"], name="criterion_once_in_set")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def threshold(self, level: int) -> str:
        """What this level demands; empty where it does not ask."""
        return str(getattr(self, f"sl{level}"))


class ResultRule(models.Model):
    """How many failed items of each severity a conforming report of a level may have (critical: none)."""

    criteria_set = models.ForeignKey(
        CriteriaSet, models.CASCADE, related_name="result_rules", db_index=False
    )
    level = models.PositiveSmallIntegerField(_("Level"))
    major_allowed = models.PositiveSmallIntegerField(_("Major items that may fail"))
    minor_allowed = models.PositiveSmallIntegerField(_("Minor items that may fail"))

    class Meta:
        verbose_name = _("Result rule")
        verbose_name_plural = _("Result rules")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["criteria_set", "level"], name="result_rule_once")
        ]

    def __str__(self) -> str:
        return str(Level(self.level).label)
