"""What people fill in for support. Nothing that was typed is lost: a text that is too long is counted, not cut."""

import re
import uuid
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.captcha.field import CaptchaField, CaptchaForm
from accounts.models import User
from inspections.numbers import is_valid
from portal.models import TEXT_LENGTH, Subject
from portal.support import references
from portal.support.threads import Draft
from septam.digits import to_latin
from septam.forms.base import PortalForm
from septam.forms.fields import CodeField, MobileField, PersianCharField
from septam.identity import compact

NUMBER_LENGTH = 9


def _fresh_key() -> str:
    return uuid.uuid4().hex


class OnceField(forms.CharField):
    """A hidden key, made with the form: sent twice it makes one message. Anything else in it is ignored."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, initial=_fresh_key)

    def clean(self, value: Any) -> str:
        """32 hexadecimal digits, or nothing."""
        text = str(value or "")
        return text if re.fullmatch(r"[0-9a-f]{32}", text) else ""


class TextField(PersianCharField):
    """The text of a message: cleaned of what is not seen, counted after that, never cut by the browser."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=TEXT_LENGTH, help_text=_("At most 4,000 characters"),
            widget=forms.Textarea(attrs={"rows": 7}), error_messages={"required": _("Write your message.")},
            **{"label": _("Text of the message"), **kwargs},
        )  # fmt: skip


class ReferenceField(PersianCharField):
    """A request's, an order's or a certificate's number, in any digits; may be left empty."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Number of the request, order or certificate"), required=False, max_length=40,
            help_text=_("If your message is about one of them; it may stay empty."),
        )  # fmt: skip

    def to_python(self, value: Any) -> str:
        """Digits alone."""
        typed = super().to_python(value) or ""
        if not typed:
            return ""
        number = references.digits_of(typed)
        if not number:
            raise ValidationError(_("This number has digits only, like 030102000017."))
        return number


class OwnersForm(PortalForm, forms.Form):
    """An owner's message: the portal knows who writes."""

    subject = forms.ChoiceField(label=_("Subject"), choices=[("", _("Choose")), *Subject.choices])
    reference = ReferenceField()
    text = TextField()
    once = OnceField()
    attributes: ClassVar[dict[str, dict[str, str]]] = {
        "reference": {"inputmode": "numeric", "dir": "ltr", "autocomplete": "off"}
    }
    widths: ClassVar[dict[str, str]] = {"reference": "medium"}

    def __init__(self, *args: Any, owner: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner = owner
        self.kind = ""

    def clean_reference(self) -> str:
        """An owner names own things only."""
        number = str(self.cleaned_data["reference"])
        if self.owner is None or not number:
            return number
        found = references.of_owner(self.owner, number)
        if found is None:
            raise ValidationError(
                _(
                    "You have no request, order or certificate with this number; leave it empty if unsure."
                )
            )
        self.kind = found.kind
        return number

    def draft(self) -> Draft:
        """What was filled in."""
        data = self.cleaned_data
        return Draft(
            subject=data["subject"], text=data["text"], reference=data["reference"],
            reference_kind=self.kind, mobile=data.get("mobile", ""), name=data.get("name", ""),
        )  # fmt: skip


class StrangersForm(CaptchaForm, OwnersForm):
    """The message of somebody who is not signed in: who, and where the answer goes."""

    captcha_form = "support"
    name = PersianCharField(label=_("Your name"), max_length=80)
    mobile = MobileField(
        label=_("Mobile number for the answer"),
        help_text=_("When the answer is there, an SMS comes to this number."),
        error_messages={"required": _("Write your mobile number.")},
    )
    captcha = CaptchaField(
        label=_("Security code"), help_text=_("Write the digits of the picture.")
    )
    field_order = ("subject", "text", "reference", "name", "mobile", "captcha")
    attributes: ClassVar[dict[str, dict[str, str]]] = {
        **OwnersForm.attributes,
        "name": {"autocomplete": "name"},
    }
    widths: ClassVar[dict[str, str]] = {"reference": "medium", "mobile": "medium"}


class ReplyForm(PortalForm, forms.Form):
    """One more message of the writer."""

    text = TextField()
    once = OnceField()


class FindForm(PortalForm, forms.Form):
    """The tracking number of a message that was written without signing in."""

    number = CodeField(
        label=_("Tracking number of the message"), max_length=40,
        help_text=_("9 digits; you saw it after sending, and it stands in the SMS."),
        error_messages={"required": _("Write the tracking number.")},
    )  # fmt: skip
    attributes: ClassVar[dict[str, dict[str, str]]] = {
        "number": {"inputmode": "numeric", "dir": "ltr", "autocomplete": "off"}
    }
    widths: ClassVar[dict[str, str]] = {"number": "medium"}

    def clean_number(self) -> str:
        """In Latin digits; a slip of the pen is found by its check digit, before anything is counted."""
        number = compact(to_latin(self.cleaned_data["number"]))
        if len(number) != NUMBER_LENGTH or not is_valid(number):
            raise ValidationError(_("This tracking number is not right; it has 9 digits."))
        return number
