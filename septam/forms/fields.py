"""Form fields for what people type in Persian: normalise first, then validate, and say what is wrong.

``to_python`` returns the one stored form (Latin digits, Gregorian date, whole rial), so cleaned data need
no further care; a form that comes back shows what was typed, numbers in Persian digits. Fields of dates, hours and amounts
are in ``septam.forms.value_fields`` and are offered here too.
"""

from __future__ import annotations

from typing import Any, Literal

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from septam import identity
from septam.digits import shown_again, to_persian
from septam.forms.value_fields import (
    DecimalAreaField,
    HourField,
    JalaliDateField,
    JalaliDateInput,
    RialField,
)
from septam.text import clean, is_readable, search_key

NationalIdKind = Literal["auto", "person", "company", "foreign"]


def check_readable(text: str) -> None:
    """Something of it stands on papers; raises ValidationError otherwise."""
    if not is_readable(text):
        raise ValidationError(_("Write it with Persian or Latin letters."), code="letters")


class PersianCharField(forms.CharField):
    """A text in Persian, stored clean: one ی and ک, single spaces, half-spaces only between letters.

    With a ``Textarea`` as its widget it keeps line ends.
    """

    def to_python(self, value: Any) -> str | None:
        """The clean text; the empty value also where there is nothing in it but marks and tatweel."""
        multiline = isinstance(self.widget, forms.Textarea)
        text = clean(str(value), multiline=multiline) if value not in self.empty_values else ""
        return super().to_python(text if search_key(text) else "")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Without maxlength: browsers cut off in silence what is pasted; the server says how long it is."""
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


class _NumberField(forms.CharField):
    """A number that is a name of something: kept as text, typed from left to right."""

    inputmode = "numeric"
    autocomplete = ""

    def parse(self, typed: str) -> str:
        """The stored form; raises identity.Invalid."""
        raise NotImplementedError

    def to_python(self, value: Any) -> str | None:
        """The stored form, or the empty value. Raises ValidationError with the reason's own code."""
        typed = "" if value in self.empty_values else clean(str(value))
        if not typed:
            return self.empty_value
        try:
            return self.parse(typed)
        except identity.Invalid as fault:
            raise ValidationError(
                identity.MESSAGES[fault.code],
                code=fault.code,
                params={name: to_persian(shown) for name, shown in fault.params.items()},
            ) from fault

    def prepare_value(self, value: Any) -> Any:
        """What is kept or was typed, in Persian digits."""
        return shown_again(value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Numeric keyboard, left to right."""
        attrs = super().widget_attrs(widget) | {"inputmode": self.inputmode, "dir": "ltr"}
        return attrs | {"autocomplete": self.autocomplete} if self.autocomplete else attrs


class CodeField(forms.CharField):
    """A code that is tried as it was typed; after a wrong one the box shows it in Persian digits."""

    def prepare_value(self, value: Any) -> Any:
        """What was typed, in Persian digits."""
        return shown_again(value)


class MobileField(_NumberField):
    """A mobile number, stored 09xxxxxxxxx."""

    inputmode = "tel"
    autocomplete = "tel"

    def parse(self, typed: str) -> str:
        """See :func:`septam.identity.mobile`."""
        return identity.mobile(typed)


class _LineField(_NumberField):
    """A number that may be a landline; ``area_code`` is the code that the box is prefilled with."""

    inputmode = "tel"

    def __init__(self, *, area_code: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.area_code = area_code

    def to_python(self, value: Any) -> str | None:
        """As every number; a box that holds nothing but an area code counts as empty."""
        number = identity.compact(str(value)) if value not in self.empty_values else ""
        return super().to_python("" if number in identity.AREA_CODES else value)


class LandlineField(_LineField):
    """A landline with its area code, stored as 11 digits from 0."""

    def parse(self, typed: str) -> str:
        """See :func:`septam.identity.landline`."""
        return identity.landline(typed, self.area_code)


class PhoneField(_LineField):
    """A mobile number or a landline with its area code."""

    def parse(self, typed: str) -> str:
        """See :func:`septam.identity.phone`."""
        return identity.phone(typed, self.area_code)


class NationalIdField(_NumberField):
    """A national id. ``kind`` may be changed on the bound form's field; auto goes by the length."""

    def __init__(self, *, kind: NationalIdKind = "auto", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind: NationalIdKind = kind

    def parse(self, typed: str) -> str:
        """The check that belongs to ``kind``."""
        if self.kind == "foreign":
            return identity.foreign_id(typed, settings.FOREIGN_ID_LENGTHS)
        checks = {"person": identity.person_id, "company": identity.company_id}
        return checks.get(self.kind, identity.national_id)(typed)


class PostalCodeField(_NumberField):
    """A postal code of 10 digits."""

    autocomplete = "postal-code"

    def parse(self, typed: str) -> str:
        """See :func:`septam.identity.postal_code`."""
        return identity.postal_code(typed)


class EconomicNumberField(_NumberField):
    """A company's or a person's economic number."""

    def parse(self, typed: str) -> str:
        """See :func:`septam.identity.economic_number`."""
        return identity.economic_number(typed)


class IbanField(_NumberField):
    """An Iranian bank account's IBAN («شماره شبا»)."""

    inputmode = "text"

    def prepare_value(self, value: Any) -> Any:
        """As it is: an IBAN is written in Latin digits everywhere."""
        return value

    def parse(self, typed: str) -> str:
        """See :func:`septam.identity.iban`."""
        return identity.iban(typed)


__all__ = [
    "CodeField",
    "DecimalAreaField",
    "EconomicNumberField",
    "HourField",
    "IbanField",
    "JalaliDateField",
    "JalaliDateInput",
    "LandlineField",
    "MobileField",
    "NationalIdField",
    "NationalIdKind",
    "PersianCharField",
    "PhoneField",
    "PostalCodeField",
    "RialField",
]
