"""What the form of a place lets one choose: the laboratories of a city and the cloud services, in one statement.

The form shows nothing of them but names. To make a model of each, with its city and province, cost more than to ask.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from django.utils.html import format_html

from septam import clock
from septam.postgres.prepared import Statement
from sites.models import City, CloudProduct, Province
from sites.search import seat_in

Choices = list[tuple[Any, Any]]

# The laboratories are those of `sites.search.laboratories_for`; a test compares them.
_ROWS = Statement(
    """
    SELECT true AS is_laboratory, laboratory.name AS turn, laboratory.id, laboratory.name, city.name, province.name, 0
    FROM septam_sites_laboratory laboratory
    JOIN septam_sites_city city ON city.id = laboratory.city_id
    JOIN septam_sites_province province ON province.id = city.province_id
    WHERE laboratory.active AND (laboratory.licence_until IS NULL OR laboratory.licence_until >= $3) AND EXISTS (
      SELECT FROM septam_sites_coverage coverage WHERE coverage.laboratory_id = laboratory.id
      AND (coverage.city_id = $2 OR coverage.city_id IS NULL AND coverage.province_id = $1))
    UNION ALL
    SELECT false, code, id, name, terms, '', months FROM septam_sites_cloudproduct WHERE active
    ORDER BY is_laboratory, turn, id
    """,
    "bigint",
    "bigint",
    "date",
)


class Offered(NamedTuple):
    """Keys and names to choose from."""

    laboratories: Choices
    products: Choices


def offered(city: City | None) -> Offered:
    """Of this city; without one no laboratory, but the same services."""
    rows = _ROWS.rows(city.province_id if city else 0, city.pk if city else 0, clock.today())
    return _drawn(tuple(rows))


@lru_cache(maxsize=512)
def _drawn(rows: tuple[tuple[Any, ...], ...]) -> Offered:
    """Few cities are asked for at a time, and what they are offered changes seldom."""
    laboratories, products = [], []
    for is_laboratory, _turn, pk, name, more, province, months in rows:
        if is_laboratory:
            seat = City(name=more, province=Province(name=province)).label
            laboratories.append((pk, with_hint(name, seat_in(seat))))
        else:
            product = CloudProduct(name=name, months=months)
            products.append((pk, with_hint(product.label, more)))
    return Offered(laboratories, products)


def with_hint(name: str, hint: str) -> str:
    """A name to choose, and below it what tells it from the others."""
    return format_html('{}<span class="hint"> {}</span>', name, hint)
