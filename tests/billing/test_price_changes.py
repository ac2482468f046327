"""Prices over time: no overlap, no gap, nothing in force rewritten; a new price ends the one before it."""

import re
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from html import unescape
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, NumericRange
from django.test import Client
from django.urls import reverse

from accounts import roles
from accounts.models import Role
from billing import price_changes, price_list
from billing.models import CloudTariff, Tariff, TravelFee, VatRate
from billing.price_changes import PriceRefused
from septam import clock, jalali
from septam.models import AuditEvent
from sites.models import CloudProduct
from tests.make import make_city, make_province
from tests.people import make_staff, office_client

START = date(2023, 3, 21)


def day(offset: int) -> date:
    return clock.today() + timedelta(days=offset)


def tariff(
    first: date, end: date | None, area: tuple[int, int | None] = (0, 50), **fields: Any
) -> Tariff:
    values: dict[str, Any] = {"kind": "first", "level": 4, "price_rial": 6_360_000} | fields
    return Tariff(
        days=DateRange(first, end), area=NumericRange(Decimal(area[0]), area[1]), **values
    )


def decide() -> None:
    """What the end of a transaction does."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def spans(model: Any) -> list[tuple[date, date | None]]:
    return [(row.days.lower, row.days.upper) for row in model.objects.order_by("days")]


# --- the database ---------------------------------------------------------------------------------------


def rows_with_a_gap(kind: str) -> list[Any]:
    first, second = (START, day(-9)), (day(-8), None)
    product = CloudProduct(code="C-9", name="پایه")
    province, city = make_province(), make_city()
    if kind == "vat":
        return [VatRate(basis_points=1, days=first), VatRate(basis_points=1, days=second)]
    if kind == "tariff":
        return [tariff(*first), tariff(*second)]
    if kind == "travel":
        return [
            TravelFee(province=province, city=city, days=d, price_rial=1) for d in (first, second)
        ]
    product.save()
    return [CloudTariff(product=product, level=1, days=d, price_rial=1) for d in (first, second)]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["vat", "tariff", "travel", "cloud"])
def test_the_database_refuses_a_day_without_a_price(kind: str) -> None:
    for row in rows_with_a_gap(kind):
        row.save()
    with pytest.raises(IntegrityError, match="no price on these days"), transaction.atomic():
        decide()
    type(row).objects.all().delete()


@pytest.mark.django_db
def test_the_database_refuses_to_lose_the_middle_of_three_prices() -> None:
    kept = [
        VatRate(basis_points=1, days=d) for d in ((START, day(1)), (day(1), day(2)), (day(2), None))
    ]
    for rate in kept:
        rate.save()
    decide()
    kept[1].delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        decide()
    VatRate.objects.all().delete()


@pytest.mark.django_db
def test_other_kinds_levels_provinces_and_cities_are_prices_of_their_own() -> None:
    province = make_province()
    tariff(START, day(-9)).save()
    tariff(day(5), None, level=3).save()
    tariff(day(5), None, kind="repeat").save()
    tariff(day(5), None, province=province).save()
    TravelFee(province=province, days=(START, day(1)), price_rial=1).save()
    TravelFee(province=province, city=make_city(), days=(day(3), None), price_rial=1).save()
    decide()
    assert Tariff.objects.count() == 4


@pytest.mark.django_db
def test_area_bands_may_be_cut_anew_as_long_as_each_area_has_a_price_every_day() -> None:
    for area in ((0, 50), (50, 200)):
        tariff(START, day(5), area).save()
    tariff(day(5), None, (0, 200)).save()
    decide()
    tariff(START, day(4), (200, None)).save()
    tariff(day(5), None, (200, None)).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        decide()
    Tariff.objects.all().delete()


@pytest.mark.django_db
def test_the_trigger_finds_a_hole_of_one_area_that_its_neighbours_hide() -> None:
    tariff(START, None, (0, 50)).save()
    tariff(START, day(1), (50, 200)).save()
    tariff(day(2), None, (50, 200)).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        decide()
    Tariff.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_two_who_each_see_no_gap_cannot_make_one_together() -> None:
    """One takes the last price away, the other enters the price after it, at the same time."""
    VatRate.objects.create(basis_points=900, days=(START, day(1)))
    last = VatRate.objects.create(basis_points=1000, days=(day(1), day(2)))
    together, refused = Barrier(2), []

    def act(what: Any) -> None:
        try:
            with transaction.atomic():
                what()
                together.wait(10)
        except IntegrityError as problem:
            refused.append(problem)
        finally:
            connection.close()

    later = partial(VatRate.objects.create, basis_points=1100, days=(day(2), None))
    threads = [Thread(target=act, args=(what,)) for what in (last.delete, later)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1


# --- the verbs ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_new_price_ends_the_one_before_it_and_holds_from_its_day_on() -> None:
    tariff(START, None).save()
    ended = price_changes.enter(tariff(day(10), None, price_rial=7_000_000))
    assert ended is not None
    assert spans(Tariff) == [(START, day(10)), (day(10), None)]
    for offset, price in ((9, 6_360_000), (10, 7_000_000)):
        assert [v.price_rial for v in price_list.tariffs_for(day(offset)).visits] == [price]


@pytest.mark.django_db
def test_a_price_between_two_takes_over_the_end_of_the_first() -> None:
    tariff(START, day(20)).save()
    tariff(day(20), None).save()
    price_changes.enter(tariff(day(10), None, price_rial=1))
    assert spans(Tariff) == [(START, day(10)), (day(10), day(20)), (day(20), None)]


@pytest.mark.django_db
@pytest.mark.parametrize("offset", [0, -1])
def test_todays_price_is_not_replaced_before_tomorrow(offset: int) -> None:
    VatRate(basis_points=900, days=(START, None)).save()
    with pytest.raises(PriceRefused) as caught:
        price_changes.enter(VatRate(basis_points=1000, days=DateRange(day(offset), None)))
    assert caught.value.field == "first_day"
    assert spans(VatRate) == [(START, None)]


@pytest.mark.django_db
def test_a_price_of_a_few_metres_or_of_one_city_stands_before_todays_from_tomorrow_only() -> None:
    """Else one of finance makes a friend's visit free within a minute."""
    tariff(START, None).save()
    province = make_province()
    TravelFee.objects.create(province=province, days=(START, None), price_rial=9)
    rows = [
        lambda first: tariff(first, None, area=(52, 53), province=province),
        lambda first: TravelFee(
            province=province, city=make_city(), days=DateRange(first, None), price_rial=0
        ),
    ]
    for row in rows:
        for first in (START, day(0)):
            with pytest.raises(PriceRefused) as refusal:
                price_changes.enter(row(first))
            assert refusal.value.field == "first_day"
        assert price_changes.enter(row(day(1))) is None


