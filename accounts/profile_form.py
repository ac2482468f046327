"""The form of «مشخصات فردی»."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import names
from accounts.models import HolderKind, Profile
from septam import clock, jalali
from septam.forms.base import PortalForm
from septam.forms.fields import (
    EconomicNumberField,
    JalaliDateField,
    NationalIdField,
    PersianCharField,
    PhoneField,
)

LEAST_AGE = 15
_OF_COMPANIES = ("economic_number", "registrant_name")


class ProfileForm(PortalForm, forms.ModelForm):
    """Whom the account is for. Fields of companies are always shown, and count for companies only."""

    kind = forms.ChoiceField(
        label=_("The account is for"), choices=HolderKind.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Say whom the account is for.")},
    )  # fmt: skip
    name = PersianCharField(
        label=_("Name of you or the company"),
        max_length=120,
        error_messages={"required": _("Write the name of you or the company.")},
    )
    national_id = NationalIdField(
        label=_("National id"),
        help_text=_(
            "Person: 10 digits, company: 11 digits, without spaces; foreign national: «faragir» code."
        ),
        error_messages={"required": _("Write the national id.")},
    )
    born_or_registered_on = JalaliDateField(
        label=_("Born or registered on"),
        required=False,
        max_date=clock.today,
        help_text=_("For example 1360/05/12"),
    )
    coordination_phone = PhoneField(
        label=_("Phone (or a substitute's number for coordination)"),
        required=False,
        help_text=_("Experts see this number in place of the one you registered with."),
    )
    economic_number = EconomicNumberField(label=_("Economic number"), required=False)
    registrant_name = PersianCharField(
        label=_("Registrant's own name"),
        required=False,
        max_length=120,
        validators=[names.check_person],
    )
    attributes = {"name": {"autocomplete": "name"}}
    widths = {
        "national_id": "medium",
        "coordination_phone": "medium",
        "economic_number": "medium",
    }
    fieldsets = (
        (
            "",
            "",
            ("kind", "name", "national_id", "born_or_registered_on", "coordination_phone"),
        ),
        (_("For companies only"), "", _OF_COMPANIES),
    )

    class Meta:
        model = Profile
        fields: ClassVar = [
            "kind", "name", "national_id", "born_or_registered_on", "coordination_phone",
            "economic_number", "registrant_name",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.data.get("kind") if self.is_bound else None
        field = self.fields["national_id"]
        if isinstance(field, NationalIdField) and kind in HolderKind.values:
            field.kind = kind

    def clean_name(self) -> str:
        """A company's name may hold digits, a person's may not."""
        name = str(self.cleaned_data["name"])
        company = self.cleaned_data.get("kind") == HolderKind.COMPANY
        (names.check_company if company else names.check_person)(name)
        return name

    def clean_born_or_registered_on(self) -> date | None:
        """A person is at least 15 years old; a company may be of today."""
        day = self.cleaned_data["born_or_registered_on"]
        if day and self.cleaned_data.get("kind") != HolderKind.COMPANY and day > latest_birth():
            raise forms.ValidationError(
                _("A person who registers is at least 15 years old."), code="child"
            )
        return day

    def clean(self) -> dict[str, Any]:
        """A company names its economic number and who registers; of others these are left out."""
        cleaned = super().clean() or self.cleaned_data
        company = cleaned.get("kind") == HolderKind.COMPANY
        messages = {
            "economic_number": _("Write the company's economic number."),
            "registrant_name": _("Write the name of who registers for the company."),
        }
        for name in _OF_COMPANIES:
            if company and not cleaned.get(name) and name not in self.errors:
                self.add_error(name, messages[name])
            elif not company:
                self.errors.pop(name, None)
                cleaned[name] = ""
        return cleaned


def latest_birth() -> date:
    """The last day on which a person of the least age can have been born, by the Jalali calendar."""
    return jalali.add_months(clock.today(), -12 * LEAST_AGE)
