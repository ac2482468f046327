"""The public price table: the price list of a day, by level and area band."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from billing.pricing import Tariffs, VisitPrice
from septam.digits import group
from sites.models import Level, Province


@dataclass(frozen=True)
class PriceRow:
    """The fees of one area band, in one province or everywhere else (empty)."""

    band: str
    province: str
    first: int | None
    revisit: int | None


@dataclass(frozen=True)
class PriceLevel:
    """The rows of one security level."""

    title: str
    rows: list[PriceRow]


def price_levels(tariffs: Tariffs) -> list[PriceLevel]:
    """The table of a day's price list; levels without a price are left out."""
    names = _province_names(tariffs)
    levels = [
        PriceLevel(str(level.label), _rows([v for v in tariffs.visits if v.level == level], names))
        for level in Level
    ]
    return [level for level in levels if level.rows]


def _province_names(tariffs: Tariffs) -> dict[int, str]:
    wanted = {price.province_id for price in tariffs.visits if price.province_id}
    if not wanted:
        return {}
    return dict(Province.objects.filter(pk__in=wanted).values_list("pk", "name"))


def _rows(prices: list[VisitPrice], names: dict[int, str]) -> list[PriceRow]:
    bands = {(p.area_from, p.area_to, p.province_id) for p in prices}
    ordered = sorted(bands, key=lambda band: (names.get(band[2] or 0, ""), band[0]))
    return [_row(band, prices, names) for band in ordered]


def _row(
    band: tuple[Decimal, Decimal | None, int | None],
    prices: list[VisitPrice],
    names: dict[int, str],
) -> PriceRow:
    area_from, area_to, province_id = band
    fees = {p.kind: p.price_rial for p in prices if (p.area_from, p.area_to, p.province_id) == band}
    return PriceRow(
        _band_words(area_from, area_to),
        names.get(province_id or 0, ""),
        fees.get("first"),
        fees.get("revisit"),
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
