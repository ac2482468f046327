"""Loads the price list of a day in one query."""

from datetime import date
from typing import Any

from django.db import connection

from billing.pricing import CloudPrice, Span, Tariffs, TravelPrice, Vat, VisitPrice

# One statement instead of four: the cart is the page that people wait for.
_ROWS = """
SELECT 'visit', lower(days), upper(days), price_rial, is_sample, kind, level, lower(area), upper(area), province_id, NULL
  FROM billing_tariff WHERE days @> %(day)s::date
UNION ALL
SELECT 'travel', lower(days), upper(days), price_rial, is_sample, '', 0, NULL, NULL, province_id, city_id
  FROM billing_travelfee WHERE days @> %(day)s::date
UNION ALL
SELECT 'cloud', lower(days), upper(days), price_rial, is_sample, '', level, NULL, NULL, product_id, NULL
  FROM billing_cloudtariff WHERE days @> %(day)s::date
UNION ALL
SELECT 'vat', lower(days), upper(days), basis_points, false, '', 0, NULL, NULL, NULL, NULL
  FROM billing_vatrate WHERE days @> %(day)s::date
"""


def tariffs_for(day: date) -> Tariffs:
    """All fees, travel fees, cloud prices and the VAT rate that are in force on a day of Tehran."""
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, {"day": day})
        rows = cursor.fetchall()
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
