"""The office's page on which support notes another mobile for a caller, after an identity check.

The new number is proven by a code that the caller reads out; it opens nothing else. The change itself waits, or
needs a second person: see accounts.mobile.changing.
"""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts import identity_check, limits
from accounts.mobile import changing, proving
from accounts.mobile.proving import Proof
from accounts.models import MobileChange, MobileChangeState, User
from septam.forms.base import PortalForm
from septam.forms.fields import CodeField, MobileField, PersianCharField
from septam.refusal import Refusal
from septam.throttle import hit

URL_NAME = "accounts_user_mobile"
_SESSION = "mobile_for_caller"


class CallersNumberForm(PortalForm, forms.Form):
    """The caller's new number, and why the earlier one is no use."""

    mobile = MobileField(
        label=gettext_lazy("New mobile number"),
        error_messages={"required": gettext_lazy("Write the new number.")},
    )
    reason = PersianCharField(label=gettext_lazy("Reason"), max_length=300, widget=forms.Textarea)
    attributes = {"reason": {"rows": "2"}}
    widths = {"mobile": "medium"}


class ReadOutForm(PortalForm, forms.Form):
    """The code that the caller reads out."""

    code = CodeField(
        label=gettext_lazy("Code that the caller reads out"), max_length=20,
        error_messages={"required": gettext_lazy("Write the code that the caller reads out.")},
    )  # fmt: skip
    attributes = {"code": {"inputmode": "numeric", "autocomplete": "off", "dir": "ltr"}}
    widths = {"code": "short"}


class MobilePage:
    """For the admin of people."""

    page: Any
    get_queryset: Any

    def mobile_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Number and reason, then the code; then the change waits."""
        return _respond(request, self, pk)


@require_http_methods(["GET", "HEAD", "POST"])
def _respond(request: HttpRequest, admin: MobilePage, pk: int) -> HttpResponse:
    person = _person(admin, request, pk)
    if not identity_check.is_fresh(request, person):
        messages.error(request, _("First check the caller's identity."))
        return redirect("admin:accounts_user_help", pk)
    kept = _kept(request, person)
    number = CallersNumberForm(request.POST if "send" in request.POST else None)
    code = ReadOutForm(request.POST if "note" in request.POST else None)
    if number.is_valid() and _sent(request, person, number):
        return redirect(f"admin:{URL_NAME}", pk)
    if kept and code.is_valid():
        change = _noted(request, person, kept, code)
        if change is not None:
            return redirect("admin:accounts_mobilechange_change", change.pk)
    context = {
        "person": person,
        "number_form": number,
        "form": code if kept and "send" not in request.POST else number,
        "kept": kept,
        "waiting": person.mobile_changes.filter(state=MobileChangeState.WAITING).first(),
        "back": reverse("admin:accounts_user_change", args=[pk]),
    }
    title = gettext_lazy("Another mobile number")
    return cast(HttpResponse, admin.page(request, "admin/accounts/mobile.html", title, **context))


def _person(admin: MobilePage, request: HttpRequest, pk: int) -> User:
    if not request.user.has_perm(changing.PERMISSION):
        raise PermissionDenied
    person = admin.get_queryset(request).filter(pk=pk).first()
    if person is None:
        raise Http404
    if not person.is_owner:
        raise PermissionDenied  # theirs is the manager's to change
    return cast(User, person)


def _kept(request: HttpRequest, person: User) -> dict[str, Any]:
    kept: dict[str, Any] = request.session.get(_SESSION, {})
    return kept if kept.get("person") == person.pk else {}


def _sent(request: HttpRequest, person: User, form: CallersNumberForm) -> bool:
    proof = Proof(form.cleaned_data["mobile"])
    verdict = hit(limits.MOBILE_CHANGES, f"staff:{person.pk}")
    if verdict.allowed:
        verdict = proving.may_send(proving.CALL, request, proof.mobile)
    if not verdict.allowed:
        form.add_error("mobile", limits.wait_message(verdict))
        return False
    proving.send(proving.CALL, person, proof)
    request.session[_SESSION] = {
        "person": person.pk, "proof": proof.as_kept(), "reason": form.cleaned_data["reason"],
    }  # fmt: skip
    return True


def _noted(
    request: HttpRequest, person: User, kept: dict[str, Any], form: ReadOutForm
) -> MobileChange | None:
    proof = Proof(**kept["proof"])
    problem = proving.try_code(request, proof, form.cleaned_data["code"])
    if problem:
        form.add_error("code", problem)
        return None
    del request.session[_SESSION]
    try:
        change = changing.ask(person.pk, proof.mobile, kept["reason"], cast(User, request.user))
    except Refusal as refusal:
        form.add_error(None, refusal.reason)
        return None
    messages.success(request, _("The change was noted; the page says when it is made."))
    return change
