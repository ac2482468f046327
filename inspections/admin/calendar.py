"""Holidays and leave."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from accounts.scope import has_role, laboratory_ids
from inspections.models import ExpertLeave, Holiday
from septam.office.base import OfficeModelAdmin
from septam.templatetags.persian import jlong


@admin.register(Holiday)
class HolidayAdmin(OfficeModelAdmin):
    """Official holidays of the whole country."""

    list_display = ("day_fa", "name", "is_sample")
    ordering = ("-day",)

    @admin.display(description=_("Day"), ordering="day")
    def day_fa(self, holiday: Holiday) -> Any:
        """In words."""
        return jlong(holiday.day)


class LeaveForm(forms.ModelForm):
    """A leave ends no earlier than it begins."""

    class Meta:
        model = ExpertLeave
        fields = ["expert", "first_day", "last_day"]

    def clean(self) -> dict[str, Any]:
        """Raises the error beside the last day."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The leave ends before it begins."))
        return cleaned


@admin.register(ExpertLeave)
class ExpertLeaveAdmin(OfficeModelAdmin):
    """An expert's own leave; a laboratory's manager sees that of its experts."""

    form = LeaveForm
    list_display = ("expert", "first_fa", "last_fa")
    list_select_related = ("expert",)
    select_fields = ("expert",)
    ordering = ("-first_day",)

    def visible_to_staff(self, queryset: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        """By the experts whom this person may plan for."""
        return queryset.filter(expert__in=experts_of(request.user))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """No other laboratory's expert can be chosen."""
        if db_field.name == "expert":
            kwargs["queryset"] = experts_of(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("First day"), ordering="first_day")
    def first_fa(self, leave: ExpertLeave) -> Any:
        """In words."""
        return jlong(leave.first_day)

    @admin.display(description=_("Last day"), ordering="last_day")
    def last_fa(self, leave: ExpertLeave) -> Any:
        """In words."""
        return jlong(leave.last_day)


def experts_of(user: Any) -> QuerySet[User]:
    """Whose leave a member of staff may see: the manager everybody's, a laboratory's its own, an expert's own."""
    experts = User.objects.filter(
        assignments__role=Role.EXPERT, assignments__active=True
    ).distinct()
    if has_role(user, Role.MANAGER):
        return experts
    managed = laboratory_ids(user, Role.LAB_MANAGER)
    if managed:
        return experts.filter(assignments__laboratory_id__in=managed, assignments__role=Role.EXPERT)
    return experts.filter(pk=user.pk)