@pytest.mark.django_db
def test_a_future_price_is_taken_back_and_the_one_before_it_runs_on() -> None:
    tariff(START, None).save()
    row = tariff(day(10), None)
    price_changes.enter(row)
    price_changes.take_back(row)
    assert spans(Tariff) == [(START, None)]


@pytest.mark.django_db
def test_a_price_in_force_is_not_taken_back_and_not_rewritten() -> None:
    row = tariff(START, None)
    row.save()
    with pytest.raises(PriceRefused):
        price_changes.take_back(row)
    row.price_rial = 1
    with pytest.raises(PriceRefused):
        price_changes.change(row, ["price_rial"])
    row.refresh_from_db()
    assert row.price_rial == 6_360_000


@pytest.mark.django_db
@pytest.mark.parametrize(("offset", "may"), [(-1, False), (0, False), (1, True)])
def test_a_price_in_force_may_end_after_today_only(offset: int, may: bool) -> None:
    row = tariff(START, None)
    row.save()
    row.days = DateRange(START, day(offset))
    refusal = price_changes.refusal_of(partial(price_changes.change, row, ["days"]))
    assert (refusal is None) is may


@pytest.mark.django_db
def test_what_is_refused_names_the_days_without_a_price() -> None:
    VatRate(basis_points=900, days=(START, day(1))).save()
    with pytest.raises(PriceRefused) as caught:
        price_changes.enter(VatRate(basis_points=1000, days=DateRange(day(4), None)))
    assert jalali.format_date(day(1)) in caught.value.message
    assert jalali.format_date(day(3)) in caught.value.message


# --- the office -----------------------------------------------------------------------------------------


@pytest.fixture
def office(db: None) -> Client:
    roles.setup()
    return office_client(make_staff(Role.FINANCE))


