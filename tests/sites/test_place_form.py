"""The form of a place: half-filled, complete, wrong, searched without a script."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from sites import reference
from sites.models import Category, City, CloudProduct, Laboratory
from sites.place import Place, PlaceState
from tests.people import make_owner

pytestmark = pytest.mark.django_db

TABRIZ = "استان آذربایجان شرقی - تبریز"
GOLD = "طلا و جواهر فروشی"


@pytest.fixture(scope="module")
def _all_reference(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The whole reference data, once for all tests of this module."""
    with django_db_blocker.unblock(), transaction.atomic():
        reference.load_all()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def owner_client(_all_reference: None, client: Client) -> Client:
    """A signed-in owner's browser."""
    client.force_login(make_owner())
    return client


def sent(**changes: Any) -> dict[str, Any]:
    """What a browser sends for a whole place in Tabriz; a change to None leaves the field out."""
    values: dict[str, Any] = {
        "title": "طلافروشی حسینی", "sign_name": "گوهر", "category": GOLD, "postal_code": "۵۱۴۶۹۳۲۷۹۰",
        "area": "۳۸/۵", "city": TABRIZ, "address": "خیابان امام، پلاک ۱۲",
        "representative_name": "علی حسینی", "representative_phone": "۰۴۱ ۳۳۳۳۴۴۴۴",
        "laboratory": Laboratory.objects.get(code="L-03").pk, "connection": "local",
        "registrant_role": "owner", "complete": "on",
    }  # fmt: skip
    return {name: value for name, value in (values | changes).items() if value is not None}


def create(client: Client, **changes: Any) -> HttpResponse:
    """Send the form of a new place."""
    return client.post(reverse("sites:place_create"), sent(**changes))  # type: ignore[return-value]


def errors(response: HttpResponse) -> dict[str, list[str]]:
    """The messages of the form that came back, by field."""
    assert response.status_code == 200, "the form did not come back"
    found: dict[str, list[str]] = response.context["form"].errors  # type: ignore[attr-defined]
    return {name: [str(message) for message in messages] for name, messages in found.items()}


def test_the_new_place_asks_first_and_yes_leads_to_the_form(owner_client: Client) -> None:
    asked = owner_client.get(reverse("sites:place_new"))
    assert "بله" in asked.content.decode()
    answered = owner_client.post(reverse("sites:place_new"), {"answer": "yes"})
    assert answered["Location"] == reverse("sites:place_create")
    assert not Place.objects.exists()


def test_the_form_has_the_guides_words(owner_client: Client) -> None:
    page = owner_client.get(reverse("sites:place_create")).content.decode()
    for words in (
        "مشخصات", "عنوان محل", "نام تابلو", "رسته (مطابق فهرست)", "تایپ و از فهرست کلیک کنید", "کد پستی",
        "مساحت (متر مربع)", "استان و شهر", "آدرس و شماره تماس",
        "ثبت آدرس دقیق و تلفن (نماینده مستقر) جهت بازدید الزامی است", "سرویس و شماره تماس",
        "اطلاعات تکمیلی", "آزمایشگاه", "انتخاب آن به عهده شماست", "ارتباطات", "شبکه داخلی", "یادداشت توضیحی",
        "متن این قسمت تنها برای شما قابل مشاهده است", "به کارشناس نشان داده شود", "صاحب پروانه",
        "سمت ثبت‌کننده", "قابل تغییر یا اصلاح نیست", "اطلاعات محل تکمیل بوده و نیازمند اصلاحات نمی‌باشد.",
        "(جهت هماهنگی برای بازدید و صدور تأییدیه، تیک کردن این گزینه الزامی است)", "ثبت اطلاعات",
    ):  # fmt: skip
        assert words in page, words


def test_what_the_tick_demands_has_a_star_the_trade_too(owner_client: Client) -> None:
    page = owner_client.get(reverse("sites:place_create")).content.decode()
    for label in ("عنوان محل", "رسته (مطابق فهرست)", "کد پستی", "استان و شهر", "آزمایشگاه"):
        assert f'{label} <span class="star"' in page, label
    assert 'نام تابلو <span class="star"' not in page


