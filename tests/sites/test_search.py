"""Cities, categories and laboratories are found however people spell them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from septam import clock
from septam.text import search_key
from sites import reference, search, spelling
from sites.models import Category, CategoryName, City, CloudProduct, Coverage, Laboratory
from sites.offered import offered, with_hint

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def all_reference(django_db_setup: None, django_db_blocker: object) -> object:
    """The whole reference data, once for all tests of this module."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        reference.load_all()
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _loaded(all_reference: object) -> None:
    """Every test here searches in the whole data."""


def labels(text: str) -> list[str]:
    """The labels that are offered for a typed city."""
    return [city.label for city in search.cities(text)[0]]


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("تب", "استان آذربایجان شرقی - تبریز"),
        ("كازرون", "استان فارس - کازرون"),
        ("قائمشهر", "استان مازندران - قائم‌شهر"),
        ("قائم شهر", "استان مازندران - قائم‌شهر"),
        ("قايم‌شهر", "استان مازندران - قائم‌شهر"),
        ("شهرکرد", "استان چهارمحال و بختیاری - شهرکرد"),
        ("استان تهران - ری", "استان تهران - ری"),
        ("تهران ری", "استان تهران - ری"),
        ("آذربایجان شرقی، تبر", "استان آذربایجان شرقی - تبریز"),
    ],
)
def test_a_city_is_offered_for_every_spelling(typed: str, label: str) -> None:
    assert label in labels(typed)


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("رشط", "استان گیلان - رشت"),
        ("مشحد", "استان خراسان رضوی - مشهد"),
        ("تبریض", "استان آذربایجان شرقی - تبریز"),
        ("تبرز", "استان آذربایجان شرقی - تبریز"),
        ("نیشاپور", "استان خراسان رضوی - نیشابور"),
        ("بندر عباسس", "استان هرمزگان - بندرعباس"),
        ("قائم شخر", "استان مازندران - قائم‌شهر"),
        ("رشت گیلان", "استان گیلان - رشت"),
        ("گیلان رشت", "استان گیلان - رشت"),
    ],
)
def test_a_misspelt_city_is_the_first_that_is_offered(typed: str, label: str) -> None:
    assert labels(typed)[0] == label


def test_what_is_spelt_right_brings_nothing_that_is_merely_alike() -> None:
    assert labels("مشهد") == ["استان خراسان رضوی - مشهد", "استان خراسان رضوی - مشهد ریزه"]
    assert labels("زز") == []


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("طلافروشی", "طلا و جواهر فروشی"),
        ("طلا فروشی ها", "طلا و جواهر فروشی"),
        ("طلافروشی‌ها", "طلا و جواهر فروشی"),
        ("تلا فروشي", "طلا و جواهر فروشی"),
        ("طلا و جواهرات", "طلا و جواهر فروشی"),
        ("مغازه طلا", "طلا و جواهر فروشی"),
        ("زرگری‌ها", "طلا و جواهر فروشی"),
        ("مبایل", "تلفن همراه و لوازم جانبی"),
        ("قهوه خانه ای", "کافه و قهوه‌خانه"),
        ("خاربار", "خواربارفروشی و سوپرمارکت"),
        ("نان وایی", "نانوایی"),
        ("سوپری", "خواربارفروشی و سوپرمارکت"),
        ("آرایشگاه زنانه", "آرایشگاه و سالن زیبایی"),
    ],
)
def test_a_category_is_found_as_people_name_it(typed: str, name: str) -> None:
    assert name in {found.category.name for found in search.categories(typed)[0]}


def test_a_trade_is_not_taken_for_another_that_only_ends_in_the_same_house() -> None:
    assert search.categories("دارو خانه") == ([], 0)
    assert "کافه و قهوه‌خانه" in {name.category.name for name in search.categories("خانه")[0]}


@pytest.mark.parametrize("typed", ["طلا", "تلا فروشی ها", "طلا فروشی های"])
def test_what_merely_holds_the_same_sounds_is_not_in_the_way(typed: str) -> None:
    found, total = search.categories(typed)
    assert {name.category.name for name in found} <= {
        "طلا و جواهر فروشی",
        "ساخت و تعمیر طلا و جواهر",
    }
    assert total == len(found)


def test_the_columns_of_sounds_are_what_the_text_is_folded_to() -> None:
    for city in City.objects.select_related("province"):
        parts = (city.search_key, search_key(city.province.name))
        assert city.near_key == " ".join(map(spelling.sound, parts))
    for name in CategoryName.objects.all():
        assert name.near_key == spelling.sound(name.search_key)


