"""The form field of «کد امنیتی», and the mixin of forms that have one.

A form with a captcha is named (`captcha_form`): a pass for one form is no good for another. The picture's
buttons submit the form with `captcha_new`; the view then shows it again with what was typed.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import limits
from accounts.captcha import challenges
from septam.forms.base import PortalForm
from septam.throttle import hit

WORDS = "words"


class Typed(NamedTuple):
    """What came back: the challenge's key, the answer, and a pass if the form had one."""

    key: str
    answer: str
    signed_pass: str


class CaptchaWidget(forms.Widget):
    """The picture with its buttons and the box for the answer; or the sum; or «accepted»."""

    template_name = "accounts/captcha.html"
    signed_pass = ""  # no password  # nosec B105
    words = False
    notice = ""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Typed:
        """The three values of the block."""
        parts = (data.get(f"{name}{tail}", "") for tail in ("_key", "", "_pass"))
        return Typed(*(str(part)[:200] for part in parts))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """A fresh challenge each time the block is drawn, unless a pass stands."""
        context = super().get_context(name, None, attrs)
        shown = context["widget"]["attrs"]
        context["described"] = shown.get("aria-describedby", "")
        context["invalid"] = "aria-invalid" in shown
        context["notice"] = self.notice
        context["signed_pass"] = self.signed_pass
        if self.signed_pass:
            return context
        if self.words:
            return context | {"question": challenges.fresh_question()}
        return context | {"key": challenges.fresh_picture()}


class CaptchaField(forms.Field):
    """Right when the digits (of any keyboard) are those of the picture, or a pass for the form stands."""

    widget = CaptchaWidget
    default_error_messages = {
        "required": _("Write the digits of the security code."),
        "wrong": _("The security code was not right; answer the new one."),
        "expired": _("The security code had lapsed; answer the new one."),
    }
    form_name = ""
    address = ""

    def clean(self, value: Typed) -> Typed:
        """The answer's challenge is used up here, right or wrong; a pass is only looked at."""
        if challenges.has_pass(self.form_name, value.signed_pass):
            return value
        if not value.answer.strip():
            raise ValidationError(self.error_messages["required"], code="required")
        if challenges.is_question(value.key):
            self._count_words()
        outcome = challenges.answer(value.key, value.answer)
        if outcome != challenges.Outcome.RIGHT:
            raise ValidationError(self.error_messages[outcome], code=str(outcome))
        return value._replace(signed_pass="")  # no password  # nosec B106

    def _count_words(self) -> None:
        verdict = hit(limits.CAPTCHA_WORDS, self.address)
        if not verdict.allowed:
            cast(CaptchaWidget, self.widget).words = False
            raise ValidationError(limits.words_wait_message(verdict), code="wait")


class CaptchaForm(PortalForm):
    """Mixin of forms with the field `captcha`; give the class a `captcha_form`."""

    captcha_form = ""
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, address: str = "", words: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.captcha_field: CaptchaField = cast(CaptchaField, self.fields["captcha"])
        self.captcha_widget: CaptchaWidget = cast(CaptchaWidget, self.captcha_field.widget)
        self.captcha_field.form_name = self.captcha_form
        self.captcha_field.address = address
        if words or self.data.get("captcha_kind") == WORDS:
            verdict = hit(limits.CAPTCHA_WORDS_SHOWN, address)
            self.captcha_widget.words = verdict.allowed
            if verdict.allowed:  # there is no picture to speak of
                self.captcha_field.help_text = ""
            if not verdict.allowed:
                self.captcha_widget.notice = limits.words_wait_message(verdict)

    def full_clean(self) -> None:
        """As always; then a solved captcha is used up, or kept as a pass where another field is at fault."""
        super().full_clean()
        typed = getattr(self, "cleaned_data", {}).get("captcha")
        if typed is None:
            return
        if self.errors:
            self.captcha_widget.signed_pass = typed.signed_pass or challenges.issue_pass(
                self.captcha_form
            )
        elif typed.signed_pass and not challenges.use_pass(self.captcha_form, typed.signed_pass):
            self.add_error("captcha", self.captcha_field.error_messages["expired"])


def asked_anew(data: Mapping[str, Any]) -> bool:
    """Whether a button of the captcha sent the form, not the form's own."""
    return "captcha_new" in data


def as_typed(form_class: type[Any], data: Mapping[str, Any], address: str) -> Any:
    """The form as it was typed, unchecked, with a new picture or a sum as the button said."""
    initial = {name: data.get(name, "") for name in form_class.base_fields if name != "captcha"}
    return form_class(initial=initial, address=address, words=data.get("captcha_new") == WORDS)