def test_a_complete_place_is_saved_normalised_and_ready(owner_client: Client) -> None:
    response = create(owner_client, note="یادآوری", women_only="on")
    assert response["Location"] == reverse("portal:places")
    place = Place.objects.get()
    assert (place.state, place.postal_code, str(place.area)) == (
        PlaceState.READY,
        "5146932790",
        "38.50",
    )
    assert place.representative_phone == "04133334444"
    assert place.city
    assert place.city.label == TABRIZ
    assert place.category
    assert place.category.name == GOLD
    assert (place.women_only, place.note_shared) == (True, False)
    assert place.search_key == "طلافروشیحسینیگوهر"


def test_the_title_alone_is_enough_to_save_a_half_filled_place(owner_client: Client) -> None:
    response = owner_client.post(reverse("sites:place_create"), {"title": "شعبه دوم"})
    assert response.status_code == 302
    place = Place.objects.get()
    assert (place.state, place.title, place.city) == (PlaceState.DRAFT, "شعبه دوم", None)


def test_without_a_title_nothing_is_saved(owner_client: Client) -> None:
    assert set(errors(create(owner_client, title=" ", complete=None))) == {"title"}


def test_the_tick_demands_everything(owner_client: Client) -> None:
    response = owner_client.post(reverse("sites:place_create"), {"title": "الف", "complete": "on"})
    assert set(errors(response)) == {
        "category", "postal_code", "area", "city", "address", "representative_name", "representative_phone",
    }  # fmt: skip
    assert not Place.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("postal_code", "۵۱۴۶", "کد پستی ۱۰ رقم است"),
        ("postal_code", "۵۰۴۶۹۳۲۷۹۰", "پنج رقم"),
        ("area", "۰", "صفر"),
        ("area", "بزرگ", "متر مربع"),
        ("representative_phone", "۰۹۹۹", "رقم"),
        ("representative_phone", "041", "تلفن نماینده مستقر"),
        ("second_phone", "۱۲۳", "رقم"),
        ("title", "ا" * 81, "حداکثر ۸۰ حرف"),
        ("address", "ا" * 501, "حداکثر ۵۰۰ حرف"),
        ("note", "ا" * 1001, "حداکثر ۱۰۰۰ حرف"),
        ("connection", "radio", "radio"),
        ("city", "ناکجاآباد دور", "شهری با این نام پیدا نشد"),
        ("category", "فضانوردی", "رسته‌ای با این نام پیدا نشد"),
        ("cloud_product", "999999", ""),
        ("laboratory", "999999", "آزمایشگاه دیگری انتخاب کنید"),
        ("registrant_role", "king", "king"),
    ],
)
def test_a_wrong_value_is_told_beside_its_field_and_nothing_is_lost(
    owner_client: Client, field: str, value: str, message: str
) -> None:
    response = create(owner_client, **{field: value}, sign_name="گوهر <b>شب</b>")
    found = errors(response)
    assert set(found) == {field}
    assert message in " ".join(found[field])
    page = response.content.decode()
    assert "گوهر &lt;b&gt;شب&lt;/b&gt;" in page
    assert "علی حسینی" in page
    assert not Place.objects.exists()


@pytest.mark.parametrize("typed", ["۰۴۱۰۴۱۳۳۳۳۴۴۴۴", "33334444", "041-33334444"])
def test_the_area_code_of_the_province_is_put_before_a_landline_and_collapses(
    owner_client: Client, typed: str
) -> None:
    assert create(owner_client, representative_phone=typed).status_code == 302
    assert Place.objects.get().representative_phone == "04133334444"


def test_a_mobile_typed_after_the_prefilled_area_code_is_a_mobile(owner_client: Client) -> None:
    assert create(owner_client, representative_phone="۰۴۱۰۹۱۲۱۲۳۴۵۶۷").status_code == 302
    assert Place.objects.get().representative_phone == "09121234567"


def test_once_the_city_is_known_the_landlines_are_prefilled(owner_client: Client) -> None:
    response = create(owner_client, representative_phone="", cloud_landline="")
    assert 'name="cloud_landline" value="۰۴۱"' in response.content.decode()


def test_an_area_code_alone_counts_as_empty(owner_client: Client) -> None:
    assert create(owner_client, second_phone="", cloud_landline="۰۴۱").status_code == 302
    assert Place.objects.get().cloud_landline == ""


