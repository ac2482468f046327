"""The lists that a place is chosen from by typing: cities and categories; and cities with provinces, for prices."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from sites import search
from sites.choice_field import LongList, Option
from sites.models import Category, City, Level, Province

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
    return [_category_option(name.category, name.label) for name in found], total


def _category_option(category: Category, label: str) -> Option:
    return Option(str(category.pk), label, str(Level(category.level).label))


def all_categories() -> Sequence[Option]:
    """Every active category by its own name, level by level; one query."""
    found = Category.objects.filter(active=True).order_by("level", "sort_key")
    return [_category_option(category, category.name) for category in found]


def _locality(value: str) -> City | Province | None:
    """A city by its id, a province by its id after a «p»."""
    if not value.startswith("p"):
        return _city(value)
    return Province.objects.filter(pk=value[1:]).first() if _is_id(value[1:]) else None


def _locality_label(row: City | Province) -> str:
    return row.label


def _exact_locality(text: str) -> City | Province | None:
    """«گیلان» and «استان تهران» are provinces, «تهران» is the city."""
    return search.named_province(text) or search.exact_city(text) or search.exact_province(text)


def near_localities(text: str) -> tuple[Sequence[Option], int]:
    """Cities, and before them the provinces that the text begins; still one query, for provinces come with cities."""
    found, total = search.cities(text)
    provinces = {city.province_id: city.province for city in found}
    meant = [one for one in provinces.values() if search.begins(one, text)]
    wholes = [Option(f"p{one.pk}", one.label, str(_("The whole province"))) for one in meant]
    cities = [Option(str(city.pk), city.label) for city in found]
    return [*wholes, *cities], total + len(wholes)


CITIES = LongList(
    "sites:city_suggest",
    _city,
    _city_label,
    _city_labels,
    search.exact_city,
    near_cities,
    _(
        "No city of this name was found. Try another spelling, the nearest city, or the province's name."
    ),
    _("Choose the city from the names found."),
)
LOCALITIES = LongList(
    "sites:locality_suggest",
    _locality,
    _locality_label,
    lambda row: [row.label],
    _exact_locality,
    near_localities,
    CITIES.nothing,
    _("Choose the city or province from the names found."),
)
CATEGORIES = LongList(
    "sites:category_suggest",
    _category,
    _category_label,
    _category_labels,
    search.exact_category,
    near_categories,
    _(
        "No trade of this name was found. Try another word for your work, or look into the whole list."
    ),
    _("Choose the category from the names found."),
    all_categories,
)
