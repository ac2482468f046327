"""Sends an owner without a profile to its form."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import Profile

# Where an owner may go before the profile is filled in: out, to what explains it, and to what others call.
OPEN = {
    "accounts:profile", "accounts:sign_out", "accounts:sign_out_everywhere", "accounts:terms",
    "accounts:terms_version", "accounts:cookies", "accounts:captcha_image", "accounts:captcha_new", "accounts:sms_where",
    "accounts:not_mine", "accounts:not_mine_code", "accounts:still_theirs", "accounts:mobile_stop_link",
    "notifications:put_away", "portal:guide", "portal:support", "portal:prices", "portal:healthz", "portal:readyz", "portal:metrics",
    "portal:faq", "portal:accessibility", "portal:support_write", "portal:support_sent", "portal:support_find",
    "portal:support_code", "portal:support_threads", "portal:support_thread",
    "billing:callback", "billing:result", "inspections:check", "inspections:expert_check",
    "inspections:criteria", "inspections:public_certificate", "inspections:public_certificate_pdf",
    "sites:city_suggest", "sites:category_suggest", "sites:laboratory_choices", "sites:category_browse",
}  # fmt: skip
_KNOWN = "has_profile"


class ProfileFirstMiddleware:
    """«مشخصات فردی» is forced at the first sign-in; the session remembers that it was filled in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Lead an owner without a profile to its form, from every page but those that are open."""
        match = request.resolver_match
        if match is None or match.view_name in OPEN or not request.user.is_authenticated:
            return None
        if request.user.is_staff or _has_profile(request):
            return None
        return redirect("accounts:profile")


def _has_profile(request: HttpRequest) -> bool:
    if request.session.get(_KNOWN) == request.user.pk:
        return True
    found = Profile.objects.filter(user_id=request.user.pk or 0).exists()
    if found:
        request.session[_KNOWN] = request.user.pk
    return found
