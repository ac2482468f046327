"""The form by which finance says what to take out."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from billing import gateways
from billing.finance.export_tables import TABLES
from billing.finance.exporting import Export
from septam import clock
from septam.forms.base import PortalForm
from septam.forms.fields import JalaliDateField

FORMATS = (("csv", "CSV"), ("xlsx", _("Excel (xlsx)")))


class ExportForm(PortalForm, forms.Form):
    """A table, its days and filters; `export` once it is valid."""

    table = forms.ChoiceField(label=_("Table"))
    first = JalaliDateField(label=_("First day"), max_date=clock.today)
    last = JalaliDateField(label=_("Last day"))
    state = forms.ChoiceField(label=_("State"), required=False)
    gateway = forms.ChoiceField(label=_("Gateway"), required=False)
    format = forms.ChoiceField(label=_("Kind of file"), choices=FORMATS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("table", [(name, table.title) for name, table in TABLES.items()])
        # Every table has states of its own; the table's name before the colon tells them apart.
        states = [
            (table.title, [(f"{name}:{value}", label) for value, label in table.states.choices])
            for name, table in TABLES.items()
        ]
        self._choose("state", [("", _("All")), *states])
        self._choose("gateway", [("", _("All")), *((name, gateways.title_of(name)) for name in gateways.known())])  # fmt: skip

    def _choose(self, field: str, choices: list[Any]) -> None:
        self.fields[field].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The filters must fit the table, the days be in order."""
        values = super().clean() or {}
        if values.get("first") and values.get("last") and values["last"] < values["first"]:
            self.add_error("last", _("The last day lies before the first one."))
        table = TABLES.get(values.get("table", ""))
        if table is None:
            return values
        owner, _colon, _state = values.get("state", "").partition(":")
        if owner and owner != table.name:
            self.add_error("state", ValidationError(_("This state belongs to another table.")))
        if values.get("gateway") and not table.gateway_path:
            self.add_error("gateway", _("Only payments have a gateway; choose «All»."))
        return values

    @property
    def export(self) -> Export:
        """What was asked for, of a valid form."""
        values = self.cleaned_data
        return Export(
            table=TABLES[values["table"]], first=values["first"], last=values["last"],
            state=values["state"].partition(":")[2], gateway=values["gateway"],
        )  # fmt: skip