@pytest.mark.parametrize("typed", ["ری", "رست", "رشتت", "گیلان رشت", "بندر عباسس"])
def test_a_keystrokes_answer_can_be_found_by_an_index_alone(typed: str) -> None:
    with CaptureQueriesContext(connection) as asked, connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        search.cities(typed)
        cursor.execute(f"EXPLAIN {asked[-1]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "city_near" in plan
    assert "Seq Scan on septam_sites_city" not in plan


def test_names_that_begin_with_the_text_come_before_those_that_hold_it() -> None:
    found, _ = search.cities("شهر")
    begins = [city.search_key.startswith("شهر") for city in found]
    assert begins == sorted(begins, reverse=True)


def test_the_city_itself_comes_first_and_its_province_after() -> None:
    assert labels("تهران")[0] == "استان تهران - تهران"
    assert all("استان تهران" in label for label in labels("تهران"))


def test_at_most_15_are_offered_and_the_total_is_told() -> None:
    found, total = search.cities("آباد")
    assert len(found) == 15
    assert total > 100


@pytest.mark.parametrize("typed", ["", "  ", "\u200c", "-"])
def test_nothing_typed_offers_nothing(typed: str) -> None:
    assert search.cities(typed) == ([], 0)
    assert search.categories(typed) == ([], 0)


def test_each_search_is_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        assert labels("تب")
    with django_assert_num_queries(1):
        assert labels("مشحد")
    with django_assert_num_queries(1):
        assert [name.label for name in search.categories("طلا")[0]]


def test_a_name_that_two_provinces_share_is_exact_only_with_its_province() -> None:
    assert search.exact_city("خرم‌آباد") is None
    found = search.exact_city("استان لرستان - خرم اباد")
    assert found is not None
    assert found.province.name == "لرستان"


def test_a_city_is_exact_by_its_name_alone_where_no_other_has_it() -> None:
    found = search.exact_city("قائمشهر")
    assert found is not None
    assert found.label == "استان مازندران - قائم‌شهر"
    assert search.exact_city("تبر") is None


def test_a_city_named_like_the_word_province_keeps_its_beginning() -> None:
    assert any("آستانه" in label for label in labels("آستانه"))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("طلا و جواهر", "طلا و جواهر فروشی"),
        ("جواهر فروشی", "طلا و جواهر فروشی"),
        ("موبايل", "تلفن همراه و لوازم جانبی"),
        ("ارز", "صرافی"),
    ],
)
def test_a_category_is_found_by_a_homogeneous_name_too(typed: str, name: str) -> None:
    assert name in {found.category.name for found in search.categories(typed)[0]}


def test_a_homogeneous_name_says_its_category_and_that_label_is_exact() -> None:
    found = next(name for name in search.categories("سکه‌فروشی")[0])
    assert found.label == "سکه‌فروشی - طلا و جواهر فروشی"
    assert search.exact_category(found.label) == found.category
    assert search.exact_category("صرافي") == Category.objects.get(name="صرافی")
    assert search.exact_category("طلا") is None


def test_an_inactive_category_is_not_offered() -> None:
    Category.objects.filter(name="صرافی").update(active=False)
    assert search.exact_category("صرافی") is None
    assert "صرافی" not in {found.category.name for found in search.categories("صرافی")[0]}


def test_the_laboratories_of_a_city_are_those_that_cover_it() -> None:
    tabriz = search.exact_city("تبریز")
    assert tabriz is not None
    codes = {laboratory.code for laboratory in search.laboratories_for(tabriz)}
    assert codes == {"L-01", "L-03"}


def test_a_laboratory_may_cover_one_city_of_a_province() -> None:
    shiraz, fasa = City.objects.get(name="شیراز"), City.objects.get(name="فسا")
    laboratory = Laboratory.objects.create(code="X", name="یک‌شهری", city=shiraz)
    Coverage.objects.create(laboratory=laboratory, province=fasa.province, city=fasa)
    Coverage.objects.create(laboratory=laboratory, province=fasa.province, city=shiraz)
    assert laboratory in search.laboratories_for(fasa)
    assert laboratory not in search.laboratories_for(City.objects.get(name="جهرم"))
    Laboratory.objects.filter(code="X").update(active=False)
    assert laboratory not in search.laboratories_for(fasa)


def test_the_form_of_a_place_offers_what_covers_its_city_in_the_same_order() -> None:
    shiraz = City.objects.get(name="شیراز")
    one_city = Laboratory.objects.create(code="X", name="<یک‌شهری>", city=shiraz)
    Coverage.objects.create(laboratory=one_city, province=shiraz.province, city=shiraz)
    today = clock.today()
    Laboratory.objects.filter(code="L-01").update(licence_until=today)
    Laboratory.objects.filter(code="L-02").update(licence_until=today - timedelta(days=1))
    Laboratory.objects.filter(code="L-03").update(active=False)
    CloudProduct.objects.create(
        code="0", name="ابر پیشین", months=6, terms="۳ دوربین", active=False
    )
    CloudProduct.objects.create(code="00", name="ابر", months=6, terms="<۳> دوربین")
    for name in ("شیراز", "فسا", "تبریز", "تهران", "رشت"):
        city = City.objects.select_related("province").get(name=name)
        covering = search.laboratories_for(city)
        shown = [(one.pk, with_hint(one.name, search.seat_of(one))) for one in covering]
        assert offered(city).laboratories == shown, name
    active = CloudProduct.objects.filter(active=True).order_by("code")
    assert offered(None).laboratories == []
    assert offered(None).products == [(one.pk, with_hint(one.label, one.terms)) for one in active]
    assert "&lt;۳&gt;" in offered(None).products[0][1]


def test_a_laboratory_whose_licence_ran_out_is_not_offered() -> None:
    tabriz = search.exact_city("تبریز")
    assert tabriz is not None
    today = clock.today()
    Laboratory.objects.filter(code="L-01").update(licence_until=today - timedelta(days=1))
    Laboratory.objects.filter(code="L-03").update(licence_until=today)
    assert [laboratory.code for laboratory in search.laboratories_for(tabriz)] == ["L-03"]
