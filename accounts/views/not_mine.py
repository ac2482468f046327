"""«این حساب من نیست»: a number's new holder takes it off the earlier holder's account and registers afresh.

Nothing of the account is shown, and whether a number has one is not told before its code came back.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts import limits
from accounts.captcha.field import CaptchaField, CaptchaForm, as_typed, asked_anew
from accounts.forms import CodeForm
from accounts.mobile import changing, proving
from accounts.mobile.proving import Proof
from accounts.models import User
from septam.forms.fields import MobileField
from septam.throttle import Verdict

_SESSION = "not_mine"


class NotMineForm(CaptchaForm, forms.Form):
    """The number that came to somebody new."""

    captcha_form = "not_mine"
    mobile = MobileField(
        label=gettext_lazy("Your mobile number"),
        error_messages={"required": gettext_lazy("Write your mobile number.")},
    )
    captcha = CaptchaField(
        label=gettext_lazy("Security code"),
        help_text=gettext_lazy("Write the digits of the picture."),
    )
    widths = {"mobile": "medium"}


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The number and a captcha; the next page is the same whether the number has an account."""
    address = limits.address_key(request)
    if request.method != "POST":
        form = NotMineForm(address=address)
    elif asked_anew(request.POST):
        form = as_typed(NotMineForm, request.POST, address)
    else:
        form = NotMineForm(request.POST, address=address)
        if form.is_valid():
            verdict = _asked(request, form.cleaned_data["mobile"])
            if verdict.allowed:
                return redirect("accounts:not_mine_code")
            form.add_error(None, limits.wait_message(verdict))
    return render(request, "accounts/not_mine.html", {"form": form})


def _asked(request: HttpRequest, number: str) -> Verdict:
    verdict = proving.may_send(proving.NOT_MINE, request, number)
    if verdict.allowed:
        proof = Proof(number)
        user = User.objects.filter(mobile=number, is_staff=False, is_active=True).first()
        if user is not None:
            proving.send(proving.NOT_MINE, user, proof)
        request.session[_SESSION] = {"user": user.pk if user else 0, "proof": proof.as_kept()}
    return verdict


@require_http_methods(["GET", "HEAD", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """The code that came to the number; then the account has no number any more."""
    kept: dict[str, Any] = request.session.get(_SESSION, {})
    if not kept:
        return redirect("accounts:not_mine")
    proof = Proof(**kept["proof"])
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        problem = proving.try_code(request, proof, form.cleaned_data["code"])
        if not problem:
            return _detach(request, kept["user"], proof)
        form.add_error("code", problem)
    return render(request, "accounts/not_mine_code.html", {"form": form, "mobile": proof.mobile})


def _detach(request: HttpRequest, user_id: int, proof: Proof) -> HttpResponse:
    changing.detach(user_id, proof.mobile)
    request.session.flush()
    text = _(
        "The number is free: no earlier account sees or is shown anything of it. Register afresh."
    )
    messages.success(request, text)
    return redirect("accounts:register")