def test_a_cloud_service_needs_its_landline(owner_client: Client) -> None:
    product = CloudProduct.objects.get(code="C-01")
    assert set(errors(create(owner_client, cloud_product=product.pk))) == {"cloud_landline"}
    done = create(owner_client, cloud_product=product.pk, cloud_landline="۰۴۱۳۳۳۳۴۴۴۴")
    assert done.status_code == 302
    assert Place.objects.get().cloud_product == product


# ---- choosing a city and a category ----


def test_a_text_that_names_several_cities_comes_back_with_radio_buttons(
    owner_client: Client,
) -> None:
    response = create(owner_client, city="تب", laboratory=None)
    assert set(errors(response)) == {"city"}
    page = response.content.decode()
    tabriz = City.objects.get(name="تبریز")
    assert f'name="city_pick" value="{tabriz.pk}"' in page
    assert TABRIZ in page
    assert 'value="تب"' in page
    assert "طلافروشی حسینی" in page


def test_a_radio_button_chooses_for_the_text_it_answered_to(owner_client: Client) -> None:
    tabriz = City.objects.get(name="تبریز")
    done = create(owner_client, city="تب", city_asked="تب", city_pick=tabriz.pk)
    assert done.status_code == 302
    assert Place.objects.get().city == tabriz


def test_a_radio_button_means_nothing_beside_another_text(owner_client: Client) -> None:
    tabriz = City.objects.get(name="تبریز")
    response = create(owner_client, city="ارد", city_asked="تب", city_pick=tabriz.pk)
    assert "city" in errors(response)


def test_an_id_left_over_beside_another_text_chooses_nothing(owner_client: Client) -> None:
    shiraz = City.objects.get(name="شیراز")
    assert create(owner_client, city_id=shiraz.pk).status_code == 302
    place = Place.objects.get()
    assert place.city
    assert place.city.label == TABRIZ


@pytest.mark.parametrize("forged", ["999999999", "9" * 40, "x", "-1", "۱"])
def test_a_forged_id_chooses_nothing(owner_client: Client, forged: str) -> None:
    response = create(owner_client, city="تب", city_id=forged, city_pick=forged, city_asked="تب")
    assert set(errors(response)) == {"city"}


def test_a_homogeneous_name_as_it_is_offered_chooses_its_category(owner_client: Client) -> None:
    label = f"سکه‌فروشی - {GOLD}"
    gold = Category.objects.get(name=GOLD)
    assert create(owner_client, category=label, category_id=gold.pk).status_code == 302
    assert Place.objects.get().category == gold


def searched(client: Client, field: str, text: str, **others: str) -> str:
    """The page after a press of the field's search button; nothing is wrong on it, and nothing was saved."""
    sent = {"search": field, field: text, "sign_name": "گوهر", "complete": "on", **others}
    response = client.post(reverse("sites:place_create"), sent)
    assert errors(response) == {}  # type: ignore[arg-type]
    page = response.content.decode()
    assert "<title>خطا" not in page
    assert "error-summary" not in page
    assert 'value="گوهر"' in page
    assert page.count(f'id="id_{field}_found"') == 1  # where the button opens the page
    assert f'formaction="#id_{field}_found"' in page
    assert not Place.objects.exists()
    return page


def test_a_search_that_finds_several_shows_them_at_the_field_and_is_no_error(
    owner_client: Client,
) -> None:
    page = searched(owner_client, "city", "تب")
    assert '<fieldset class="choices" id="id_city_found"' in page
    assert 'value="تب"' in page
    assert TABRIZ in page


def test_a_search_that_finds_nothing_says_kindly_what_to_try(owner_client: Client) -> None:
    page = searched(owner_client, "city", "ناکجاآباد دور")
    assert 'id="id_city_found" tabindex="-1">شهری با این نام پیدا نشد' in page
    assert 'name="city_pick"' not in page


