"""The public price table: the price list of a day, by level and area band, with cloud services and travel fees."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import IntegerField, Value
from django.utils.translation import gettext as _

from billing.pricing import NoPrice, Tariffs, VisitPrice, vat_of, vat_on
from septam.digits import group
from sites.models import City, CloudProduct, Level, Province


@dataclass(frozen=True)
class PriceRow:
    """The fees of one area band, in one province or everywhere else (empty)."""

    band: str
    province: str
    first: int | None
    revisit: int | None
    repeat: int | None


class Named(NamedTuple):
    """A price beside what it is for."""

    title: str
    price_rial: int


@dataclass(frozen=True)
class PriceLevel:
    """The rows of one security level: visits, and cloud services with their periods."""

    title: str
    rows: list[PriceRow]
    clouds: list[Named]


@dataclass(frozen=True)
class PriceTable:
    """The price list as it is shown."""

    levels: list[PriceLevel]
    travels: list[Named]

    @property
    def absence_costs_the_full_fee(self) -> bool:
        """Whether a visit after an absence costs what a first one does, everywhere: then a sentence says it."""
        return all(row.repeat == row.first for level in self.levels for row in level.rows)


def least_payable(tariffs: Tariffs, day: date) -> int | None:
    """What the cheapest first visit costs with VAT, in rial; None where nothing can be priced that day."""
    fees = [price.price_rial for price in tariffs.visits if price.kind == "first"]
    try:
        return min((fee + vat_of(fee, vat_on(day, tariffs)) for fee in fees), default=None)
    except NoPrice:
        return None


# By what it names («province», «city», «product») and id.
_Names = dict[tuple[str, int], str]


def price_table(tariffs: Tariffs) -> PriceTable:
    """The table of a day's price list; levels without a price are left out. At most one query."""
    names = _names(tariffs)
    levels = [
        PriceLevel(
            str(level.label), _rows(tariffs.visits, level, names), _clouds(tariffs, level, names)
        )
        for level in Level
    ]
    return PriceTable([level for level in levels if level.rows], _travels(tariffs, names))


def _names(tariffs: Tariffs) -> _Names:
    provinces = {price.province_id for price in tariffs.visits if price.province_id}
    provinces |= {price.province_id for price in tariffs.travels}
    cities = {price.city_id for price in tariffs.travels if price.city_id}
    products = {price.product_id for price in tariffs.clouds}
    none = Value(0, IntegerField())
    rows = (
        Province.objects.filter(pk__in=provinces).order_by()
        .values_list(Value("province"), "pk", "name", none)
        .union(
            City.objects.filter(pk__in=cities).order_by().values_list(Value("city"), "pk", "name", none),
            CloudProduct.objects.filter(pk__in=products, active=True)
            .values_list(Value("product"), "pk", "name", "months"),
        )
    )  # fmt: skip
    return {(what, pk): _named(name, months) for what, pk, name, months in rows}


def _named(name: str, months: int) -> str:
    return CloudProduct(name=name, months=months).label if months else name


def _clouds(tariffs: Tariffs, level: Level, names: _Names) -> list[Named]:
    found = [
        Named(names["product", price.product_id], price.price_rial)
        for price in tariffs.clouds
        if price.level == level and ("product", price.product_id) in names
    ]
    return sorted(found)


def _travels(tariffs: Tariffs, names: _Names) -> list[Named]:
    """Provinces, each followed by its cities with a fee of their own."""
    found = []
    for price in tariffs.travels:
        province = names.get(("province", price.province_id), "")
        city = names.get(("city", price.city_id or 0), "")
        if (
            price.price_rial or city
        ):  # a city's 0 is an exception from its province; a province's says nothing
            found.append((province, city, price.price_rial))
    return [
        Named(f"{province} - {city}" if city else province, price)
        for province, city, price in sorted(found)
    ]


def _rows(visits: Iterable[VisitPrice], level: Level, names: _Names) -> list[PriceRow]:
    prices = [price for price in visits if price.level == level]
    bands = {(p.area_from, p.area_to, p.province_id) for p in prices}
    ordered = sorted(bands, key=lambda band: (names.get(("province", band[2] or 0), ""), band[0]))
    return [_row(band, prices, names) for band in ordered]


def _row(
    band: tuple[Decimal, Decimal | None, int | None],
    prices: list[VisitPrice],
    names: _Names,
) -> PriceRow:
    area_from, area_to, province_id = band
    fees = {p.kind: p.price_rial for p in prices if (p.area_from, p.area_to, p.province_id) == band}
    return PriceRow(
        _band_words(area_from, area_to),
        names.get(("province", province_id or 0), ""),
        fees.get("first"),
        fees.get("revisit"),
        fees.get("repeat"),
    )


def _band_words(area_from: Decimal, area_to: Decimal | None) -> str:
    if area_to is None and not area_from:
        return _("any area")
    if area_to is None:
        return _("%(least)s and more") % {"least": group(int(area_from))}
    return _("%(least)s to %(most)s") % {
        "least": group(int(area_from)),
        "most": group(int(area_to)),
    }
