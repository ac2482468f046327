"""Days and hours at which visits are not proposed, and what of it belongs to one expert."""

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
    # From then on the visits of the day that stood at this moment are taken back (inspections.visits.closing).
    confirmed_at = models.DateTimeField(_("Confirmed"), null=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = _("Closure of a province")
        verbose_name_plural = _("Closures of provinces")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "province"], name="closure_once")
        ]

    def __str__(self) -> str:
        return f"{self.province} – {jalali.format_date(self.day)}"


class ClosureMove(models.Model):
    """What became of one visit that a closure touched: taken back, or not yet and why."""

    closure = models.ForeignKey(Closure, models.CASCADE, related_name="moves", db_index=False)
    slot = models.ForeignKey("inspections.VisitSlot", models.PROTECT, related_name="+")
    tried_at = models.DateTimeField()
    moved = models.BooleanField()
    failure = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["closure", "slot"], name="closure_moves_a_visit_once"),
            models.CheckConstraint(
                condition=models.Q(moved=True, failure="") | models.Q(moved=False) & ~models.Q(failure=""),
                name="closure_move_failed_for_a_reason",
            ),
        ]  # fmt: skip


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


class SpecialHours(models.Model):
    """Hours of visits in a season, both days included: they narrow the usual and everybody's own («ماه رمضان»)."""

    name = models.CharField(_("Name"), max_length=120)
    first_day = models.DateField(_("First day"))
    last_day = models.DateField(_("Last day"))
    opens = models.TimeField(_("From the hour"))
    closes = models.TimeField(_("To the hour"))
    is_sample = models.BooleanField(_("Sample data"), default=False)

    class Meta:
        verbose_name = _("Hours of a season")
        verbose_name_plural = _("Hours of seasons")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(
                    last_day__gte=models.F("first_day"), closes__gt=models.F("opens")
                ),
                name="special_hours_end_after_they_begin",
            ),
            models.UniqueConstraint(
                fields=["first_day", "last_day", "opens", "closes"], name="special_hours_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {jalali.format_date(self.first_day)}"


class Weekday(models.IntegerChoices):
    """As datetime.weekday() counts, in the order of the Iranian week."""

    SATURDAY = 5, "شنبه"
    SUNDAY = 6, "یکشنبه"
    MONDAY = 0, "دوشنبه"
    TUESDAY = 1, "سه‌شنبه"
    WEDNESDAY = 2, "چهارشنبه"
    THURSDAY = 3, "پنجشنبه"
    FRIDAY = 4, "جمعه"


class ExpertPlan(models.Model):
    """When one expert works, and how many visits a day; without hours of the own, the usual ones hold."""

    expert = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="plan", verbose_name=_("Expert")
    )
    visits_a_day = models.PositiveSmallIntegerField(
        _("Visits a day at most"), null=True, blank=True, help_text=_("Empty: no limit")
    )

    class Meta:
        verbose_name = _("Work plan of an expert")
        verbose_name_plural = _("Work plans of experts")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(visits_a_day__isnull=True) | models.Q(visits_a_day__gt=0),
                name="plan_has_visits",
            )
        ]

    def __str__(self) -> str:
        return str(self.expert)


class ExpertHours(models.Model):
    """The hours of one weekday in an expert's plan; a weekday without is none of his."""

    plan = models.ForeignKey(ExpertPlan, models.CASCADE, related_name="hours", db_index=False)
    weekday = models.SmallIntegerField(_("Weekday"), choices=Weekday.choices)
    opens = models.TimeField(_("From the hour"))
    closes = models.TimeField(_("To the hour"))

    class Meta:
        verbose_name = _("Hours of a weekday")
        verbose_name_plural = _("Hours by weekday")
        # From Saturday on.
        ordering: ClassVar = [(models.F("weekday") + 2) % 7]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "weekday"], name="weekday_once_a_plan"),
            models.CheckConstraint(
                condition=models.Q(closes__gt=models.F("opens")), name="hours_end_after_they_begin"
            ),
        ]

    def __str__(self) -> str:
        return self.get_weekday_display()


class CalendarFeed(models.Model):
    """An expert's visits at a secret address, for the calendar of a phone. The secret itself is not kept."""

    expert = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="calendar_feed"
    )
    # SHA-256 of the secret, in hexadecimal.
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
