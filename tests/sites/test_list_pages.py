"""Suggestions while one types, and the list of categories for everybody."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from sites.models import Category
from tests.make import make_category, make_city, make_laboratory, make_province

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _some_rows() -> None:
    """Two provinces with a city each, two categories, one laboratory."""
    make_city("تبریز", make_province("آذربایجان شرقی", "01", "041"))
    make_laboratory(city=make_city("تهران"))
    make_category()
    make_category("نانوایی", level=1)


def test_a_city_is_suggested_with_its_province_by_one_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    address = reverse("sites:city_suggest")
    client.get(address, {"q": "تب"})
    with django_assert_num_queries(1):  # the edition of the names: what was found for it is kept
        answer = client.get(address, {"q": "تب"})
    assert [item["label"] for item in answer.json()["items"]] == ["استان آذربایجان شرقی - تبریز"]
    assert answer.json()["say"] == "۱ پیشنهاد"


def test_a_name_that_changes_is_suggested_with_the_next_letter(client: Client) -> None:
    def labels(name: str, typed: str) -> list[str]:
        answer = client.get(reverse(f"sites:{name}_suggest"), {"q": typed})
        return [item["label"] for item in answer.json()["items"]]

    assert labels("category", "نان") == ["نانوایی"]
    assert labels("city", "تب") == ["استان آذربایجان شرقی - تبریز"]
    Category.objects.filter(name="نانوایی").update(active=False)
    make_city("تبادکان", make_province("خراسان رضوی", "09", "051"))
    assert labels("category", "نان") == []
    assert len(labels("city", "تب")) == 2
    assert any(label.endswith("تبادکان") for label in labels("city", "تب"))


def test_a_category_is_suggested_with_its_level_and_nothing_found_says_what_to_try(
    client: Client,
) -> None:
    address = reverse("sites:category_suggest")
    item = {"id": str(make_category().pk), "label": "طلا و جواهر فروشی", "note": "سطح ۴ (SL4)"}
    assert client.get(address, {"q": "جواهر"}).json()["items"] == [item]
    assert "با واژه دیگری بنویسید" in client.get(address, {"q": "فضانورد"}).json()["say"]


def test_suggestions_may_be_cached_by_all_and_carry_no_cookie(client: Client) -> None:
    answer = client.get(reverse("sites:category_suggest"), {"q": "نان"})
    assert "public" in answer["Cache-Control"]
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")


@pytest.mark.parametrize("name", ["city_suggest", "category_suggest", "category_browse"])
def test_lists_are_read_only(client: Client, name: str) -> None:
    assert client.post(reverse(f"sites:{name}"), {"q": "تب"}).status_code == 405


@pytest.mark.parametrize("typed", ["", "%", "_", "\\", "ت" * 5000, "'; --"])
def test_odd_texts_suggest_nothing(client: Client, typed: str) -> None:
    answer = client.get(reverse("sites:city_suggest"), {"q": typed})
    assert answer.json()["items"] == []


def test_the_laboratories_of_a_city_come_as_radio_buttons(client: Client) -> None:
    address = reverse("sites:laboratory_choices")
    choices = client.get(address, {"city": make_city("تهران").pk})
    assert 'type="radio" name="laboratory"' in choices.content.decode()
    assert "آزمایشگاه آتن" in choices.content.decode()
    assert "مرکز آن: استان تهران - تهران" in choices.content.decode()
    assert "public" in choices["Cache-Control"]
    nobody = client.get(address, {"city": make_city("تبریز", make_province("آذربایجان شرقی")).pk})
    assert "هنوز آزمایشگاهی این شهر را پوشش نمی‌دهد" in nobody.content.decode()
    for odd in ("", "0", "x", "9" * 50):
        assert client.get(address, {"city": odd}).content.decode().strip() == ""


def test_the_whole_list_stands_by_level_with_links_to_the_criteria(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(3):
        page = client.get(reverse("sites:category_browse")).content.decode()
    assert page.index("سطح ۱ (SL1)") < page.index("نانوایی") < page.index("سطح ۴ (SL4)")
    assert reverse("inspections:criteria", args=[make_category().pk]) in page


def test_the_list_is_searched_and_says_when_nothing_is_found(client: Client) -> None:
    page = client.get(reverse("sites:category_browse"), {"q": "جواهر"}).content.decode()
    assert "طلا و جواهر فروشی" in page
    assert "نانوایی" not in page
    empty = client.get(reverse("sites:category_browse"), {"q": "<b>فضا"}).content.decode()
    assert "پیدا نشد" in empty
    assert "&lt;b&gt;فضا" in empty


def test_the_list_says_when_it_is_sample_data(client: Client) -> None:
    assert (
        "داده نمونه؛ فهرست رسمی نیست"
        not in client.get(reverse("sites:category_browse")).content.decode()
    )
    Category.objects.update(is_sample=True)
    page = client.get(reverse("sites:category_browse")).content.decode()
    assert "داده نمونه؛ فهرست رسمی نیست" in page
