"""The public pages that are kept: what staff or another process changed is there with the next request."""

from datetime import date

import pytest
from django.db import OperationalError, connection
from django.test import Client

from billing.models import CloudTariff, TravelFee
from septam import clock, editions
from sites.models import CloudProduct
from tests.make import (
    make_category,
    make_city,
    make_criteria,
    make_prices,
    make_province,
    unguarded_criteria,
)
from tests.people import make_owner

pytestmark = pytest.mark.django_db
START = date(2021, 3, 21)


def page(path: str, client: Client | None = None) -> str:
    answer = (client or Client()).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def _priced() -> None:
    make_prices()
    city = make_city("زاهدان", make_province("سیستان و بلوچستان", "16"))
    TravelFee.objects.create(
        province=city.province, city=city, days=(START, None), price_rial=900_000
    )
    product = CloudProduct.objects.create(code="C-1", name="سرویس ابری مخابرات", months=12)
    CloudTariff.objects.create(product=product, level=4, days=(START, None), price_rial=6_000_000)


# Plain SQL, as another process, a console or a restored table would do it: nothing of the portal is told.
PRICE_CHANGES = {
    "UPDATE billing_tariff SET price_rial = 7770000": "۷٬۷۷۰٬۰۰۰",
    "UPDATE billing_tariff SET is_sample = true": "داده نمونه",
    "UPDATE billing_vatrate SET basis_points = 1700": "۱۷ درصد",
    "UPDATE billing_travelfee SET price_rial = 880000": "۸۸۰٬۰۰۰",
    "UPDATE billing_cloudtariff SET price_rial = 5550000": "۵٬۵۵۰٬۰۰۰",
    "UPDATE septam_sites_cloudproduct SET months = 24": "۲۴ ماهه",
    "UPDATE septam_sites_province SET name = 'استانی دیگر' WHERE code = '16'": "استانی دیگر",
    "UPDATE septam_sites_city SET name = 'شهری دیگر' WHERE name = 'زاهدان'": "شهری دیگر",
    "DELETE FROM billing_tariff": "تعرفه‌ای ثبت نشده است",
}


@pytest.mark.usefixtures("_priced")
@pytest.mark.parametrize("change", PRICE_CHANGES)
def test_a_change_of_prices_is_on_the_next_page(change: str) -> None:
    assert PRICE_CHANGES[change] not in page("/prices/")
    page("/prices/")
    with connection.cursor() as cursor:
        cursor.execute(change)
    assert PRICE_CHANGES[change] in page("/prices/")


@pytest.mark.usefixtures("_priced")
def test_a_product_that_is_sold_no_longer_leaves_the_page() -> None:
    assert "سرویس ابری مخابرات" in page("/prices/")
    CloudProduct.objects.update(active=False)
    assert "سرویس ابری مخابرات" not in page("/prices/")


@pytest.mark.usefixtures("_priced")
def test_a_new_day_is_on_the_next_page() -> None:
    before = page("/prices/")
    clock.move_to(clock.now().replace(year=clock.now().year + 1))
    assert page("/prices/") != before


@pytest.mark.django_db(transaction=True)
def test_another_process_changes_a_price_and_the_page_follows_its_commit() -> None:
    make_prices()
    new = "۷٬۷۷۰٬۰۰۰"
    page("/prices/")
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("UPDATE billing_tariff SET price_rial = 7770000")
            assert new not in page("/prices/")
            other.commit()
            assert new in page("/prices/")
    finally:
        other.close()


CRITERIA_CHANGES = {
    "UPDATE septam_sites_category SET name = 'رسته دیگر'": "رسته دیگر",
    "UPDATE septam_sites_category SET level = 3": "SL3",
    "UPDATE inspections_criterion SET title = 'معیار دیگر'": "معیار دیگر",
    "UPDATE inspections_criteriaset SET is_sample = true": "داده نمونه",
    "UPDATE inspections_criteriaset SET published_at = NULL": "هنوز ضوابطی منتشر نشده",
}


@pytest.mark.parametrize("change", CRITERIA_CHANGES)
def test_a_change_of_criteria_is_on_the_next_page(change: str) -> None:
    make_criteria()
    path = f"/criteria/{make_category().pk}/"
    assert CRITERIA_CHANGES[change] not in page(path)
    with unguarded_criteria(), connection.cursor() as cursor:
        cursor.execute(change)
    assert CRITERIA_CHANGES[change] in page(path)


def test_a_new_version_of_the_criteria_is_on_the_next_page() -> None:
    make_criteria()
    path = f"/criteria/{make_category().pk}/"
    assert "نسخه ۲" not in page(path)
    make_criteria(2)
    assert "نسخه ۲" in page(path)


@pytest.mark.usefixtures("_priced")
def test_a_kept_page_costs_one_statement_for_announcements_and_for_what_it_shows(
    django_assert_num_queries: object,
) -> None:
    make_criteria()
    for path in ("/", "/check/", "/expert/", "/prices/", f"/criteria/{make_category().pk}/"):
        page(path)
        with django_assert_num_queries(1):  # type: ignore[operator]
            page(path)


@pytest.mark.usefixtures("_priced")
def test_a_kept_page_stands_as_it_was_while_the_database_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = page("/prices/")

    def away(*_names: str) -> tuple[int, ...]:
        raise OperationalError("the server closed the connection")

    with monkeypatch.context() as patch:
        patch.setattr(editions, "numbers", away)
        assert page("/prices/") == shown
    connection.cursor().execute("UPDATE billing_tariff SET price_rial = 7770000")
    assert "۷٬۷۷۰٬۰۰۰" in page("/prices/")


def test_an_owner_and_a_visitor_see_their_own_toolbars_whoever_comes_first() -> None:
    owner, visitor = Client(), Client()
    owner.force_login(make_owner())
    for path in ("/", "/prices/", "/check/"):
        assert "خروج" not in page(path, visitor)
        assert "خروج" in page(path, owner)
        assert "خروج" not in page(path, visitor)


def test_a_visitor_who_has_just_signed_out_is_told_so() -> None:
    client = Client()
    page("/", client)
    client.force_login(make_owner())
    told = client.post("/sign-out/", follow=True).content.decode()
    assert 'role="status"' in told
    assert 'role="status"' not in page("/")
