"""The lists that a place is chosen from: suggestions while one types, and the categories as a page."""

import json
from functools import partial
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from septam import editions
from septam.digits import to_persian
from septam.kept_pages import kept_answer
from septam.text import clean, search_key
from sites import search
from sites.choice_field import LongList, Option
from sites.long_lists import CATEGORIES, CITIES, LOCALITIES
from sites.models import Category, Level

# The lists change rarely and are the same for everybody.
CACHE_SECONDS = 600
MAX_BROWSED = 100


@require_safe
def city_suggest(request: HttpRequest) -> HttpResponse:
    """Cities for ``?q=``, for ``static/js/suggest.js``."""
    return _suggestions(request, CITIES)


@require_safe
def locality_suggest(request: HttpRequest) -> HttpResponse:
    """Cities and provinces for ``?q=``, where a price is asked."""
    return _suggestions(request, LOCALITIES)


@require_safe
def category_suggest(request: HttpRequest) -> HttpResponse:
    """Names of categories for ``?q=``, each with its category's id."""
    return _suggestions(request, CATEGORIES)


def _suggestions(request: HttpRequest, rows: LongList) -> HttpResponse:
    text = clean(request.GET.get("q", "")[: search.MAX_TYPED])
    # People type the same beginnings: each is looked for once a process and edition of the names.
    found = kept_answer(
        (rows.suggest_url_name, text), editions.number("names"), partial(_found, rows, text)
    )
    response = HttpResponse(found, content_type="application/json")
    patch_cache_control(response, public=True, max_age=CACHE_SECONDS)
    return response


def _found(rows: LongList, text: str) -> bytes:
    found, total = rows.near(text)
    items = [_item(option) for option in found]
    said = _told(len(found), total) if found else str(rows.nothing) if search_key(text) else ""
    return json.dumps({"items": items, "say": said}).encode()


def _item(option: Option) -> dict[str, str]:
    item = {"id": option.value, "label": option.label}
    return item | {"note": option.note} if option.note else item


def _told(shown: int, total: int) -> str:
    if total > shown:
        return _("%(shown)s of %(total)s suggestions; write more of the name.") % {
            "shown": to_persian(shown), "total": to_persian(total),
        }  # fmt: skip
    return _("%(shown)s suggestions") % {"shown": to_persian(shown)}


@require_safe
def laboratory_choices(request: HttpRequest) -> HttpResponse:
    """The laboratories of ``?city=`` as radio buttons, for ``static/js/suggest.js`` to put into the form."""
    city = CITIES.by_id(request.GET.get("city", ""))
    found = search.laboratories_for(city) if city is not None else []
    rows = [{"pk": one.pk, "name": one.name, "seat": search.seat_of(one)} for one in found]
    context = {"laboratories": rows, "city": city}
    # Without the request's context: an answer that all share must not ask who is signed in.
    response = HttpResponse(render_to_string("sites/laboratory_choices.html", context))
    patch_cache_control(response, public=True, max_age=CACHE_SECONDS)
    return response


@require_safe
def category_browse(request: HttpRequest) -> HttpResponse:
    """«جستجوی نوع فعالیت»: every category by level, or those that a text finds."""
    text = request.GET.get("q", "")[: 2 * search.MAX_TYPED].strip()
    rows = _searched(text) if text else _all()
    groups = [
        {"level": Level(level).label, "rows": list(of_level)}
        for level, of_level in groupby(rows, key=lambda row: row["category"].level)
    ]
    context = {
        "typed": text,
        "groups": groups,
        "only": rows[0] if text and len(rows) == 1 else None,
        "has_samples": any(row["category"].is_sample for row in rows),
    }
    return render(request, "sites/category_browse.html", context)


def _all() -> list[dict[str, Any]]:
    found = (
        Category.objects.filter(active=True).order_by("level", "sort_key").prefetch_related("names")
    )
    return [{"category": one, "names": _other_names(one)} for one in found]


def _other_names(category: Category) -> list[str]:
    return [name.name for name in category.names.all() if name.name != category.name]


def _searched(text: str) -> list[dict[str, Any]]:
    """The one category that the text names, else those found, each with those of its names that the text found."""
    category = search.exact_category(text)
    if category is not None:
        return [{"category": category, "names": _other_names(category)}]
    found, _count = search.categories(text, MAX_BROWSED)
    rows: dict[int, dict[str, Any]] = {}
    for name in found:
        row = rows.setdefault(name.category_id, {"category": name.category, "names": []})
        if name.name != name.category.name:
            row["names"].append(name.name)
    # The level of the best one first.
    levels = list(dict.fromkeys(row["category"].level for row in rows.values()))
    return sorted(rows.values(), key=lambda row: levels.index(row["category"].level))
