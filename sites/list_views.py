"""The lists that a place is chosen from: suggestions while one types, and the categories as a page."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from sites import search
from sites.choice_field import Option
from sites.long_lists import CITIES, near_categories, near_cities
from sites.models import Category, Level

# The lists change rarely and are the same for everybody.
CACHE_SECONDS = 600
MAX_BROWSED = 100


@require_safe
def city_suggest(request: HttpRequest) -> JsonResponse:
    """Cities for ``?q=``, for ``static/js/suggest.js``."""
    return _suggestions(request, near_cities)


@require_safe
def category_suggest(request: HttpRequest) -> JsonResponse:
    """Names of categories for ``?q=``, each with its category's id."""
    return _suggestions(request, near_categories)


def _suggestions(
    request: HttpRequest, near: Callable[[str], tuple[Sequence[Option], int]]
) -> JsonResponse:
    found, total = near(request.GET.get("q", "")[: search.MAX_TYPED])
    items = [{"id": option.value, "label": option.label} for option in found]
    response = JsonResponse({"items": items, "total": total})
    patch_cache_control(response, public=True, max_age=CACHE_SECONDS)
    return response


@require_safe
def laboratory_choices(request: HttpRequest) -> HttpResponse:
    """The laboratories of ``?city=`` as radio buttons, for ``static/js/place.js`` to put into the form."""
    city = CITIES.by_id(request.GET.get("city", ""))
    found = search.laboratories_for(city) if city is not None else []
    context = {"laboratories": found, "city": city}
    # Without the request's context: an answer that all share must not ask who is signed in.
    response = HttpResponse(render_to_string("sites/laboratory_choices.html", context))
    patch_cache_control(response, public=True, max_age=CACHE_SECONDS)
    return response


@require_safe
def category_browse(request: HttpRequest) -> HttpResponse:
    """«جستجوی نوع فعالیت»: every category by level, or those that a text finds."""
    text = request.GET.get("q", "")[: search.MAX_TYPED].strip()
    rows = _searched(text) if text else _all()
    groups = [
        {"level": Level(level).label, "rows": list(of_level)}
        for level, of_level in groupby(rows, key=lambda row: row["category"].level)
    ]
    has_samples = any(row["category"].is_sample for row in rows)
    context = {"typed": text, "groups": groups, "has_samples": has_samples}
    return render(request, "sites/category_browse.html", context)


def _all() -> list[dict[str, Any]]:
    found = (
        Category.objects.filter(active=True).order_by("level", "sort_key").prefetch_related("names")
    )
    return [
        {
            "category": category,
            "names": [name.name for name in category.names.all() if name.name != category.name],
        }
        for category in found
    ]


def _searched(text: str) -> list[dict[str, Any]]:
    """The categories found, each with those of its homogeneous names that the text found."""
    found, _total = search.categories(text, MAX_BROWSED)
    rows: dict[int, dict[str, Any]] = {}
    for name in found:
        row = rows.setdefault(name.category_id, {"category": name.category, "names": []})
        if name.name != name.category.name:
            row["names"].append(name.name)
    return sorted(rows.values(), key=lambda row: (row["category"].level, row["category"].sort_key))
