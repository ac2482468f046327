"""Finds cities, categories and laboratories by what people type.

Which spellings are equal is decided by ``septam.text.search_key`` alone, which ones may be meant by
:mod:`sites.spelling`. Each search is one query: names that begin with the text come first, then those that hold it, then
those that sound alike; only where there is none, those that are one letter off. The total says how many there are in all.
"""

import re
from collections.abc import Iterable
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FloatField,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from septam import clock
from septam.text import clean, search_key, sort_key
from sites import spelling
from sites.models import Category, CategoryName, City, Laboratory, Province

LIMIT = 15
_HOLDS = 2  # the rank of a name that holds the text as it is spelt
MAX_TYPED = 80
_WORD_PROVINCE = re.compile(r"^استان ")
_DASHES = re.compile("[-–—_،,/]")


def cities(text: str, limit: int = LIMIT) -> tuple[list[City], int]:
    """The cities that the text may mean, best first, and how many there are.

    A city is also found by its province («تهران», «استان تهران - ری»).
    """
    key, words = place_key(text), spelling.words(_bare(text))
    if not key or not words:
        return [], 0
    rows = City.objects.select_related("province").annotate(order=F("sort_key"))
    found = _all_words(words) | Q(label_key__startswith=key)
    return _best(rows, found, key, words, limit)


def categories(text: str, limit: int = LIMIT) -> tuple[list[CategoryName], int]:
    """The names of active categories that the text may mean, best first, and how many there are."""
    text = text[:MAX_TYPED]
    key, words = search_key(text), spelling.words(text, of_trade=True)
    if not key or not words:
        return [], 0
    rows = CategoryName.objects.filter(category__active=True).select_related("category")
    rows = rows.annotate(order=Concat("search_key", "category__sort_key"))
    found, total = _best(rows, _all_words(words), key, words, limit, spelling.telling(words))
    # «طلا» is spelt so in names enough: those that merely sound so («هتل‌آپارتمان») would be in the way.
    spelt = [name for name in found if name.rank <= _HOLDS] or found
    return spelt, total if len(spelt) == len(found) else len(spelt)


def _all_words(words: list[str]) -> Q:
    return reduce(and_, (Q(near_key__contains=word) for word in words))


def _best(
    rows: QuerySet[Any],
    found: Q,
    key: str,
    words: list[str],
    limit: int,
    telling: Iterable[str] = (),
) -> tuple[list[Any], int]:
    """One statement: the rows that are found or, where there is none, those that nearly fit (by one of the telling
    words alone, if need be).

    Postgres does not even look for the second where the first are there: that condition concerns no row of its own.
    """
    fits = rows.filter(found)
    halves = _ranked(fits, _ranks(key), Value(0.0)).union(
        _ranked(*_near(rows.filter(~Exists(fits)), words, telling)), all=True
    )
    best = list(halves.order_by("rank", "far", "order", "pk")[:limit])
    return best, best[0].total if best else 0


def _ranked(rows: QuerySet[Any], rank: Any, far: Any) -> QuerySet[Any]:
    # The window counts all rows before the limit cuts them: the total costs no second query.
    far = Cast(far, FloatField())
    return rows.annotate(rank=rank, far=far, total=Window(Count("pk")))


def _ranks(key: str) -> Any:
    """The name itself, those that begin with the text, those that hold it, and those of the same sound."""
    steps = [Q(search_key=key), Q(search_key__startswith=key), Q(search_key__contains=key)]
    return _first_of(steps, 0)


def _near(
    rows: QuerySet[Any], words: list[str], telling: Iterable[str]
) -> tuple[QuerySet[Any], Any, Any]:
    """The rows that are one letter off or much alike, with their ranks and distances."""
    spaced, pattern = " ".join(words), spelling.one_letter_off("".join(words))
    alike = Q(near_key__trigram_similar=spaced) | Q(near_key__trigram_word_similar=spaced)
    off = Q(near_key__regex=pattern) if pattern else Q(near_key=spaced)
    far = Value(1.0) - TrigramWordSimilarity(spaced, "near_key")
    one_word = reduce(or_, (Q(near_key__contains=word) for word in telling), off | alike)
    return rows.filter(one_word), _first_of([off, alike], 4), far


def _first_of(steps: list[Q], start: int) -> Any:
    whens = [When(step, then=rank) for rank, step in enumerate(steps, start)]
    return Case(*whens, default=Value(start + len(steps)), output_field=IntegerField())


def place_key(text: str) -> str:
    """The search key of a city as people write it, with or without «استان … -» before it."""
    return search_key(_bare(text))


def _bare(text: str) -> str:
    """Without «استان» and the marks between province and city."""
    return _DASHES.sub(" ", _WORD_PROVINCE.sub("", clean(text[:MAX_TYPED])))


def begins(province: Province, text: str) -> bool:
    """Whether the text is the beginning of the province's name, as it sounds."""
    typed = spelling.sound(place_key(text))
    return bool(typed) and spelling.sound(search_key(province.name)).startswith(typed)


def named_province(text: str) -> Province | None:
    """The province that the text names with the word «استان» before it."""
    return exact_province(text) if _WORD_PROVINCE.match(clean(text[:MAX_TYPED])) else None


def exact_province(text: str) -> Province | None:
    """The province that the text names, by its order among names: the key of a name has one way to be sorted."""
    key = sort_key(_WORD_PROVINCE.sub("", clean(text[:MAX_TYPED])))
    return Province.objects.filter(sort_key=key).first() if key else None


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


def seat_of(laboratory: Laboratory) -> str:
    """Where the laboratory has its seat, in words for who chooses among several."""
    return seat_in(laboratory.city.label)


def seat_in(label: str) -> str:
    """The same, of a city's label."""
    return _("Seated in %(city)s") % {"city": label}


def serving(laboratory: Any, province: Any, city: Any) -> QuerySet[Laboratory]:
    """The laboratory if it covers the city today; ids, or references to columns of an outer query."""
    return _covering(province, city, clock.today()).filter(pk=laboratory)


def serves(laboratory_id: int, province_id: int, city_id: int) -> bool:
    """Whether the laboratory covers the city today."""
    return serving(laboratory_id, province_id, city_id).exists()


def _covering(province_id: Any, city_id: Any, day: date) -> QuerySet[Laboratory]:
    covers = Q(coverage__province=province_id, coverage__city=None) | Q(coverage__city=city_id)
    licensed = Q(licence_until=None) | Q(licence_until__gte=day)
    found = Laboratory.objects.filter(covers, licensed, active=True)
    return found.distinct().order_by("name", "pk").select_related("city__province")
