"""Finding what anybody may check: a certificate by its secret code or its number, an expert by a code."""

from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role, StaffAssignment
from inspections import numbers
from inspections.models import Certificate
from septam import clock
from septam.digits import shown_again, to_latin, to_persian
from septam.forms.base import PortalForm
from septam.postgres.prepared import Statement
from septam.text import clean
from septam.throttle import Limit

NUMBER_LENGTH = 11
# Per address, and wide: a mobile operator puts thousands of people behind one.
BY_CODE = Limit("check-code", 300, 600)
BY_NUMBER = Limit("check-number", 40, 600)
OF_EXPERT = Limit("check-expert", 40, 600)


class NumberField(forms.CharField):
    """A number in any digits, with whatever people put between its groups."""

    def to_python(self, value: str | None) -> str:
        """Latin digits without spaces and dashes."""
        typed = to_latin(clean(str(value or "")))
        return "".join(sign for sign in typed if not sign.isspace() and sign not in "-–—_/.\u200c")

    def prepare_value(self, value: Any) -> Any:
        """What was typed, in Persian digits; a code with Latin letters stays."""
        return shown_again(value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, str]:
        """Numeric keyboard, left to right."""
        return {
            **super().widget_attrs(widget),
            "inputmode": "numeric",
            "dir": "ltr",
            "autocomplete": "off",
        }


class CheckForm(PortalForm, forms.Form):
    """«استعلام گواهینامه»."""

    number = NumberField(
        label=gettext_lazy("Number of the certificate"),
        help_text=gettext_lazy("11 digits, as printed on the certificate"),
    )
    widths = {"number": "medium"}

    def clean_number(self) -> str:
        """11 digits whose check digit is right. Raises ValidationError."""
        number: str = self.cleaned_data["number"]
        if not (number.isascii() and number.isdigit()):
            raise ValidationError(_("Write this number in digits only."))
        if len(number) != NUMBER_LENGTH:
            counts = {"count": to_persian(len(number))}
            raise ValidationError(
                _("A certificate's number has 11 digits; this one has %(count)s.") % counts
            )
        if not numbers.is_valid(number):
            raise ValidationError(
                _("A digit of this number is wrong; compare it with the certificate.")
            )
        return number


class ExpertForm(PortalForm, forms.Form):
    """«استعلام کارشناس»."""

    code = NumberField(
        label=gettext_lazy("Expert's code"), help_text=gettext_lazy("The code that the expert or your request's page shows")
    )  # fmt: skip
    widths = {"code": "short"}

    def clean_code(self) -> str:
        """At most 8 letters and digits. Raises ValidationError."""
        code: str = self.cleaned_data["code"]
        if not (code.isascii() and code.isalnum() and len(code) <= 8):
            raise ValidationError(_("An expert's code has at most 8 digits."))
        return code


def _written(code: str) -> str:
    return numbers.as_share_code(code) or code.upper()[:24]


def by_code(code: str) -> Certificate | None:
    """The certificate of a share code, in capitals or not, with its dashes or without."""
    return Certificate.objects.filter(share_code=_written(code)).first()


# All that is written of it, as Postgres reads it out: whatever changes in the row makes another version.
_WRITTEN = Statement(
    "SELECT encode(sha256(convert_to(c::text, 'UTF8')), 'hex') FROM inspections_certificate c WHERE share_code = $1",
    "text",
)


def version_of(code: str) -> str:
    """Another one with every change of the certificate and every day; empty where there is none."""
    found = _WRITTEN.rows(_written(code))
    return f"{found[0][0]} {clock.today()}" if found else ""


def by_number(number: str) -> Certificate | None:
    """The certificate of a number."""
    return Certificate.objects.filter(number=number).first()


class Expert(NamedTuple):
    """What anybody may know of an expert."""

    code: str
    name: str
    laboratory: str
    is_active: bool


def expert_of(code: str) -> Expert | None:
    """The expert of a public code, also one who works no longer; None for a code that nobody ever had."""
    found = StaffAssignment.objects.filter(role=Role.EXPERT, code=code).exclude(code="")
    row = found.select_related("user", "laboratory").first()
    if row is None or row.laboratory is None:
        return None
    active = row.active and row.user.is_active and row.laboratory.active
    return Expert(row.code, str(row.user), row.laboratory.name, active)
