"""What a visit costs: pure arithmetic on rows that somebody else has loaded. All amounts are whole rial.

The result is stored on the lines of an order and never computed again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from septam.money import vat_of

VISIT = "visit"
TRAVEL = "travel"
CLOUD = "cloud"
# A renewal is a first visit of another year.
FEE_KINDS = {"first": "first", "renewal": "first", "revisit": "revisit", "repeat": "repeat"}


class NoPrice(LookupError):
    """No tariff, cloud price or VAT rate fits; `missing` names which."""

    def __init__(self, missing: str) -> None:
        super().__init__(missing)
        self.missing = missing


@dataclass(frozen=True)
class Span:
    """Days from `first` to before `last`; None: until further notice."""

    first: date | None = None
    last: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the day lies in the span."""
        return (self.first is None or self.first <= day) and (self.last is None or day < self.last)


@dataclass(frozen=True)
class Locality:
    """Where a place lies: a city and the province that it belongs to."""

    city_id: int
    province_id: int


@dataclass(frozen=True)
class VisitPrice:
    """The fee of a visit; areas are square metres `[area_from, area_to)`; no province: every other one."""

    kind: str
    level: int
    area_from: Decimal
    area_to: Decimal | None
    province_id: int | None
    price_rial: int
    days: Span = Span()

    def fits(self, kind: str, level: int, area: Decimal, day: date) -> bool:
        """Whether this row is about such a visit on that day, province aside."""
        return (
            (self.kind, self.level) == (kind, level)
            and self.area_from <= area
            and (self.area_to is None or area < self.area_to)
            and self.days.holds(day)
        )


@dataclass(frozen=True)
class TravelPrice:
    """«هزینه ایاب و ذهاب» of a visit in a province, or (with `city_id`) in that city of it."""

    province_id: int
    city_id: int | None
    price_rial: int
    days: Span = Span()


@dataclass(frozen=True)
class CloudPrice:
    """The price of a cloud product, for the period that it is sold for, at a level."""

    product_id: int
    level: int
    price_rial: int
    days: Span = Span()


@dataclass(frozen=True)
class Vat:
    """The rate of value added tax in basis points (900 is 9 %)."""

    basis_points: int
    days: Span = Span()


@dataclass(frozen=True)
class Tariffs:
    """The price list; billing.price_list loads the one of a day. `has_samples`: some of it is sample data."""

    visits: tuple[VisitPrice, ...] = ()
    clouds: tuple[CloudPrice, ...] = ()
    vats: tuple[Vat, ...] = ()
    travels: tuple[TravelPrice, ...] = ()
    has_samples: bool = False


@dataclass(frozen=True)
class QuoteLine:
    """One line, its VAT cut to whole rial: «هزینه کارشناسی» (`visit`), «هزینه ایاب و ذهاب» (`travel`) or
    «سرویس ابری» (`cloud`, with its product)."""

    kind: str
    amount_rial: int
    vat_basis_points: int
    vat_rial: int
    product_id: int | None = None


@dataclass(frozen=True)
class Quote:
    """The lines of one visit; every sum is the sum of the lines."""

    lines: tuple[QuoteLine, ...]

    @property
    def base_rial(self) -> int:
        """The sum before VAT."""
        return sum(line.amount_rial for line in self.lines)

    @property
    def vat_rial(self) -> int:
        """The VAT of all lines."""
        return sum(line.vat_rial for line in self.lines)

    @property
    def payable_rial(self) -> int:
        """What is to be paid."""
        return self.base_rial + self.vat_rial

    def amount_of(self, kind: str) -> int:
        """The sum before VAT of the lines of a kind (`visit`, `travel` or `cloud`)."""
        return sum(line.amount_rial for line in self.lines if line.kind == kind)


def quote(
    *,
    kind: str,
    level: int,
    area: Decimal,
    city: Locality | None,
    products: Iterable[int] = (),
    day: date,
    tariffs: Tariffs,
) -> Quote:
    """The price of a visit of `kind` (first, revisit, repeat, renewal) on a day of Tehran.

    A province's own tariff goes before the common one, a city's travel fee before its province's; a travel fee of 0
    makes no line. `products` are ids of cloud products. Raises NoPrice.
    """
    rate = vat_on(day, tariffs)
    fee = _visit_fee(FEE_KINDS[kind], level, area, city, day, tariffs)
    travel = _travel_fee(city, day, tariffs)
    clouds = [(product, _cloud_price(product, level, day, tariffs)) for product in products]
    return Quote(
        (
            _line(VISIT, fee, rate, None),
            *([_line(TRAVEL, travel, rate, None)] if travel else []),
            *(_line(CLOUD, price, rate, product) for product, price in clouds),
        )
    )


def _line(kind: str, amount_rial: int, rate: int, product_id: int | None) -> QuoteLine:
    return QuoteLine(kind, amount_rial, rate, vat_of(amount_rial, rate), product_id)


def vat_on(day: date, tariffs: Tariffs) -> int:
    """The VAT rate of a day in basis points. Raises NoPrice."""
    for vat in tariffs.vats:
        if vat.days.holds(day):
            return vat.basis_points
    raise NoPrice("vat")


def _visit_fee(
    kind: str, level: int, area: Decimal, city: Locality | None, day: date, tariffs: Tariffs
) -> int:
    fitting = [row for row in tariffs.visits if row.fits(kind, level, area, day)]
    own = [row for row in fitting if city is not None and row.province_id == city.province_id]
    for row in own or [row for row in fitting if row.province_id is None]:
        return row.price_rial
    raise NoPrice("visit")


def _travel_fee(city: Locality | None, day: date, tariffs: Tariffs) -> int:
    if city is None:
        return 0
    rows = [row for row in tariffs.travels if row.days.holds(day)]
    own = [row for row in rows if row.city_id == city.city_id]
    there = [row for row in rows if row.city_id is None and row.province_id == city.province_id]
    return next((row.price_rial for row in own or there), 0)


def _cloud_price(product_id: int, level: int, day: date, tariffs: Tariffs) -> int:
    for row in tariffs.clouds:
        if (row.product_id, row.level) == (product_id, level) and row.days.holds(day):
            return row.price_rial
    raise NoPrice("cloud")
