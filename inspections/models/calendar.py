"""Days on which visits are not proposed."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from septam import jalali


class Holiday(models.Model):
    """An official holiday of the whole country."""

    day = models.DateField(_("Day"))
    name = models.CharField(_("Name"), max_length=120)
    is_sample = models.BooleanField(_("Sample data"), default=False)

    class Meta:
        verbose_name = _("Holiday")
        verbose_name_plural = _("Holidays")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "name"], name="holiday_once")
        ]

    def __str__(self) -> str:
        return self.name


class Closure(models.Model):
    """A day on which one province is closed (weather, air, …)."""

    day = models.DateField(_("Day"))
    province = models.ForeignKey(
        "septam_sites.Province", models.PROTECT, verbose_name=_("Province")
    )
    reason = models.CharField(_("Reason"), max_length=120)

    class Meta:
        verbose_name = _("Closure of a province")
        verbose_name_plural = _("Closures of provinces")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "province"], name="closure_once")
        ]

    def __str__(self) -> str:
        return f"{self.province} – {jalali.format_date(self.day)}"


class ExpertLeave(models.Model):
    """Days on which an expert is away, both included."""

    expert = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="leaves", verbose_name=_("Expert")
    )
    first_day = models.DateField(_("First day"))
    last_day = models.DateField(_("Last day"))

    class Meta:
        verbose_name = _("Leave of an expert")
        verbose_name_plural = _("Leaves of experts")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")),
                name="leave_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        first, last = map(jalali.format_date, (self.first_day, self.last_day))
        return f"{self.expert} – {first}" if first == last else f"{self.expert} – {first} تا {last}"
