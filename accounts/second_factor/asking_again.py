"""Before a sensitive step the person at the keyboard shows the own password once more.

The tries count against the same limits as signing in, so that an open desk is no door to guess at.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import limits, signing_in
from accounts.models import User
from septam import clock

SURE_AT, SURE_SECONDS = "office_sure_at", 600


def refusal(request: HttpRequest, typed: str) -> str:
    """Try the password of the person who is signed in; empty if it is right, else why not, for a form."""
    user = User.objects.get(pk=request.user.pk or 0)
    answer = signing_in.by_password(request, signing_in.Named(user.username, user), typed)
    if not answer.verdict.allowed:
        return limits.wait_message(answer.verdict)
    return "" if answer.user is not None else _("This is not your password.")


def mark_sure(request: HttpRequest) -> None:
    """The own password was shown in this session just now."""
    request.session[SURE_AT] = int(clock.machine_now().timestamp())


def is_sure(request: HttpRequest) -> bool:
    """Whether it was shown within SURE_SECONDS."""
    shown = request.session.get(SURE_AT, 0)
    return bool(0 <= clock.machine_now().timestamp() - shown < SURE_SECONDS)


def asked_first(request: HttpRequest, back: str) -> HttpResponse | None:
    """Where to show the own password before going on to `back`; None if it was shown a short while ago."""
    if is_sure(request):
        return None
    return redirect(f"{reverse('accounts:office_again')}?{urlencode({'next': back})}")


class PasswordAgainModelForm(forms.ModelForm):
    """A form of the office whose changes of `sensitive` fields (none named: of any) need the own password."""

    request: HttpRequest
    sensitive: tuple[str, ...] = ()
    present_password = forms.CharField(
        label=gettext_lazy("Your password, once more"),
        max_length=128,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "dir": "ltr"}),
    )

    def clean(self) -> dict[str, Any]:
        """Try the password where it is needed. Raises ValidationError beside its field."""
        values = super().clean() or {}
        changed = set(self.changed_data) - {"present_password"}
        if not self.errors and (changed & set(self.sensitive) if self.sensitive else changed):
            typed = values.get("present_password") or ""
            problem = refusal(self.request, typed) if typed else _("Write your own password too.")
            if problem:
                raise ValidationError({"present_password": problem})
        return values


class AsksPassword:
    """For an admin whose form is a PasswordAgainModelForm."""

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The form, which knows at whose keyboard it is filled in."""
        form = super().get_form(request, obj, change, **kwargs)  # type: ignore[misc]
        return type(form.__name__, (form,), {"request": request})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without the password for who may only look."""
        fields = list(super().get_fields(request, obj))  # type: ignore[misc]
        may = self.has_change_permission(request, obj) if obj else True  # type: ignore[attr-defined]
        return [name for name in fields if may or name != "present_password"]


class PasswordAgainForm(forms.Form):
    """A form whose step needs the staff member's password; `PasswordAgainForm(request, data)`.

    Put other fields in a subclass; the password is tried only when they are right, and comes last.
    """

    own_password = forms.CharField(
        label=gettext_lazy("Your password, once more"),
        error_messages={"required": gettext_lazy("Enter your password once more.")},
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "dir": "ltr"}),
    )
    field_order: list[str]

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.order_fields(
            [*(name for name in self.fields if name != "own_password"), "own_password"]
        )

    def clean(self) -> dict[str, Any]:
        """Try the password. Raises ValidationError beside its field."""
        values = super().clean() or {}
        if not self.errors:
            problem = refusal(self.request, values["own_password"])
            if problem:
                raise ValidationError({"own_password": problem})
        return values
