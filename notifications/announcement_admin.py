"""The office's page of announcements."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.models import Announcement
from septam import clock
from septam.forms.fields import PersianCharField
from septam.office.base import OfficeModelAdmin, day_column


class AnnouncementForm(forms.ModelForm):
    """The text, who reads it, and its days."""

    text = PersianCharField(
        label=gettext_lazy("Text"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Short and plain. Name no owner, place or number in it."),
    )  # fmt: skip

    class Meta:
        model = Announcement
        fields = ("text", "audience", "urgency", "first_day", "last_day")

    def clean(self) -> dict[str, Any]:
        """It ends no earlier than it begins, and not before today."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = values.get("first_day"), values.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", ValidationError(_("The last day lies before the first.")))
        return values


@admin.register(Announcement)
class AnnouncementAdmin(OfficeModelAdmin):
    """What stands on the pages, is to stand there, or stood there."""

    form = AnnouncementForm
    list_display = (
        "text",
        "audience",
        "urgency",
        day_column("first_day", gettext_lazy("First day")),
        day_column("last_day", gettext_lazy("Last day")),
        "stands",
    )
    list_filter = ("audience", "urgency")
    ordering = ("-pk",)

    @admin.display(description=gettext_lazy("Shown now"), boolean=True)
    def stands(self, row: Announcement) -> bool:
        """Whether it is on the pages today."""
        return row.first_day <= clock.today() <= row.last_day

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """From today on."""
        return {"first_day": clock.today(), **super().get_changeform_initial_data(request)}

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The announcements alone: everybody who is signed in may have put one away."""
        return [str(one) for one in objs], {self.opts.verbose_name_plural: len(objs)}, set(), []