FEE = {
    "kind": "first",
    "level": "4",
    "area_from": "",
    "area_to": "۵۰",
    "province": "",
    "last_day": "",
}


def test_finance_enters_a_new_price_from_a_day_on_and_takes_it_back(office: Client) -> None:
    old = tariff(START, None)
    old.save()
    listed = office.get(reverse("admin:billing_tariff_changelist")).content.decode()
    [way] = re.findall(
        r'<a href="(/office/billing/tariff/add/[^"]+)">قیمت تازه از تاریخ …</a>', listed
    )
    form = office.get(unescape(way)).context["adminform"].form
    assert [form[name].value() for name in ("kind", "level", "area_to")] == ["first", "4", "۵۰"]
    new = FEE | {"price_rial": "۷٬۰۰۰٬۰۰۰", "first_day": jalali.format_date(day(10))}
    assert office.post(reverse("admin:billing_tariff_add"), new).status_code == 302
    assert spans(Tariff) == [(START, day(10)), (day(10), None)]
    event = AuditEvent.objects.get(verb="price.enter")
    assert (event.detail["rial"], event.detail["ended"]) == (7_000_000, old.pk)

    later = Tariff.objects.get(price_rial=7_000_000)
    address = reverse("admin:billing_tariff_delete", args=[later.pk])
    assert office.post(address, {"post": "yes"}).status_code == 302
    assert spans(Tariff) == [(START, None)]
    assert AuditEvent.objects.filter(verb="price.take_back").count() == 1
    assert (
        office.post(
            reverse("admin:billing_tariff_delete", args=[old.pk]), {"post": "yes"}
        ).status_code
        == 403
    )


@pytest.mark.parametrize(
    ("first", "field_message"),
    [
        (4, "قیمتی برقرار نمی‌ماند"),
        (0, "زودتر از فردا آغاز نمی‌شود"),
        (-400, "زودتر از فردا آغاز نمی‌شود"),
    ],
)
def test_a_gap_and_a_price_from_today_are_refused_beside_the_field(
    office: Client, first: int, field_message: str
) -> None:
    tariff(START, day(1)).save()
    sent = FEE | {"price_rial": "1", "first_day": jalali.format_date(day(first))}
    answer = office.post(reverse("admin:billing_tariff_add"), sent)
    assert answer.status_code == 200
    assert field_message in str(answer.context["adminform"].form.errors["first_day"])
    assert Tariff.objects.count() == 1


def test_a_price_that_is_over_is_only_looked_at(office: Client) -> None:
    over = tariff(START, day(-1))
    over.save()
    address = reverse("admin:billing_tariff_change", args=[over.pk])
    page = office.get(address).content.decode()
    assert "۶٬۳۶۰٬۰۰۰" in page
    assert 'name="price_rial"' not in page
    assert office.post(address, FEE).status_code == 403


def test_a_future_price_is_corrected_and_its_subject_stays(office: Client) -> None:
    row = tariff(day(5), None)
    row.save()
    address = reverse("admin:billing_tariff_change", args=[row.pk])
    sent = FEE | {"level": "1", "price_rial": "8000000", "first_day": jalali.format_date(day(6))}
    assert office.post(address, sent).status_code == 302
    row.refresh_from_db()
    assert (row.level, row.price_rial, row.days.lower) == (4, 8_000_000, day(6))


def test_a_travel_fee_is_entered_for_a_city_of_its_own_province(office: Client) -> None:
    city, other = make_city(), make_province("بوشهر", "07")
    sent = {"city": str(city.pk), "price_rial": "900000", "first_day": "1403/01/01", "last_day": ""}
    address = reverse("admin:billing_travelfee_add")
    answer = office.post(address, sent | {"province": str(other.pk)})
    assert "این شهر در استان دیگری است" in answer.content.decode()
    assert office.post(address, sent | {"province": str(city.province_id)}).status_code == 302
    assert TravelFee.objects.get().city == city


def test_a_refused_end_is_told_beside_its_field_on_the_form(office: Client) -> None:
    row = tariff(START, None)
    row.save()
    page = reverse("admin:billing_tariff_change", args=[row.pk])
    shown = office.post(page, {"last_day": "1404/01/01"}).content.decode()
    assert 'name="last_day"' in shown
    assert "۱۴۰۴/۰۱/۰۱" in shown
    assert "None" not in shown
