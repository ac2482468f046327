"""«صورتحساب به نام …»: whom the invoice of an order shall name."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import names
from accounts.models import User
from billing.models import BuyerKind, InvoiceBuyer, Order
from billing.papers import parties
from septam.forms.base import PortalForm
from septam.forms.fields import (
    EconomicNumberField,
    NationalIdField,
    PersianCharField,
    PostalCodeField,
)

_KEPT = ("kind", "name", "national_id", "economic_number", "address", "postal_code")


class BuyerForm(PortalForm, forms.Form):
    """The buyer. A company names its economic number, address and postal code; a person may."""

    kind = forms.ChoiceField(
        label=_("The invoice is for"), choices=BuyerKind.choices, widget=forms.RadioSelect
    )
    name = PersianCharField(label=_("Name of you or the company"), max_length=120)
    national_id = NationalIdField(
        label=_("National id"),
        help_text=_(
            "Person: 10 digits, company: 11 digits, without spaces; foreign national: «faragir» code."
        ),
    )
    economic_number = EconomicNumberField(label=_("Economic number"), required=False)
    address = PersianCharField(label=_("Postal address"), required=False, max_length=300)
    postal_code = PostalCodeField(label=_("Postal code"), required=False)
    widths: ClassVar = {
        "national_id": "medium",
        "economic_number": "medium",
        "postal_code": "medium",
    }
    fieldsets: ClassVar = (
        ("", "", ("kind", "name", "national_id")),
        (
            _("For companies required, for others optional"),
            "",
            ("economic_number", "address", "postal_code"),
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.data.get("kind") if self.is_bound else None
        field = self.fields["national_id"]
        if isinstance(field, NationalIdField) and kind in BuyerKind.values:
            field.kind = kind

    def clean_name(self) -> str:
        """A company's name may hold digits, a person's may not."""
        name = str(self.cleaned_data["name"])
        company = self.cleaned_data.get("kind") == BuyerKind.COMPANY
        (names.check_company if company else names.check_person)(name)
        return name

    def clean(self) -> dict[str, Any]:
        """What the invoice of a company cannot do without."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") != BuyerKind.COMPANY:
            return cleaned
        messages = {
            "economic_number": _("Write the company's economic number."),
            "address": _("Write the company's address."),
            "postal_code": _("Write the company's postal code."),
        }
        for name, message in messages.items():
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, message)
        return cleaned


def initial_of(order: Order, user: User) -> dict[str, str]:
    """What the form begins with: what was asked for this order, or for the owner's last one, or the profile."""
    asked = InvoiceBuyer.objects.filter(order=order).first()
    last = asked or InvoiceBuyer.objects.filter(order__owner=user).order_by("-pk").first()
    if last is not None:
        return {name: getattr(last, name) for name in _KEPT}
    return {name: value for name, value in parties.buyer_of(order).items() if name in _KEPT}


def keep(order: Order, cleaned: dict[str, Any]) -> None:
    """Write the buyer of an order that is locked and open."""
    InvoiceBuyer.objects.update_or_create(
        order=order, defaults={name: cleaned[name] for name in _KEPT}
    )
