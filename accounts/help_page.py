"""The office's page «کمک به ورود»: where a person's SMS stand, an identity check, and a fresh password after it.

Nothing on it shows a password, a code, or what the check compares with. A password goes to the registered
mobile alone, as if its owner had asked for it.
"""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts import identity_check, limits, passwords
from accounts.identity_check import BORN_ON, NATIONAL_ID_END, POSTAL_CODE
from accounts.models import ClosingState, User
from accounts.privacy import closing
from notifications import standing
from septam import audit, durations, identity
from septam.digits import is_number, to_latin
from septam.forms.base import PortalForm
from septam.forms.fields import JalaliDateField, PersianCharField, PostalCodeField
from septam.refusal import Refusal
from septam.throttle import hit

URL_NAME = "accounts_user_help"


class IdentityForm(PortalForm, forms.Form):
    """What the caller says: the best question always, and as many more as are needed."""

    national_id_end = forms.CharField(
        label=gettext_lazy("Last four digits of the national ID"),
        max_length=20,
        error_messages={"required": gettext_lazy("Write the last four digits alone.")},
    )
    born_on = JalaliDateField(label=gettext_lazy("Date of birth or registration"), required=False)
    postal_code = PostalCodeField(
        label=gettext_lazy("Postal code of one of the places"), required=False
    )
    last_name = PersianCharField(label=gettext_lazy("Last name"), max_length=60, required=False)
    attributes = {NATIONAL_ID_END: {"autocomplete": "off", "dir": "ltr", "inputmode": "numeric"}}
    widths = {NATIONAL_ID_END: "short", BORN_ON: "date", POSTAL_CODE: "medium"}

    def __init__(self, person: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = identity_check.askable(person)
        for name in set(self.fields) - set(self.names):
            del self.fields[name]

    def clean_national_id_end(self) -> str:
        """Four digits of any keyboard."""
        typed = "".join(to_latin(self.cleaned_data[NATIONAL_ID_END]).split())
        if not is_number(typed) or len(typed) != identity_check.END_DIGITS:
            raise ValidationError(_("Write the last four digits alone."))
        return typed

    def clean(self) -> dict[str, Any]:
        """Enough answers."""
        values = super().clean() or {}
        if not self.errors and len(self.answers()) < identity_check.needed(self.names):
            raise ValidationError(_("Ask one more question and write its answer."))
        return values

    def answers(self) -> dict[str, Any]:
        """What was answered."""
        return {name: value for name, value in self.cleaned_data.items() if value}


class HelpPage:
    """For the admin of people. Members of staff are helped by those alone who may change people."""

    page: Any
    get_queryset: Any

    def help_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page, and its two steps: the check, and the sending after it."""
        return _respond(request, self, pk)


@require_http_methods(["GET", "HEAD", "POST"])
def _respond(request: HttpRequest, admin: HelpPage, pk: int) -> HttpResponse:
    person = _person(admin, request, pk)
    checked = identity_check.is_fresh(request, person)
    form = IdentityForm(person, request.POST if "check" in request.POST else None)
    if "send" in request.POST and checked:
        _send(request, person)
        return redirect(f"admin:{URL_NAME}", pk)
    if "take_back" in request.POST and checked:
        _take_back(request, person)
        return redirect(f"admin:{URL_NAME}", pk)
    if form.names and form.is_valid() and _passed(request, person, form):
        messages.success(request, _("The answers are right; you may help for ten minutes."))
        return redirect(f"admin:{URL_NAME}", pk)
    audit.record(request.user.pk, "office.view", person, page="help")
    context = {
        "person": person,
        "hidden_mobile": identity.hidden_mobile(person.mobile or ""),
        "checked": checked,
        "closing": person.closings.filter(state=ClosingState.WAITING).first(),
        "can_be_sent": bool(person.mobile and person.is_active),
        "form": form,
        "sms": standing.newest_of(person.pk),
        "back": reverse("admin:accounts_user_change", args=[pk]),
    }
    title = gettext_lazy("Help to sign in")
    return cast(HttpResponse, admin.page(request, "admin/accounts/help.html", title, **context))


def _person(admin: HelpPage, request: HttpRequest, pk: int) -> User:
    if not request.user.has_perm("accounts.send_password"):
        raise PermissionDenied
    person = admin.get_queryset(request).filter(pk=pk).first()
    if person is None:
        raise Http404
    if person.is_staff and not request.user.has_perm("accounts.change_user"):
        raise PermissionDenied
    return cast(User, person)


def _passed(request: HttpRequest, person: User, form: IdentityForm) -> bool:
    verdict, passed = identity_check.check(request, person, form.answers())
    if not verdict.allowed:
        form.add_error(None, limits.wait_message(verdict))
    elif not passed:
        form.add_error(
            None, _("The answers do not fit the account. Which one is wrong is not told.")
        )
    return passed


def _send(request: HttpRequest, person: User) -> None:
    verdict = hit(limits.SEND_BY_STAFF, str(person.pk))
    if not verdict.allowed:
        wait = durations.in_words(verdict.wait_seconds)
        text = _("This person was sent a password by staff often today; again in %(time)s.")
        messages.error(request, text % {"time": wait})
    elif passwords.send_new(person, request.user.pk):
        messages.success(request, _("A fresh password goes to the registered mobile."))
    else:
        messages.error(request, _("To this account nothing can be sent."))


def _take_back(request: HttpRequest, person: User) -> None:
    try:
        with_mobile = closing.take_back(person.pk, cast(User, request.user))
    except Refusal as refusal:
        messages.error(request, refusal.reason)
        return
    messages.success(request, _("The account is open again."))
    if not with_mobile:
        messages.warning(
            request, _("Its mobile belongs to another account by now: note another number.")
        )
