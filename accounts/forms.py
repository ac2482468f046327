"""Forms of registration, sign-in and passwords."""

import re
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import names, passwords
from accounts.captcha.field import CaptchaField, CaptchaForm
from accounts.hashers import typed_password
from accounts.models import User
from septam import identity
from septam.digits import is_number, to_latin, to_persian
from septam.forms.base import PortalForm
from septam.forms.fields import CodeField, MobileField, PersianCharField

_ACCOUNT_ATTRIBUTES = {
    "autocomplete": "username",
    "dir": "ltr",
    "autocapitalize": "none",
    "spellcheck": "false",
}


# What is meant as a number; a username may hold digits too, but does not begin so.
_NUMBER = re.compile(r"\+\d{7,}|[09]\d{6,}", re.ASCII)
_LIKE_THE_OWNER = password_validation.UserAttributeSimilarityValidator(
    ("mobile", "username", "first_name", "last_name")
)
_WEAK = {
    "password_too_short": _(
        "The password is too short; it needs at least %(min_length)s characters."
    ),
    "password_too_common": _("This password is easy to guess; choose another."),
    "password_too_similar": _("The password is too much like your name or number; choose another."),
}


def _weakness(fault: ValidationError) -> ValidationError:
    """Django's reason in our words, with Persian digits."""
    params = {name: to_persian(str(value)) for name, value in (fault.params or {}).items()}
    return ValidationError(
        _WEAK.get(fault.code or "", fault.message), code=fault.code, params=params
    )


class AccountField(forms.CharField):
    """A mobile number in any form, or a username; a number that can be no mobile is told why."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Mobile number or username"))
        required = {"required": _("Write your mobile number or username.")}
        super().__init__(max_length=60, error_messages=required, **kwargs)

    def clean(self, value: str | None) -> str:
        """As it was typed. Of the number's form alone is spoken, never of whether somebody has it."""
        typed: str = super().clean(value)
        if _NUMBER.fullmatch(identity.compact(typed)):
            try:
                identity.mobile(typed)
            except identity.Invalid as wrong:
                raise ValidationError(str(wrong), code=wrong.code) from wrong
        return typed


class RegistrationForm(CaptchaForm, forms.Form):
    """«ثبت نام»."""

    captcha_form = "register"
    first_name = PersianCharField(
        label=_("First name"),
        max_length=60,
        validators=[names.check_person],
        error_messages={"required": _("Write your first name.")},
    )
    last_name = PersianCharField(
        label=_("Last name"),
        max_length=60,
        validators=[names.check_person],
        error_messages={"required": _("Write your last name.")},
    )
    mobile = MobileField(
        label=_("Mobile number"),
        help_text=_("The password and messages come to this number; it must be your own."),
        error_messages={"required": _("Write your mobile number.")},
    )
    captcha = CaptchaField(
        label=_("Security code"), help_text=_("Write the digits of the picture.")
    )
    terms = forms.BooleanField(
        label=_("I have accepted the terms"),
        error_messages={"required": _("To register, accept the terms.")},
    )
    attributes = {
        "first_name": {"autocomplete": "given-name"},
        "last_name": {"autocomplete": "family-name"},
    }
    widths = {"mobile": "medium"}


class SignInForm(PortalForm, forms.Form):
    """«ورود» with a password."""

    account = AccountField()
    password = forms.CharField(
        label=_("Password"),
        max_length=128,
        widget=forms.PasswordInput(),
        error_messages={"required": _("Write your password.")},
    )
    shared = forms.BooleanField(
        label=_("This device is shared"),
        required=False,
        help_text=_("You are signed out when the browser is closed."),
    )
    attributes = {
        "account": _ACCOUNT_ATTRIBUTES,
        "password": {"autocomplete": "current-password", "dir": "ltr"},
    }


class CodeRequestForm(PortalForm, forms.Form):
    """«ورود با رمز یک‌بارمصرف»: for whom the code is."""

    account = AccountField()
    shared = forms.BooleanField(
        label=_("This device is shared"),
        required=False,
        help_text=_("You are signed out when the browser is closed."),
    )
    attributes = {"account": _ACCOUNT_ATTRIBUTES}


class CodeForm(PortalForm, forms.Form):
    """The code that came by SMS."""

    code = CodeField(
        label=_("One-time code"),
        max_length=20,
        help_text=_("The 6 digits that were sent to you; good for 5 minutes."),
        error_messages={"required": _("Write the code that was sent to you.")},
    )
    attributes = {"code": {"inputmode": "numeric", "autocomplete": "one-time-code", "dir": "ltr"}}
    widths = {"code": "short"}


class IdEndForm(PortalForm, forms.Form):
    """The end of the account's national id, four digits of any keyboard."""

    national_id_end = CodeField(
        label=_("Last four digits of the national ID"),
        max_length=20,
        error_messages={"required": _("Write the last four digits alone.")},
    )
    attributes = {"national_id_end": {"autocomplete": "off", "dir": "ltr", "inputmode": "numeric"}}
    widths = {"national_id_end": "short"}

    def clean_national_id_end(self) -> str:
        """Raises ValidationError for anything but four digits."""
        typed = "".join(to_latin(self.cleaned_data["national_id_end"]).split())
        if not is_number(typed) or len(typed) != 4:
            raise ValidationError(_("Write the last four digits alone."))
        return typed


class RecoveryForm(CaptchaForm, forms.Form):
    """«بازیابی رمز عبور»."""

    captcha_form = "recover"
    account = AccountField()
    captcha = CaptchaField(
        label=_("Security code"), help_text=_("Write the digits of the picture.")
    )
    attributes = {"account": _ACCOUNT_ATTRIBUTES}


class OwnPasswordForm(PortalForm, forms.Form):
    """A password of one's own; the present one is asked unless the person came in by a code."""

    present = forms.CharField(
        label=_("Present password"),
        max_length=128,
        widget=forms.PasswordInput(),
        error_messages={"required": _("Write your present password.")},
    )
    password = forms.CharField(
        label=_("New password"),
        max_length=128,
        widget=forms.PasswordInput(),
        help_text=_("At least 8 characters, not easy to guess."),
        error_messages={"required": _("Write the new password.")},
    )
    again = forms.CharField(
        label=_("New password once more"),
        max_length=128,
        widget=forms.PasswordInput(),
        error_messages={"required": _("Write the new password once more.")},
    )
    attributes = {
        "present": {"autocomplete": "current-password", "dir": "ltr"},
        "password": {"autocomplete": "new-password", "dir": "ltr"},
        "again": {"autocomplete": "new-password", "dir": "ltr"},
    }

    def __init__(self, *args: Any, user: User, ask_present: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not ask_present:
            del self.fields["present"]

    def clean_password(self) -> str:
        """The new password in the form in which it is compared; weak ones are refused with reasons."""
        password = typed_password(self.cleaned_data["password"])
        try:
            passwords.refuse_own_numbers(password, self.user)
            password_validation.validate_password(password, self.user)
            _LIKE_THE_OWNER.validate(password, self.user)
        except ValidationError as weak:
            raise ValidationError([_weakness(fault) for fault in weak.error_list]) from weak
        return password

    def clean_again(self) -> str:
        """The same once more."""
        again = typed_password(self.cleaned_data["again"])
        first = self.cleaned_data.get("password")
        if first is not None and again != first:
            raise ValidationError(_("The two new passwords differ."), code="differ")
        return again
