"""Before a sensitive step the person at the keyboard shows the own password once more.

The tries count against the same limits as signing in, so that an open desk is no door to guess at.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import limits, signing_in
from accounts.models import User


def refusal(request: HttpRequest, typed: str) -> str:
    """Try the password of the person who is signed in; empty if it is right, else why not, for a form."""
    user = User.objects.get(pk=request.user.pk or 0)
    answer = signing_in.by_password(request, signing_in.Named(user.username, user), typed)
    if not answer.verdict.allowed:
        return limits.wait_message(answer.verdict)
    return "" if answer.user is not None else _("This is not your password.")


class PasswordAgainForm(forms.Form):
    """A form whose step needs the staff member's password; `PasswordAgainForm(request, data)`.

    Put other fields in a subclass; the password is tried only when they are right, and comes last.
    """

    own_password = forms.CharField(
        label=gettext_lazy("Your password, once more"),
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
