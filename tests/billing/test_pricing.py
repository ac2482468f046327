"""The price of a visit: the guide's figures, VAT line by line, provinces, areas and missing rows."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing import price_list, reference
from billing.models import CloudTariff, Tariff, VatRate
from billing.pricing import (
    CloudPrice,
    Locality,
    NoPrice,
    Quote,
    Span,
    Tariffs,
    TravelPrice,
    Vat,
    VisitPrice,
    quote,
)
from sites.models import CloudProduct
from tests.make import make_province

LAST_OF_1402 = date(2024, 3, 19)
FIRST_OF_1403 = date(2024, 3, 20)
TURN = (Vat(900, Span(date(2015, 3, 21), FIRST_OF_1403)), Vat(1000, Span(FIRST_OF_1403)))
GUIDE = Tariffs(
    visits=(
        VisitPrice("first", 4, Decimal(0), Decimal(50), None, 6_360_000),
        VisitPrice("first", 4, Decimal(50), None, None, 7_950_000),
        VisitPrice("first", 4, Decimal(0), Decimal(50), 8, 9_000_000),
        VisitPrice("revisit", 4, Decimal(0), None, None, 2_544_000),
    ),
    clouds=(CloudPrice(3, 4, 3_000_001),),
    vats=TURN,
    travels=(TravelPrice(5, None, 1_800_000), TravelPrice(5, 50, 900_000), TravelPrice(5, 51, 0)),
)


def quoted(
    *, kind: str = "first", area: str = "38.5", province: int | None = 23, city: int = 1, products: tuple[int, ...] = (),
    day: date = LAST_OF_1402, tariffs: Tariffs = GUIDE,
) -> Quote:  # fmt: skip
    return quote(
        kind=kind,
        level=4,
        area=Decimal(area),
        city=None if province is None else Locality(city, province),
        products=products,
        day=day,
        tariffs=tariffs,
    )


def test_the_guides_own_figures_come_out_on_a_nine_percent_day() -> None:
    price = quoted()
    assert [line.kind for line in price.lines] == ["visit"]
    assert (price.amount_of("visit"), price.amount_of("cloud")) == (6_360_000, 0)
    assert (price.vat_rial, price.payable_rial) == (572_400, 6_932_400)


def test_a_ten_percent_day_costs_6996000() -> None:
    assert quoted(day=FIRST_OF_1403).payable_rial == 6_996_000


@pytest.mark.parametrize(
    ("area", "fee"),
    [("0.01", 6_360_000), ("49.99", 6_360_000), ("50", 7_950_000), ("120000", 7_950_000)],
)
def test_an_area_band_ends_before_its_upper_bound(area: str, fee: int) -> None:
    assert quoted(area=area).base_rial == fee


def test_a_provinces_own_fee_goes_before_the_common_one() -> None:
    assert quoted(province=8).base_rial == 9_000_000
    assert quoted(province=8, area="60").base_rial == 7_950_000


@pytest.mark.parametrize(("city", "travel"), [(1, 1_800_000), (50, 900_000), (51, 0)])
def test_a_citys_travel_fee_goes_before_its_provinces_and_none_makes_no_line(
    city: int, travel: int
) -> None:
    price = quoted(province=5, city=city)
    assert price.amount_of("travel") == travel
    assert [line.kind for line in price.lines] == ["visit", *(["travel"] if travel else [])]
    assert price.payable_rial == 6_360_000 + travel + 572_400 + travel * 9 // 100


def test_each_visit_of_an_expert_costs_its_own_travel() -> None:
    assert quoted(kind="revisit", province=5).amount_of("travel") == 1_800_000


def test_a_renewal_costs_what_a_first_visit_costs() -> None:
    assert quoted(kind="renewal") == quoted()


def test_a_revisit_has_its_own_fee() -> None:
    assert quoted(kind="revisit").base_rial == 2_544_000


def test_vat_is_cut_to_whole_rial_on_each_line_by_itself() -> None:
    price = quoted(products=(3,))
    assert [line.vat_rial for line in price.lines] == [572_400, 270_000]
    assert price.payable_rial == 6_360_000 + 3_000_001 + 842_400


@pytest.mark.parametrize(
    ("missing", "change"),
    [
        ("visit", {"kind": "repeat"}),
        ("visit", {"tariffs": Tariffs(vats=TURN)}),
        ("cloud", {"products": (99,)}),
        ("vat", {"day": date(2010, 1, 1)}),
    ],
)
def test_what_has_no_price_says_which_row_is_missing(
    missing: str, change: dict[str, object]
) -> None:
    with pytest.raises(NoPrice) as caught:
        quoted(**change)  # type: ignore[arg-type]
    assert caught.value.missing == missing


@given(
    fee=st.integers(0, 10**12),
    travel=st.integers(0, 10**9),
    clouds=st.lists(st.integers(0, 10**12), max_size=4),
    rate=st.integers(0, 10_000),
)
def test_sums_are_whole_sums_of_lines_and_vat_is_never_rounded_up(
    fee: int, travel: int, clouds: list[int], rate: int
) -> None:
    tariffs = Tariffs(
        (VisitPrice("first", 4, Decimal(0), None, None, fee),),
        tuple(CloudPrice(number, 4, price) for number, price in enumerate(clouds)),
        (Vat(rate),),
        (TravelPrice(23, None, travel),),
    )
    price = quoted(products=tuple(range(len(clouds))), tariffs=tariffs)
    assert price.base_rial == fee + travel + sum(clouds)
    assert price.base_rial == sum(price.amount_of(kind) for kind in ("visit", "travel", "cloud"))
    assert price.payable_rial == sum(line.amount_rial + line.vat_rial for line in price.lines)
    for line in price.lines:
        assert type(line.vat_rial) is int
        assert 0 <= line.amount_rial * rate - line.vat_rial * 10_000 < 10_000


@pytest.mark.django_db
def test_the_reference_files_give_the_guides_figures_and_load_twice_without_change() -> None:
    make_province()
    CloudProduct.objects.create(code="C-01", name="سرویس ابری مخابرات، پایه")
    assert reference.load_prices() == 2 + 48 + 4 + 0
    assert reference.load_prices() == 0
    first = quoted(province=None, tariffs=price_list.tariffs_for(LAST_OF_1402))
    assert first.payable_rial == 6_932_400
    second = quoted(province=None, tariffs=price_list.tariffs_for(FIRST_OF_1403), day=FIRST_OF_1403)
    assert second.payable_rial == 6_996_000


@pytest.mark.django_db
def test_a_rate_that_staff_entered_is_kept_when_the_files_are_loaded_again() -> None:
    VatRate.objects.create(basis_points=1200, days=(date(2026, 3, 21), None))
    reference.load_vat_rates()
    rates = VatRate.objects.order_by("days").values_list("basis_points", "days")
    assert [(points, days.upper) for points, days in rates] == [
        (900, date(2024, 3, 20)), (1000, date(2026, 3, 21)), (1200, None),
    ]  # fmt: skip


@pytest.mark.django_db
def test_the_price_list_of_a_day_is_one_query(django_assert_num_queries: object) -> None:
    reference.load_vat_rates()
    Tariff.objects.create(
        kind="first",
        level=1,
        area=(0, None),
        days=(date(2020, 1, 1), date(2021, 1, 1)),
        price_rial=1,
    )
    product = CloudProduct.objects.create(code="C-01", name="پایه")
    CloudTariff.objects.create(
        product=product, level=2, days=(date(2020, 1, 1), None), price_rial=5
    )
    with django_assert_num_queries(1):  # type: ignore[operator]
        tariffs = price_list.tariffs_for(date(2022, 5, 5))
    assert tariffs.visits == ()
    assert [cloud.price_rial for cloud in tariffs.clouds] == [5]
    assert [vat.basis_points for vat in tariffs.vats] == [900]
