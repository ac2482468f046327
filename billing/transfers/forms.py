"""What owners and finance type of a transfer."""

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from billing.transfers.reports import Facts
from septam import clock
from septam.forms.base import PortalForm
from septam.forms.fields import JalaliDateField, PersianCharField, RialField
from septam.identity import compact

_REFERENCE = re.compile(r"[0-9A-Z]{4,40}", re.ASCII)
# A transfer of longer ago is a slip of the pen.
OLDEST = timedelta(days=366)


def _oldest() -> Any:
    return clock.today() - OLDEST


def reference_of(typed: str) -> str:
    """A tracking number in its stored form: Latin, capitals, without the spaces, dashes and strokes people put in."""
    return compact(typed).upper()


class ReferenceField(forms.CharField):
    """The bank's tracking number of a transfer: digits and letters in Latin capitals, 4 to 40."""

    default_error_messages = {
        "reference": _(
            "Write the tracking number as the bank's receipt shows it: 4 to 40 digits or letters."
        )
    }

    def to_python(self, value: Any) -> str:
        """The stored form: no spaces, Latin. Raises ValidationError."""
        typed = reference_of(str(value or ""))
        if typed and not _REFERENCE.fullmatch(typed):
            raise ValidationError(self.error_messages["reference"], code="reference")
        return typed

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Typed from left to right."""
        return super().widget_attrs(widget) | {"dir": "ltr", "autocomplete": "off"}


class TransferForm(PortalForm, forms.Form):
    """A transfer as an owner reports it."""

    widths = {"paid_on": "medium", "amount_rial": "medium"}

    amount_rial = RialField(label=_("Amount (rial)"), min_value=1)
    paid_on = JalaliDateField(
        label=_("Day of the transfer"), min_date=_oldest, max_date=clock.today
    )
    reference = ReferenceField(
        label=_("Bank's tracking number"),
        help_text=_("It stands on the bank's receipt of the transfer."),
    )
    payer = PersianCharField(label=_("Sender's name"), max_length=120)

    def facts(self) -> Facts:
        """What was typed, as the verbs take it."""
        return Facts(**self.cleaned_data)


class StatementForm(TransferForm):
    """A transfer as it stands on the account's statement."""

    payer = PersianCharField(label=_("Sender's name"), max_length=120, required=False)
    description = PersianCharField(
        label=_("Text of the statement"), max_length=200, required=False,
        help_text=_("The number of the order is looked for in it."),
    )  # fmt: skip
