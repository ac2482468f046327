"""The owner's own account for a refund by bank transfer."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from billing.models import Order, RefundCase
from billing.refunds import steps
from billing.transfers import account
from septam.forms.base import PortalForm
from septam.forms.fields import IbanField
from septam.forms.typed_before import keeps_what_was_typed


class IbanForm(PortalForm, forms.Form):
    """An account in the owner's own name."""

    iban = IbanField(
        label=gettext_lazy("IBAN"),
        help_text=gettext_lazy(
            "The account must be in the account holder's own name; IR and 24 digits."
        ),
        max_length=40,
        error_messages={"required": gettext_lazy("Write the IBAN of your account.")},
    )
    attributes: ClassVar[dict[str, dict[str, str]]] = {"iban": {"autocomplete": "off"}}

    def clean_iban(self) -> str:
        """Not the one that proformas name, which somebody copied. Raises ValidationError."""
        given: str = self.cleaned_data["iban"]
        if account.is_offered() and given == account.ours().iban:
            raise forms.ValidationError(_("This is the portal's own account; write yours."))
        return given


@keeps_what_was_typed
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def iban(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Ask for the account to which finance returns the money; only while it has not gone out."""
    owner = cast(User, request.user)
    order = get_object_or_404(Order.objects.visible_to(owner), number=number)
    # Of an order that is theirs.
    # nosemgrep: row-of-an-owner-without-visible-to
    case = get_object_or_404(RefundCase, pk=pk, order=order)
    form = IbanForm(request.POST or None)
    if form.is_valid():
        try:
            steps.give_iban(case.pk, owner, form.cleaned_data["iban"])
        except steps.NotPossible as refusal:
            messages.error(request, refusal.reason)
        else:
            messages.success(request, _("Your account was noted for the refund."))
        return redirect("billing:order", number)
    return render(request, "septam/confirm_page.html", {"form": form, **_question(number)})


def _question(number: str) -> dict[str, Any]:
    return {
        "question": _("To which account shall the money go?"),
        "consequences": [
            _("Where the money cannot go back to your card, finance sends it to this account."),
            _("Only our finance staff see this number."),
        ],
        "yes_text": _("Save the account"),
        "no_text": _("Go back"),
        "no_url": reverse("billing:order", args=[number]),
    }
