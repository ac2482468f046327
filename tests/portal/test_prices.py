"""The public price page: the list of the day, and what one visit would cost."""

import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client

from billing.cart import cart_of
from billing.models import CloudTariff, TravelFee
from septam import clock
from sites.models import CloudProduct
from tests.billing.bank import make_cart
from tests.make import make_category, make_city, make_prices, make_province
from tests.people import make_owner

pytestmark = pytest.mark.django_db
START = date(2021, 3, 21)


def asked(**fields: str) -> str:
    answer = Client().get("/prices/", fields)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def _priced() -> None:
    make_prices()
    make_category()
    city = make_city("زاهدان", make_province("سیستان و بلوچستان", "16"))
    make_city("زابل", city.province)
    for where, price in ((None, 1_800_000), (city, 900_000)):
        TravelFee.objects.create(
            province=city.province, city=where, days=(START, None), price_rial=price, is_sample=True
        )
    product = CloudProduct.objects.create(code="C-1", name="سرویس ابری مخابرات", months=12)
    CloudTariff.objects.create(product=product, level=4, days=(START, None), price_rial=6_000_000)


ASKED = {"category": "طلا و جواهر فروشی", "area": "۳۸/۵"}


@pytest.mark.usefixtures("_priced")
@pytest.mark.parametrize(
    ("city", "travel", "total"),
    [("زاهدان", "۹۰۰٬۰۰۰", "۷٬۹۸۶٬۰۰۰"), ("زابل", "۱٬۸۰۰٬۰۰۰", "۸٬۹۷۶٬۰۰۰")],
)
def test_the_calculator_gives_the_sum_of_a_visit_in_a_city(
    city: str, travel: str, total: str
) -> None:
    page = asked(**ASKED, city=city)
    answer = page[page.index('id="answer"') : page.index("محاسبه هزینه بازدید شما")]
    for word in (
        "سطح ۴ (SL4)",
        "هزینه کارشناسی",
        "۶٬۳۶۰٬۰۰۰",
        "ایاب و ذهاب",
        travel,
        "قابل پرداخت (ریال)",
        total,
    ):
        assert word in answer


@pytest.mark.usefixtures("_priced")
def test_what_was_told_to_the_calculator_outlasts_the_sign_in_and_begins_the_form_once() -> None:
    browser = Client()
    page = browser.get("/prices/", ASKED | {"city": "زابل"}).content.decode()
    link = re.search(r'href="(/places/new/\?category=[^"]+)"', page)
    assert link is not None
    assert "/sign-in/" in browser.get(unescape(link[1]))["Location"]
    browser.force_login(make_owner())
    form = browser.get("/places/new/form/").context["form"]
    begun = [form.initial.get(name) for name in ("category", "city", "area")]
    assert begun == ["طلا و جواهر فروشی", "استان سیستان و بلوچستان - زابل", Decimal("38.5")]
    browser.post("/places/new/form/", {"title": "طلافروشی حسینی"})
    assert browser.get("/places/new/form/").context["form"].initial == {}


@pytest.mark.usefixtures("_priced")
def test_of_a_province_or_nonsense_the_form_begins_with_what_is_known() -> None:
    browser = Client()
    browser.force_login(make_owner())
    browser.get("/places/new/", {"category": "9" * 40, "area": "x", "city": "-1"})
    assert browser.get("/places/new/form/").context["form"].initial == {}


def test_the_calculator_says_what_the_cart_asks_for() -> None:
    owner = make_owner()
    make_cart(owner)
    TravelFee.objects.create(province=make_province(), days=(START, None), price_rial=500_001)
    page = Client().get("/prices/", ASKED | {"city": "استان تهران - تهران"})
    answer = page.context["calculated"].first
    [line] = cart_of(owner).lines
    assert line.quote == answer
    assert [part.amount_rial for part in answer.lines] == [6_360_000, 500_001]
    assert answer.vat_rial == 636_000 + 50_000


