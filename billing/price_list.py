"""Loads the price list of a day in one query."""

from datetime import date

from django.db import connection

from billing.pricing import CloudPrice, Span, Tariffs, Vat, VisitPrice

# One statement instead of three: the cart is the page that people wait for.
_ROWS = """
SELECT 'visit', kind, level, lower(area), upper(area), province_id, price_rial, lower(days), upper(days)
  FROM billing_tariff WHERE days @> %(day)s::date
UNION ALL
SELECT 'cloud', '', level, NULL, NULL, product_id, price_rial, lower(days), upper(days)
  FROM billing_cloudtariff WHERE days @> %(day)s::date
UNION ALL
SELECT 'vat', '', 0, NULL, NULL, NULL, basis_points, lower(days), upper(days)
  FROM billing_vatrate WHERE days @> %(day)s::date
"""


def tariffs_for(day: date) -> Tariffs:
    """All fees, cloud prices and the VAT rate that are in force on a day of Tehran."""
    visits: list[VisitPrice] = []
    clouds: list[CloudPrice] = []
    vats: list[Vat] = []
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, {"day": day})
        for (
            what,
            kind,
            level,
            area_from,
            area_to,
            subject,
            amount,
            first,
            last,
        ) in cursor.fetchall():
            days = Span(first, last)
            if what == "visit":
                visits.append(VisitPrice(kind, level, area_from, area_to, subject, amount, days))
            elif what == "cloud":
                clouds.append(CloudPrice(subject, level, amount, days))
            else:
                vats.append(Vat(amount, days))
    return Tariffs(tuple(visits), tuple(clouds), tuple(vats))
