"""«تغییر شماره همراه»: the owner's way by codes to both numbers, and stopping a change that support noted."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts import limits, signing_in
from accounts.mobile import changing, proving
from accounts.mobile.proving import Proof
from accounts.models import MobileChange, MobileChangeState, User
from septam.forms.base import PortalForm
from septam.forms.fields import CodeField, MobileField
from septam.refusal import Refusal
from septam.throttle import hit

_SESSION = "mobile_change"
_CODE = {"inputmode": "numeric", "autocomplete": "one-time-code", "dir": "ltr"}


class MobileForm(PortalForm, forms.Form):
    """The new number."""

    mobile = MobileField(
        label=gettext_lazy("New mobile number"),
        error_messages={"required": gettext_lazy("Write the new number.")},
    )
    widths = {"mobile": "medium"}

    def __init__(self, present: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.present = present

    def clean_mobile(self) -> str:
        """Another one than the present."""
        typed = str(self.cleaned_data["mobile"])
        if typed == self.present:
            raise forms.ValidationError(_("This is the number of the account already."))
        return typed


class CodesForm(PortalForm, forms.Form):
    """The codes that came to both numbers; one that was right is not asked again."""

    old_code = CodeField(
        label=gettext_lazy("Code at the present number"), max_length=20,
        error_messages={"required": gettext_lazy("Write the code that came to the present number.")},
    )  # fmt: skip
    new_code = CodeField(
        label=gettext_lazy("Code at the new number"), max_length=20,
        error_messages={"required": gettext_lazy("Write the code that came to the new number.")},
    )  # fmt: skip
    attributes = {"old_code": _CODE, "new_code": _CODE}
    widths = {"old_code": "short", "new_code": "short"}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    """The new number; then a code goes to it and to the present one."""
    user = _owner(request)
    form = MobileForm(user.mobile or "", request.POST or None)
    asked = request.method == "POST" and bool(user.mobile) and form.is_valid()
    if asked and _begin(request, user, form):
        return redirect("accounts:mobile_codes")
    context = {"form": form, "person": user}
    return render(request, "accounts/mobile.html", context)


def _owner(request: HttpRequest) -> User:
    user = signing_in.person_of(request)
    if not user.is_owner:
        raise Http404  # theirs is the manager's to change
    return user


def _begin(request: HttpRequest, user: User, form: MobileForm) -> bool:
    old, new = Proof(str(user.mobile)), Proof(form.cleaned_data["mobile"])
    verdict = hit(limits.MOBILE_CHANGES, str(user.pk))
    for proof in (old, new):
        if verdict.allowed:
            verdict = proving.may_send(proving.BOTH, request, proof.mobile)
    if not verdict.allowed:
        form.add_error("mobile", limits.wait_message(verdict))
        return False
    for proof in (old, new):
        proving.send(proving.BOTH, user, proof)
    _remember(request, user, old, new)
    return True


def _remember(request: HttpRequest, user: User, old: Proof, new: Proof) -> None:
    request.session[_SESSION] = {"user": user.pk, "old": old.as_kept(), "new": new.as_kept()}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def codes(request: HttpRequest) -> HttpResponse:
    """Both codes; then the number is the account's, and every other device is signed out."""
    user, kept = _owner(request), request.session.get(_SESSION, {})
    if kept.get("user") != user.pk:
        return redirect("accounts:mobile")
    proofs = {"old_code": Proof(**kept["old"]), "new_code": Proof(**kept["new"])}
    form = CodesForm(request.POST or None)
    _ask_the_unproven(form, proofs)
    if request.method == "POST" and form.is_valid():
        _try(request, form, proofs)
        _remember(request, user, *proofs.values())
        if all(proof.is_proven for proof in proofs.values()):
            return _change(request, user, *proofs.values())
        _ask_the_unproven(form, proofs)
    context = {"form": form, "old": proofs["old_code"], "new": proofs["new_code"]}
    return render(request, "accounts/mobile_codes.html", context)


def _ask_the_unproven(form: CodesForm, proofs: dict[str, Proof]) -> None:
    for name in [name for name, proof in proofs.items() if proof.is_proven]:
        form.fields.pop(name, None)


def _try(request: HttpRequest, form: CodesForm, proofs: dict[str, Proof]) -> None:
    # Both may be wrong: each message says of which number it speaks.
    wrong = {
        "old_code": _("The present number's code is not right, or its time is over; ask for a new one if need be."),
        "new_code": _("The new number's code is not right, or its time is over; ask for a new one if need be."),
    }  # fmt: skip
    for name, typed in dict(form.cleaned_data).items():
        problem = proving.try_code(request, proofs[name], typed, wrong[name])
        if problem:
            form.add_error(name, problem)


def _change(request: HttpRequest, user: User, old: Proof, new: Proof) -> HttpResponse:
    del request.session[_SESSION]
    try:
        changing.by_codes(user.pk, old.mobile, new.mobile)
    except Refusal as refusal:
        messages.error(request, refusal.reason)
        return redirect("accounts:mobile")
    update_session_auth_hash(request, signing_in.person_of(request))
    messages.success(
        request, _("Your mobile number was changed; all other devices were signed out.")
    )
    return redirect("accounts:profile")


@login_required
@require_POST
def stop_own(request: HttpRequest) -> HttpResponse:
    """The owner stops the change that support noted."""
    user = _owner(request)
    waiting = MobileChange.objects.filter(user=user, state=MobileChangeState.WAITING).first()
    if waiting is None or not changing.stop(waiting.pk, user.pk, "owner"):
        messages.error(request, _("This change was decided already."))
    else:
        messages.success(request, _("The change was stopped; the number stays as it is."))
    return redirect("accounts:profile")


@require_http_methods(["GET", "HEAD", "POST"])
def stop_by_link(request: HttpRequest, code: str) -> HttpResponse:
    """Whoever has the earlier number stops the change by the link of the SMS, without signing in."""
    verdict = hit(limits.STOP_LINK, limits.address_key(request))
    if not verdict.allowed:
        return limits.too_many(
            request, verdict, _("Too many links were opened from this network in a short time.")
        )
    found = MobileChange.objects.filter(stop_code=code.lower()).first()
    if found is None:
        raise Http404
    if request.method == "POST" and found.state == MobileChangeState.WAITING:
        changing.stop(found.pk, None, "link")
        found.refresh_from_db()
    response = render(request, "accounts/mobile_stop.html", {"change": found})
    response["Cache-Control"] = "no-store"
    return response
