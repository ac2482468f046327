"""The two lists that a place is chosen from by typing: cities and categories."""

from collections.abc import Sequence

from sites import search
from sites.choice_field import LongList, Option
from sites.models import Category, City

_MAX_ID_DIGITS = 18


def _city(value: str) -> City | None:
    if not _is_id(value):
        return None
    return City.objects.select_related("province").filter(pk=value).first()


def _category(value: str) -> Category | None:
    if not _is_id(value):
        return None
    return Category.objects.filter(pk=value, active=True).prefetch_related("names").first()


def _is_id(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= _MAX_ID_DIGITS


def _city_label(city: City) -> str:
    return city.label


def _city_labels(city: City) -> Sequence[str]:
    return [city.label]


def _category_label(category: Category) -> str:
    return category.name


def _category_labels(category: Category) -> Sequence[str]:
    """The category's name, then the labels under which its homogeneous names are offered."""
    return [
        _category_label(category),
        *(f"{name.name} - {category.name}" for name in category.names.all()),
    ]


def near_cities(text: str) -> tuple[Sequence[Option], int]:
    """The cities offered for a text, and how many there are."""
    found, total = search.cities(text)
    return [Option(str(city.pk), city.label) for city in found], total


def near_categories(text: str) -> tuple[Sequence[Option], int]:
    """The names of categories offered for a text, each with its category's id, and how many there are."""
    found, total = search.categories(text)
    return [Option(str(name.category_id), name.label) for name in found], total


CITIES = LongList(
    "sites:city_suggest", _city, _city_label, _city_labels, search.exact_city, near_cities
)
CATEGORIES = LongList(
    "sites:category_suggest",
    _category,
    _category_label,
    _category_labels,
    search.exact_category,
    near_categories,
)
