"""By what the figures of the first page are chosen: days, province, laboratory; all of it in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.board import periods
from portal.board.viewer import Viewer
from septam import clock, jalali
from septam.forms.base import PortalForm
from septam.forms.fields import JalaliDateField
from sites.models import Laboratory, Province

# Without a choice: this week and those before it.
WEEKS = 12
# Two leap years.
MOST_DAYS = 732


@dataclass(frozen=True)
class Chosen:
    """What is shown: the days, both included, and one province or laboratory where they are chosen."""

    first: date
    last: date
    province_id: int | None = None
    laboratory_id: int | None = None


class BoardForm(PortalForm, forms.Form):
    """The filter; empty fields take the last twelve weeks and everything that the viewer may see."""

    first = JalaliDateField(label=_("First day shown"), required=False, max_date=clock.today)
    last = JalaliDateField(label=_("Last day shown"), required=False, max_date=clock.today)
    province = forms.ChoiceField(label=_("Province"), required=False)
    laboratory = forms.ChoiceField(label=_("Laboratory"), required=False)
    widths = {"first": "medium", "last": "medium"}

    def __init__(self, data: Mapping[str, Any] | None, viewer: Viewer) -> None:
        today = clock.today()
        first = periods.week_of(today) - timedelta(weeks=WEEKS - 1)
        self.default = Chosen(first, today)
        super().__init__(
            data, initial={"first": jalali.format_date(first), "last": jalali.format_date(today)}
        )
        self.provinces = dict(Province.objects.values_list("pk", "name"))
        self.laboratories = _laboratories(viewer)
        self._offer("province", self.provinces)
        self._offer("laboratory", self.laboratories)
        if len(self.laboratories) < 2:
            del self.fields["laboratory"]

    def _offer(self, name: str, rows: dict[int, str]) -> None:
        choices = [("", _("All")), *((str(pk), label) for pk, label in rows.items())]
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The days in order, and not too many."""
        values = super().clean() or {}
        first = values.get("first") or self.default.first
        last = values.get("last") or self.default.last
        if last < first:
            self.add_error("last", _("The last day lies before the first one."))
        elif (last - first).days > MOST_DAYS:
            self.add_error("first", _("At most two years are shown at once."))
        return values | {"first": first, "last": last}

    @property
    def chosen(self) -> Chosen:
        """What is shown; the usual where something was typed that cannot be read."""
        if not self.is_bound or not self.is_valid():
            return self.default
        values = self.cleaned_data
        return Chosen(
            values["first"], values["last"],
            int(values["province"]) if values.get("province") else None,
            int(values["laboratory"]) if values.get("laboratory") else None,
        )  # fmt: skip


def _laboratories(viewer: Viewer) -> dict[int, str]:
    rows = Laboratory.objects.order_by("name")
    if not viewer.sees_all:
        rows = rows.filter(pk__in=viewer.laboratories)
    return dict(rows.values_list("pk", "name"))
