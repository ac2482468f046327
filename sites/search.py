"""Finds cities, categories and laboratories by what people type.

Which spellings are equal is decided by ``septam.text.search_key`` alone. Each search is one query: names
that begin with the text come first, then those that hold it; the total says how many there are in all.
"""

import re
from datetime import date
from typing import Any, TypeVar

from django.db.models import Case, Count, IntegerField, Model, Q, QuerySet, Value, When, Window

from septam import clock
from septam.prepared import Prepared
from septam.text import clean, search_key
from sites.models import Category, CategoryName, City, Laboratory

LIMIT = 15
MAX_TYPED = 80
_WORD_PROVINCE = re.compile(r"^استان ")
_DASHES = re.compile("[-–—_،,/]")

Found = TypeVar("Found", bound=Model)


def cities(text: str, limit: int = LIMIT) -> tuple[list[City], int]:
    """The cities that the text may mean, best first, and how many there are.

    A city is also found by its province («تهران», «استان تهران - ری»).
    """
    key = place_key(text)
    in_name = Q(search_key__contains=key)
    ranks = [
        When(search_key=key, then=0),
        When(search_key__startswith=key, then=1),
        When(in_name, then=2),
    ]
    found = City.objects.filter(in_name | Q(label_key__startswith=key)).select_related("province")
    return _best(found, ranks, ["sort_key", "pk"], limit) if key else ([], 0)


def categories(text: str, limit: int = LIMIT) -> tuple[list[CategoryName], int]:
    """The names of active categories that the text may mean, best first, and how many there are."""
    key = search_key(text[:MAX_TYPED])
    found = CategoryName.objects.filter(search_key__contains=key, category__active=True)
    ranks = [When(search_key=key, then=0), When(search_key__startswith=key, then=1)]
    order = ["search_key", "category__sort_key", "pk"]
    return _best(found.select_related("category"), ranks, order, limit) if key else ([], 0)


def _best(
    found: QuerySet[Found], ranks: list[When], order: list[str], limit: int
) -> tuple[list[Found], int]:
    rank = Case(*ranks, default=Value(9), output_field=IntegerField())
    # The window counts all rows before the limit cuts them: the total costs no second query.
    ranked: QuerySet[Any] = found.annotate(rank=rank, total=Window(Count("pk")))
    rows = list(ranked.order_by("rank", *order)[:limit])
    return rows, rows[0].total if rows else 0


def place_key(text: str) -> str:
    """The search key of a city as people write it, with or without «استان … -» before it."""
    return search_key(_DASHES.sub(" ", _WORD_PROVINCE.sub("", clean(text[:MAX_TYPED]))))


def exact_city(text: str) -> City | None:
    """The one city that the text names by its label, or by its name where no other has it."""
    key = place_key(text)
    if not key:
        return None
    named = City.objects.filter(Q(label_key=key) | Q(search_key=key)).select_related("province")
    found = list(named.order_by("pk")[:3])
    labelled = [city for city in found if city.label_key == key]
    best = labelled or found
    return best[0] if len(best) == 1 else None


def exact_category(text: str) -> Category | None:
    """The one active category that the text names: by a name of its own, or by the label of a name."""
    key = search_key(text)
    if not key or len(text) > 2 * MAX_TYPED + 3:
        return None
    names = [search_key(part) for part in _last_dash(text)]
    named = CategoryName.objects.filter(search_key__in={key, *names}, category__active=True)
    found = {
        name.category_id: name.category
        for name in named.select_related("category")
        if name.search_key == key or search_key(name.label) == key
    }
    return next(iter(found.values())) if len(found) == 1 else None


def _last_dash(text: str) -> list[str]:
    """A homogeneous name's label in its two parts."""
    return clean(text).rsplit(" - ", 1)


def laboratories_for(city: City) -> QuerySet[Laboratory]:
    """The active laboratories that cover the city today, in order of their names.

    One whose licence has run out (Tehran's day) is left out.
    """
    return _covering(city.province_id, city.pk, clock.today())


def serving(laboratory: Any, province: Any, city: Any) -> QuerySet[Laboratory]:
    """The laboratory if it covers the city today; ids, or references to columns of an outer query."""
    return _covering(province, city, clock.today()).filter(pk=laboratory)


def serves(laboratory_id: int, province_id: int, city_id: int) -> bool:
    """Whether the laboratory covers the city today."""
    return serving(laboratory_id, province_id, city_id).exists()


def laboratories_of(city: City) -> list[Laboratory]:
    """The same, loaded by a prepared query: for the form of a place."""
    return _COVERING(city.province_id, city.pk, clock.today())


def _covering(province_id: Any, city_id: Any, day: date) -> QuerySet[Laboratory]:
    covers = Q(coverage__province=province_id, coverage__city=None) | Q(coverage__city=city_id)
    licensed = Q(licence_until=None) | Q(licence_until__gte=day)
    found = Laboratory.objects.filter(covers, licensed, active=True)
    return found.distinct().order_by("name", "pk")


_COVERING = Prepared(_covering)
