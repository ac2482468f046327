"""Pages that need no account: the terms, the captcha's picture, and what to do without cookies."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_safe

from accounts import limits
from accounts import terms as terms_of_use
from accounts.captcha import challenges, drawing
from accounts.models import TermsVersion
from septam.throttle import hit


@require_safe
def terms(request: HttpRequest, version: int | None = None) -> HttpResponse:
    """«قوانین و مقررات»: the version in force, or an earlier one that somebody accepted."""
    if version is None:
        found = terms_of_use.current()
    else:
        found = TermsVersion.objects.filter(version=version).first()
    if found is None and version is not None:
        raise Http404
    blocks = terms_of_use.blocks(found.text) if found else []
    shown = {"terms": found, "blocks": blocks, "is_in_force": version is None}
    return render(request, "accounts/terms.html", shown)


@require_safe
def captcha_image(request: HttpRequest, key: str) -> HttpResponse:
    """The picture of a live challenge; 404 for a used or lapsed one."""
    digits = challenges.shown_digits(key)
    if digits is None:
        raise Http404
    picture = drawing.png(key, digits)
    return HttpResponse(picture, content_type="image/png", headers={"Cache-Control": "no-store"})


@require_GET
def captcha_new(request: HttpRequest) -> HttpResponse:
    """A fresh picture for the page's script; without scripts the button submits the form instead."""
    verdict = hit(limits.CAPTCHA_NEW, limits.address_key(request))
    if not verdict.allowed:
        return HttpResponse(status=429, headers={"Retry-After": str(verdict.wait_seconds)})
    key = challenges.fresh_picture()
    image_url = reverse("accounts:captcha_image", args=[key])
    return JsonResponse({"key": key, "image_url": image_url}, headers={"Cache-Control": "no-store"})


@require_safe
def cookies(request: HttpRequest) -> HttpResponse:
    """The portal needs cookies: why, and how to switch them on."""
    return render(request, "accounts/cookies.html")
