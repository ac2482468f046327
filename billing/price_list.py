"""Loads the price list of a day in one query."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from billing.pricing import CloudPrice, Span, Tariffs, TravelPrice, Vat, VisitPrice
from septam.postgres.prepared import Statement
from sites.models import Place

# One statement instead of four: the cart is the page that people wait for.
_VISITS = """
SELECT 'visit', lower(days), upper(days), price_rial, is_sample, kind, level, lower(area), upper(area), province_id, NULL
  FROM billing_tariff WHERE days @> $1"""
_TRAVELS = """
SELECT 'travel', lower(days), upper(days), price_rial, is_sample, '', 0, NULL, NULL, province_id, city_id
  FROM billing_travelfee WHERE days @> $1"""
_CLOUDS = """
SELECT 'cloud', lower(days), upper(days), price_rial, is_sample, '', level, NULL, NULL, product_id, NULL
  FROM billing_cloudtariff WHERE days @> $1"""
_VATS = """
SELECT 'vat', lower(days), upper(days), basis_points, false, '', 0, NULL, NULL, NULL, NULL
  FROM billing_vatrate WHERE days @> $1"""
_ALL = Statement(" UNION ALL ".join((_VISITS, _TRAVELS, _CLOUDS, _VATS)), "date")
_OF_PLACES = Statement(
    " UNION ALL ".join((
        f"{_VISITS} AND level = ANY($2) AND (province_id IS NULL OR province_id = ANY($3))",
        f"{_TRAVELS} AND province_id = ANY($3)",
        f"{_CLOUDS} AND product_id = ANY($4)",
        _VATS,
    )),
    "date", "int[]", "bigint[]", "bigint[]",
)  # fmt: skip


def tariffs_for(day: date) -> Tariffs:
    """All fees, travel fees, cloud prices and the VAT rate that are in force on a day of Tehran."""
    return _read(_ALL.rows(day))


def tariffs_of(places: Iterable[Place], day: date) -> Tariffs:
    """What of them can concern these places; their category and city are loaded."""
    found = list(places)
    levels = {place.category.level for place in found if place.category}
    provinces = {place.city.province_id for place in found if place.city}
    products = {place.cloud_product_id for place in found if place.cloud_product_id}
    return _read(_OF_PLACES.rows(day, list(levels), list(provinces), list(products)))


def _read(rows: list[tuple[Any, ...]]) -> Tariffs:
    found: dict[str, list[Any]] = {"visit": [], "travel": [], "cloud": [], "vat": []}
    for what, *columns in rows:
        found[what].append(_price(what, *columns))
    return Tariffs(
        visits=tuple(found["visit"]),
        travels=tuple(found["travel"]),
        clouds=tuple(found["cloud"]),
        vats=tuple(found["vat"]),
        has_samples=any(row[4] for row in rows),
    )


def _price(
    what: str, first: Any, last: Any, amount: int, _sample: bool, kind: str, level: int, area_from: Any,
    area_to: Any, subject: Any, city_id: Any,
) -> VisitPrice | TravelPrice | CloudPrice | Vat:  # fmt: skip
    days = Span(first, last)
    if what == "visit":
        return VisitPrice(kind, level, area_from, area_to, subject, amount, days)
    if what == "travel":
        return TravelPrice(subject, city_id, amount, days)
    if what == "cloud":
        return CloudPrice(subject, level, amount, days)
    return Vat(amount, days)
