"""The page of a trade's rules, which anyone may read and check a place against."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from inspections.criteria import self_check
from inspections.criteria.words import groups
from inspections.models import CriteriaSet, Criterion, ResultRule, VisitRequest
from septam.kept_pages import same_for_visitors
from sites.models import Category, Place


@require_safe
def criteria(request: HttpRequest, pk: int) -> HttpResponse:
    """What a trade's level demands, with boxes to tick for oneself and what the ticks come to; nothing is stored.

    `?version=` shows an earlier set, such as the one that an owner accepted; `?place=` and `?request=` name one of the
    owner's own, to which the page then leads back. The ticks come back by a cookie of this page.
    """
    page = _page if self_check.COOKIE in request.COOKIES else _page_for_all
    response: HttpResponse = page(request, pk=pk)
    if "check" in request.GET:
        _keep(response, request)
    return response


def _page(request: HttpRequest, pk: int) -> HttpResponse:
    category = get_object_or_404(Category, pk=pk)
    rows = list(
        Criterion.objects.filter(criteria_set=_wanted_set(request)).select_related("criteria_set")
    )
    criteria_set, have = rows[0].criteria_set if rows else None, _ticked(request)
    context: dict[str, Any] = {
        "category": category,
        "level": category.level,
        "criteria_set": criteria_set,
        "version": _version_asked(request),
        "groups": groups(rows, category.level),
        "have": have,
        **_way_back(request),
    }
    if "check" in request.GET:
        rule = ResultRule.objects.filter(criteria_set=criteria_set, level=category.level).first()
        context["checked"] = self_check.check(rows, rule, category.level, have)
    return render(request, "inspections/criteria.html", context)


_page_for_all = same_for_visitors(shows="criteria")(_page)


def _way_back(request: HttpRequest) -> dict[str, Any]:
    """Where somebody came from, by a number of his own in the address; anybody else's, or none, leads nowhere."""
    place, number = request.GET.get("place", ""), request.GET.get("request", "")
    if not (place or number) or not request.user.is_authenticated:
        return {}
    if number:
        visit = VisitRequest.objects.visible_to(request.user).filter(number=number[:20]).first()
        return {"came_from_request": visit} if visit else {}
    is_id = place.isascii() and place.isdigit() and len(place) < 19
    mine = (
        Place.objects.visible_to(request.user).filter(pk=place) if is_id else Place.objects.none()
    )
    return {"came_from_place": mine.first()}


def _ticked(request: HttpRequest) -> set[str]:
    if "check" in request.GET:
        return set(request.GET.getlist("have")[:200])
    return self_check.kept(request.COOKIES.get(self_check.COOKIE, ""))


def _keep(response: HttpResponse, request: HttpRequest) -> None:
    """In this browser, for this page alone."""
    known = {
        code for code in request.GET.getlist("have")[:60] if len(code) <= 12 and code.isascii()
    }
    response.set_cookie(
        self_check.COOKIE, self_check.to_keep(known), max_age=timedelta(days=self_check.COOKIE_DAYS),
        path=request.path, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax",
    )  # fmt: skip


def _wanted_set(request: HttpRequest) -> Any:
    published = CriteriaSet.objects.exclude(published_at=None).order_by("-version")
    version = _version_asked(request)
    return (published.filter(version=version) if version else published).values("pk")[:1]


def _version_asked(request: HttpRequest) -> str:
    version = request.GET.get("version", "")
    return version if version.isascii() and version.isdigit() and len(version) < 7 else ""
