"""When experts work: hours by weekday and visits a day, and the hours of seasons."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from inspections.admin.calendar import experts_of
from inspections.models import ExpertHours, ExpertPlan, SpecialHours, Weekday
from inspections.visits.working_days import shown_hour
from septam.forms.fields import HourField
from septam.office.base import OfficeModelAdmin
from septam.templatetags.persian import fa, jlong

_BOX = forms.TextInput(attrs={"class": "office-hour", "size": 6})
_HOURS: dict[Any, Any] = {models.TimeField: {"form_class": HourField, "widget": _BOX}}


class _SpanForm(forms.ModelForm):
    """The end of a span of hours stands after its beginning."""

    def clean(self) -> dict[str, Any]:
        """Raises the error beside the end."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        opens, closes = cleaned.get("opens"), cleaned.get("closes")
        if opens and closes and closes <= opens:
            self.add_error("closes", _("The hours end before they begin."))
        return cleaned


class HoursInline(admin.TabularInline):
    """A line a weekday."""

    model = ExpertHours
    form = _SpanForm
    extra = 0
    min_num = 0
    max_num = 7
    formfield_overrides = _HOURS
    verbose_name_plural = _("Hours by weekday; a weekday without a line is none of the expert's")

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """A whole week for a new plan, two more lines for another: no script is needed to add one."""
        return 2 if obj else 7


@admin.register(ExpertPlan)
class ExpertPlanAdmin(OfficeModelAdmin):
    """Working hours and capacity; a laboratory's manager plans for its experts, the system manager for all."""

    list_display = ("expert", "visits_fa", "hours_fa")
    list_select_related = ("expert",)
    select_fields = ("expert",)
    inlines: ClassVar = [HoursInline]
    ordering = ("pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the hours of each."""
        return super().get_queryset(request).prefetch_related("hours")

    def visible_to_staff(self, queryset: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        """By the experts whom this person may plan for; an expert reads the own."""
        return queryset.filter(expert__in=experts_of(request.user))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """No other laboratory's expert can be chosen."""
        if db_field.name == "expert":
            kwargs["queryset"] = experts_of(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Any, inline: Any, prefix: str
    ) -> dict[str, Any]:
        """A new plan has a line for each weekday; those without hours are not kept."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if obj.pk is None:
            kwargs["initial"] = [{"weekday": day} for day in Weekday.values]
        return kwargs

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Audited: which weekdays were changed."""
        super().save_formset(request, form, formset, change)
        days = [row.weekday for row in (*formset.new_objects, *formset.deleted_objects)]
        days += [row.weekday for row, _names in formset.changed_objects]
        if days:
            self.log_change_of(request, form.instance, "office.change", weekdays=sorted(days))

    @admin.display(description=_("Visits a day at most"))
    def visits_fa(self, plan: ExpertPlan) -> Any:
        """In Persian digits."""
        return fa(plan.visits_a_day) if plan.visits_a_day else _("No limit")

    @admin.display(description=_("Hours by weekday"))
    def hours_fa(self, plan: ExpertPlan) -> str:
        """The whole week in a line."""
        shown = [f"{row.get_weekday_display()} {shown_hour(row.opens)}–{shown_hour(row.closes)}" for row in plan.hours.all()]  # fmt: skip
        return "، ".join(shown) or str(_("The usual hours"))


class SeasonForm(_SpanForm):
    """A season begins before it ends, and its hours are entered once."""

    def clean(self) -> dict[str, Any]:
        """Adds the error to the first or the last day."""
        cleaned = super().clean()
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The season ends before it begins."))
        span = {one: cleaned.get(one) for one in ("first_day", "last_day", "opens", "closes")}
        others = SpecialHours.objects.exclude(pk=self.instance.pk)
        there = others.filter(**span).first() if None not in span.values() else None
        if there is not None:
            message = _("These hours of these days are there already, as «%(name)s».")
            self.add_error("first_day", ValidationError(message, code="twice", params={"name": there.name}))  # fmt: skip
        return cleaned


@admin.register(SpecialHours)
class SpecialHoursAdmin(OfficeModelAdmin):
    """Seasons in which visits are in fewer hours: «ماه رمضان»."""

    form = SeasonForm
    list_display = ("name", "first_fa", "last_fa", "hours_fa", "is_sample")
    ordering = ("-first_day",)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Hours as they are typed everywhere in the portal."""
        if isinstance(db_field, models.TimeField):
            return db_field.formfield(**(kwargs | _HOURS[models.TimeField]))
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description=_("First day"), ordering="first_day")
    def first_fa(self, season: SpecialHours) -> Any:
        """In words."""
        return jlong(season.first_day)

    @admin.display(description=_("Last day"), ordering="last_day")
    def last_fa(self, season: SpecialHours) -> Any:
        """In words."""
        return jlong(season.last_day)

    @admin.display(description=_("Hours"))
    def hours_fa(self, season: SpecialHours) -> str:
        """From and to."""
        return f"{shown_hour(season.opens)}–{shown_hour(season.closes)}"
