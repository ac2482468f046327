"""«داده‌های من»: what is kept about an owner in plain words, the download of it, and the end of the account."""

import logging
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import limits, signing_in
from accounts.models import User
from accounts.privacy import closing, own_file
from accounts.privacy.closing import OpenMatters
from accounts.second_factor.asking_again import PasswordAgainForm
from septam import clock, jalali
from septam.digits import to_persian
from septam.forms.base import PortalForm
from septam.kept_files import FileAway
from septam.refusal import Refusal
from septam.throttle import hit

logger = logging.getLogger(__name__)


class OwnAccountForm(PortalForm, PasswordAgainForm):
    """The own password; whoever signed in by a code a moment ago is not asked for it."""

    field_order: list[str] = []

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        if signing_in.came_by_code(request):
            del self.fields["own_password"]

    def clean(self) -> dict[str, Any]:
        """Try the password where it is asked for. Raises ValidationError beside its field."""
        if "own_password" in self.fields:
            return super().clean()
        return forms.Form.clean(self) or {}


class ClosingForm(OwnAccountForm):
    """The password, and the tick that one knows what is lost."""

    understood = forms.BooleanField(
        label=gettext_lazy("I know that my account ends and what is kept."),
        error_messages={"required": gettext_lazy("Tick this if you want to close the account.")},
    )


def _owner(request: HttpRequest) -> User:
    user = signing_in.person_of(request)
    if user.is_staff:
        raise Http404
    return user


@sensitive_post_parameters("own_password")
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_data(request: HttpRequest) -> HttpResponseBase:
    """What is kept; after the password, the file of it."""
    owner = _owner(request)
    form = OwnAccountForm(request, request.POST if request.method == "POST" else None)
    if form.is_valid():
        verdict = hit(limits.DOWNLOADS, str(owner.pk))
        try:
            if verdict.allowed:
                return _file_of(owner)
            form.add_error(None, limits.wait_message(verdict))
        except FileAway:
            logger.exception("papers for a download could not be read")
            form.add_error(
                None, _("Your papers cannot be read just now; try again in a few minutes.")
            )
    return render(request, "accounts/my_data.html", {"form": form, "keeping": _keeping()})


def _file_of(owner: User) -> FileResponse:
    file = own_file.write(owner)
    name = f"septam-data-{jalali.latin_date(clock.now()).replace('/', '-')}.zip"
    answer = FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
    answer["Cache-Control"] = "no-store"
    return answer


def _keeping() -> dict[str, str]:
    """Days that the page names, in Persian digits."""
    months = settings.CONTACTS_KEEP_DAYS // 30
    return {
        "sms": to_persian(settings.SMS_KEEP_DAYS), "contacts": to_persian(months),
        "notices": to_persian(settings.NOTICES_KEEP_DAYS // 365), "photos": to_persian(settings.PHOTOS_KEEP_DAYS // 365),
        "support": to_persian(settings.SUPPORT_KEEP_DAYS // 365), "closed": to_persian(settings.CLOSED_KEEP_DAYS),
    }  # fmt: skip


@sensitive_post_parameters("own_password")
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def close_account(request: HttpRequest) -> HttpResponse:
    """What ends and what is kept; why it is not possible now; and the closing itself."""
    owner = _owner(request)
    matters = closing.open_matters(owner.pk)
    form = ClosingForm(request, request.POST if request.method == "POST" and not matters else None)
    if form.is_valid():
        try:
            closed = closing.close(owner.pk)
        except OpenMatters as refusal:
            matters = refusal.matters
        except Refusal as refusal:
            form.add_error(None, refusal.reason)
        else:
            logout(request)
            context = {"until": closed.due_at, "had_mobile": bool(closed.mobile)}
            return render(request, "accounts/account_closed.html", context)
    context = {"form": form, "matters": matters, "keeping": _keeping()}
    status = 409 if matters and request.method == "POST" else 200
    return render(request, "accounts/close_account.html", context, status=status)