def test_a_search_for_an_unknown_trade_offers_them_all(owner_client: Client) -> None:
    page = searched(owner_client, "category", "فضانوردی")
    assert "رسته‌ای با این نام پیدا نشد" in page
    assert GOLD in page
    gold = Category.objects.get(name=GOLD)
    pick = {"category": "فضانوردی", "category_asked": "فضانوردی", "category_pick": gold.pk}
    assert create(owner_client, **pick).status_code == 302
    assert Place.objects.get().category == gold


def test_after_a_search_the_laboratories_of_the_city_are_listed(owner_client: Client) -> None:
    page = searched(owner_client, "city", "تبریز")
    assert f'value="{TABRIZ}"' in page
    assert "آزمایشگاه پایش آذرآبادگان (نمونه)" in page
    assert "آزمایشگاه کویر و خلیج" not in page


def test_searching_for_no_city_says_so(owner_client: Client) -> None:
    assert ">نخست بخشی از نام را بنویسید<" in searched(owner_client, "city", "")


def test_searching_for_no_category_offers_them_all_and_one_can_be_chosen(
    owner_client: Client,
) -> None:
    page = searched(owner_client, "category", "")
    gold = Category.objects.get(name=GOLD)
    assert f'name="category_pick" value="{gold.pk}"' in page
    assert "سطح ۴ (SL4)" in page
    done = create(owner_client, category="", category_asked="", category_pick=gold.pk)
    assert done.status_code == 302
    assert Place.objects.get().category == gold


def test_a_city_without_a_laboratory_says_so(owner_client: Client) -> None:
    Laboratory.objects.update(active=False)
    page = create(owner_client, laboratory=None).content.decode()
    assert "هنوز آزمایشگاهی این شهر را پوشش نمی‌دهد" in page


def test_a_laboratory_that_does_not_cover_the_city_is_refused(owner_client: Client) -> None:
    elsewhere = Laboratory.objects.get(code="L-10")
    assert set(errors(create(owner_client, laboratory=elsewhere.pk))) == {"laboratory"}


# ---- whose certificate, and the postal code's warnings ----


def test_who_acts_for_another_names_the_holder(owner_client: Client) -> None:
    found = errors(create(owner_client, registrant_role="attorney"))
    assert set(found) == {"holder_name", "holder_national_id"}
    done = create(
        owner_client,
        registrant_role="attorney",
        holder_name="زهرا کریمی",
        holder_national_id="۰۴۹۹۳۷۰۸۹۹",
    )
    assert done.status_code == 302
    assert Place.objects.get().holder_national_id == "0499370899"


def test_an_owner_who_names_another_holder_is_asked_for_the_role(owner_client: Client) -> None:
    assert set(errors(create(owner_client, holder_name="زهرا کریمی"))) == {"holder_name"}


def test_a_foreign_holders_code_is_taken(owner_client: Client) -> None:
    done = create(
        owner_client,
        registrant_role="deputy",
        holder_name="گل محمد",
        holder_national_id="۱۲۳۴۵۶۷۸۹۰۱۲",
    )
    assert done.status_code == 302


def test_a_postal_code_of_another_region_warns_and_can_be_gone_on_with(
    owner_client: Client,
) -> None:
    response = create(owner_client, postal_code="1416932790")
    assert set(errors(response)) == {"postal_sure"}
    assert "با همین ادامه می‌دهم" in response.content.decode()
    assert create(owner_client, postal_code="1416932790", postal_sure="on").status_code == 302


def test_the_same_postal_code_twice_warns(owner_client: Client) -> None:
    create(owner_client)
    second = {"title": "شعبه دوم"}
    assert "برای محل دیگری هم ثبت شده" in errors(create(owner_client, **second))["postal_sure"][0]
    assert create(owner_client, postal_sure="on", **second).status_code == 302


def test_another_owners_postal_code_is_not_given_away(owner_client: Client) -> None:
    create(owner_client)
    Place.objects.update(owner=make_owner("09350000001"))
    assert create(owner_client).status_code == 302


def test_the_tick_of_the_postal_code_is_not_shown_without_need(owner_client: Client) -> None:
    assert "postal_sure" not in owner_client.get(reverse("sites:place_create")).content.decode()


def test_a_second_press_of_the_button_makes_no_second_place(owner_client: Client) -> None:
    create(owner_client, postal_sure="on")
    create(owner_client, postal_sure="on")
    assert Place.objects.count() == 1