@pytest.mark.usefixtures("_priced")
@pytest.mark.parametrize("where", ["سیستان و بلوچستان", "استان سيستان و بلوچستان"])
def test_a_whole_province_has_a_price_too_and_cities_that_differ_are_told(where: str) -> None:
    page = asked(**ASKED, city=where)
    answer = page[page.index('id="answer"') :]
    for word in ("استان سیستان و بلوچستان", "۱٬۸۰۰٬۰۰۰", "۸٬۹۷۶٬۰۰۰", "در برخی شهرهای این استان"):
        assert word in answer


@pytest.mark.usefixtures("_priced")
def test_a_province_is_offered_before_its_cities_by_the_same_one_search(
    django_assert_num_queries: Any,
) -> None:
    def offered() -> Any:
        return Client().get("/suggest/localities/", {"q": "سیستان"}).json()["items"]

    with django_assert_num_queries(2):  # the edition of the names, and a search: its answer is kept
        items = offered()
    with django_assert_num_queries(1):
        assert offered() == items
    assert [item["label"] for item in items][:2] == [
        "استان سیستان و بلوچستان",
        "استان سیستان و بلوچستان - زابل",
    ]
    page = Client().get("/prices/", ASKED | {"city": items[0]["label"], "city_id": items[0]["id"]})
    assert page.context["calculated"].first.payable_rial == 8_976_000


@pytest.mark.usefixtures("_priced")
def test_the_calculator_offers_near_names_and_says_what_is_missing() -> None:
    page = asked(category="طلا", area="", city="زا")
    assert "مساحت" in page
    assert 'name="city_pick"' in page
    assert 'name="category_pick"' in page
    for what in ("رسته", "شهر یا استان"):
        assert f">{what} را از نام‌های یافته‌شده انتخاب کنید</a>" in page
    # The page opens at what is wrong, beside the form; the long tables wait folded behind it.
    assert page.index('id="answer"') < page.index('id="error-summary"') < page.index('id="ask"')
    assert page.index('id="ask"') < page.index("<details>") < page.index("سطح ۴ (SL4)</h2>")


@pytest.mark.usefixtures("_priced")
def test_a_search_button_shows_what_it_finds_at_its_field_and_complains_of_nothing() -> None:
    page = asked(category="", area="", city="زا", search="city")
    assert 'name="city_pick"' in page
    assert "error-summary" not in page
    assert "مساحت (متر مربع) را وارد کنید" not in page
    # On the home page too: there the form is answered by another page.
    assert 'formaction="/prices/#id_city_found"' in Client().get("/").content.decode()


@pytest.mark.usefixtures("_priced")
@pytest.mark.parametrize("area", ["0", "-3", "abc", "9" * 50])
def test_an_area_that_cannot_be_is_refused_beside_the_field(area: str) -> None:
    page = Client().get("/prices/", ASKED | {"area": area, "city": "زابل"})
    assert page.status_code == 200
    assert page.context["form"].errors["area"]
    assert page.context["calculated"] is None


@pytest.mark.usefixtures("_priced")
def test_a_category_alone_is_filled_in_without_complaint() -> None:
    page = asked(category="طلا و جواهر فروشی")
    assert 'value="طلا و جواهر فروشی"' in page
    assert "را وارد کنید" not in page


@pytest.mark.usefixtures("_priced")
def test_the_list_shows_cloud_services_with_their_periods_and_travel_fees() -> None:
    page = asked()
    for words in (
        "سرویس ابری مخابرات – ۱۲ ماهه",
        "۶٬۰۰۰٬۰۰۰",
        "سیستان و بلوچستان - زاهدان",
        "۹۰۰٬۰۰۰",
    ):
        assert words in page
    assert "داده نمونه" in page


@pytest.mark.usefixtures("_priced")
def test_list_and_names_cost_a_query_each_and_so_do_category_and_city(
    django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "offset", timedelta)  # only a demo and the tests ask for it
    editions = 1  # twice: before the page is rendered, and whether it may be kept after that
    with django_assert_num_queries(2 + 2 * editions):
        asked()
    with django_assert_num_queries(editions):
        asked()
    with django_assert_num_queries(4):
        asked(**ASKED, city="زابل")
