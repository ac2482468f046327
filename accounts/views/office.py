"""The office's second factor: enrolling an authenticator, and showing it at each sign-in."""

from base64 import b32encode
from collections.abc import Callable
from functools import wraps
from typing import Any

import segno
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import landing, limits, signing_in
from accounts.models import User
from accounts.second_factor import asking_again, devices
from accounts.views.signing_in import safe_next
from septam.forms.base import PortalForm
from septam.forms.fields import CodeField

View = Callable[..., HttpResponse]


class TokenForm(PortalForm, forms.Form):
    """A code of the authenticator, or a recovery code."""

    token = CodeField(
        label=gettext_lazy("Code of the authenticator app"),
        max_length=20,
        error_messages={"required": gettext_lazy("Write the code.")},
    )
    attributes = {
        "token": {"autocomplete": "one-time-code", "dir": "ltr", "autocapitalize": "none"}
    }
    widths = {"token": "medium"}  # a width  # nosec B105


class AgainForm(PortalForm, asking_again.PasswordAgainForm):
    """The own password, once more."""


def _staff_page(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not request.user.is_staff:
            raise PermissionDenied
        return view(request, **kwargs)

    return never_cache(login_required(require_http_methods(["GET", "HEAD", "POST"])(guarded)))


@_staff_page
def verify(request: HttpRequest) -> HttpResponse:
    """The second step of the staff's sign-in."""
    user = signing_in.person_of(request)
    if devices.device_of(user) is None:
        return redirect("accounts:office_enrol")
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        device = _tried(request, user, form, devices.check)
        if device is not None:
            devices.let_in(request, device)
            response: HttpResponse = redirect(landing.after_sign_in(user, safe_next(request)))
            limits.remember_device(response, user.pk, limits.OFFICE_COOKIE)
            return response
    context = {"form": form, "next": safe_next(request)}
    return render(request, "accounts/office_verify.html", context)


@_staff_page
def again(request: HttpRequest) -> HttpResponse:
    """The own password once more; then, for ten minutes, personal data may leave and another authenticator may come."""
    form, target = AgainForm(request, request.POST or None), safe_next(request)
    if request.method == "POST" and form.is_valid():
        asking_again.mark_sure(request)
        messages.success(
            request, _("The password is right; for ten minutes it is not asked here again.")
        )
        return redirect(target or "admin:index")
    is_factor = target == reverse("accounts:office_enrol")
    context = {"form": form, "next": target, "is_factor": is_factor}
    return render(request, "accounts/office_again.html", context)


def _tried(
    request: HttpRequest, user: User, form: TokenForm, check: Callable[[User, str], Any]
) -> Any:
    """What `check` makes of the typed code; None, with the reason on the form, when it is refused."""
    verdict = devices.may_try(request, user)
    if not verdict.allowed:
        form.add_error("token", limits.wait_message(verdict))
        return None
    found = check(user, form.cleaned_data["token"])
    if found is None:
        form.add_error("token", _("This code is not right or was used already."))
    else:
        devices.succeeded(request, user)
    return found


@_staff_page
def enrol(request: HttpRequest) -> HttpResponse:
    """Join an authenticator app; whoever has one already must show it first, and the own password."""
    user = signing_in.person_of(request)
    if devices.device_of(user):
        if not devices.verified(request):
            return redirect("accounts:office_verify")
        # Else a desk that was left open gives the factor away.
        first = asking_again.asked_first(request, reverse("accounts:office_enrol"))
        if first is not None:
            return first
    device = devices.waiting_device(user)
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        codes = _tried(request, user, form, devices.confirm)
        if codes is not None:
            return _enrolled(request, user, codes)
    context = {"form": form, "qr": _qr(device.config_url), "key": _key(device.bin_key)}
    return render(request, "accounts/office_enrol.html", context)


def _enrolled(request: HttpRequest, user: User, codes: list[str]) -> HttpResponse:
    confirmed = devices.device_of(user)
    if confirmed is not None:
        devices.let_in(request, confirmed)
    response = render(request, "accounts/office_recovery_codes.html", {"codes": codes})
    response["Cache-Control"] = "no-store"
    limits.remember_device(response, user.pk, limits.OFFICE_COOKIE)
    return response


def _qr(address: str) -> str:
    return str(segno.make(address, micro=False).svg_data_uri(scale=5, border=2, light="white"))


def _key(secret: bytes) -> str:
    text = b32encode(secret).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
