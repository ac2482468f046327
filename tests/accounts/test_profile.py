"""«مشخصات فردی»."""

from datetime import date, timedelta

import pytest
from django.test import Client

from accounts.holder import contact_phone, holder_of
from accounts.models import Profile, Role, User
from accounts.profile_form import ProfileForm
from septam import clock
from septam.digits import to_persian
from tests.accounts.steps import text_of, values
from tests.people import make_owner, make_staff, office_client

pytestmark = pytest.mark.django_db
PERSON = {
    "kind": "person",
    "name": "محمد حسینی",
    "national_id": "۰۴۹۹۳۷۰۸۹۹",
    "born_or_registered_on": "۱۳۶۰/۰۵/۱۲",
    "coordination_phone": "۰۹۳۵۷۶۵۴۳۲۱",
}
COMPANY = PERSON | {
    "kind": "company",
    "name": "شرکت نمونه",
    "national_id": "10380284790",
    "economic_number": "411111111111",
    "registrant_name": "محمد حسینی",
}


@pytest.fixture
def newcomer(client: Client) -> User:
    """An owner who has just signed in for the first time."""
    owner = make_owner(with_profile=False)
    client.force_login(owner)
    return owner


@pytest.mark.usefixtures("newcomer")
@pytest.mark.parametrize("address", ["/places/", "/history/", "/", "/notices/", "/password/"])
def test_an_owner_without_a_profile_is_led_to_its_form_from_every_page(
    client: Client, address: str
) -> None:
    assert client.get(address)["Location"] == "/profile/"


@pytest.mark.usefixtures("newcomer")
@pytest.mark.parametrize("address", ["/profile/", "/terms/", "/cookies/", "/guide/", "/support/"])
def test_the_form_the_terms_and_help_stay_open_before_it(client: Client, address: str) -> None:
    assert client.get(address).status_code == 200


def test_staff_are_not_asked_for_a_profile() -> None:
    assert office_client(make_staff(Role.SUPPORT)).get("/history/").status_code != 302


def test_the_form_is_prefilled_and_says_the_guides_words(client: Client, newcomer: User) -> None:
    page = client.get("/profile/")
    assert values(page)["name"] == "محمد حسینی"
    words = text_of(page)
    for phrase in (
        "مشخصات فردی", "نام شما یا شرکت", "شماره ملی", "شخص: ۱۰ رقم، شرکت: ۱۱ رقم، پیوسته", "تاریخ تولد یا ثبت",
        "تلفن (یا شماره جایگزین جهت هماهنگی)", "ذخیره", "گزینه‌های الزامی با * مشخص شده‌اند",
        f"نام کاربری: {newcomer.username}",
    ):  # fmt: skip
        assert phrase in words


def test_a_saved_profile_leads_to_my_places_and_is_not_asked_for_again(
    client: Client, newcomer: User
) -> None:
    assert client.post("/profile/", PERSON)["Location"] == "/places/"
    profile = Profile.objects.get(user=newcomer)
    assert profile.born_or_registered_on == date(1981, 8, 3)
    assert (profile.national_id, profile.coordination_phone) == ("0499370899", "09357654321")
    assert client.get("/history/").status_code != 302


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"name": ""}, "نام خود یا شرکت را بنویسید"),
        ({"national_id": ""}, "شماره ملی را بنویسید"),
        ({"national_id": "1234567"}, "شماره ملی شخص ۱۰ رقم است؛ عدد واردشده ۷ رقم دارد"),
        ({"national_id": "0499370898"}, "این شماره ملی معتبر نیست"),
        ({"born_or_registered_on": "۱۴۸۰/۰۱/۰۱"}, "۱۴۵۰"),
        ({"born_or_registered_on": "۱۳۶۰"}, "تاریخ را به صورت سال، ماه و روز بنویسید"),
        ({"coordination_phone": "123"}, "شماره"),
    ],
)
@pytest.mark.usefixtures("newcomer")
def test_a_wrong_value_is_named_and_nothing_typed_is_lost(
    client: Client, changes: dict[str, str], message: str
) -> None:
    answer = client.post("/profile/", PERSON | changes)
    assert message in text_of(answer)
    kept = values(answer)
    for name, was in (PERSON | changes).items():
        if name != "kind":
            assert kept[name] in (was, to_persian(was))
    assert not Profile.objects.exists()


@pytest.mark.usefixtures("newcomer")
def test_no_future_day_and_no_childs(client: Client) -> None:
    from septam.jalali import latin_date

    tomorrow = latin_date(clock.today() + timedelta(days=1))
    assert "تاریخ نباید پس از امروز باشد" in text_of(
        client.post("/profile/", PERSON | {"born_or_registered_on": tomorrow})
    )
    child = latin_date(clock.today() - timedelta(days=14 * 365))
    assert "سن ثبت‌کننده باید حداقل ۱۵ سال باشد" in text_of(
        client.post("/profile/", PERSON | {"born_or_registered_on": child})
    )


def test_a_company_may_be_young_and_gives_its_numbers_and_who_registers(
    client: Client, newcomer: User
) -> None:
    from septam.jalali import latin_date

    today = latin_date(clock.today())
    client.post("/profile/", COMPANY | {"born_or_registered_on": today})
    profile = Profile.objects.get(user=newcomer)
    assert (profile.economic_number, profile.registrant_name) == ("411111111111", "محمد حسینی")


@pytest.mark.usefixtures("newcomer")
def test_a_company_is_asked_for_what_only_companies_have(client: Client) -> None:
    answer = client.post("/profile/", COMPANY | {"economic_number": "", "registrant_name": ""})
    assert "شماره اقتصادی شرکت را بنویسید" in text_of(answer)
    assert "نام کسی را که برای شرکت ثبت نام می‌کند بنویسید" in text_of(answer)


def test_what_a_person_typed_for_companies_is_left_out(client: Client, newcomer: User) -> None:
    client.post("/profile/", PERSON | {"economic_number": "12", "registrant_name": "کسی"})
    profile = Profile.objects.get(user=newcomer)
    assert (profile.economic_number, profile.registrant_name) == ("", "")


def test_a_foreign_national_gives_the_faragir_code(client: Client, newcomer: User) -> None:
    client.post("/profile/", PERSON | {"kind": "foreign", "national_id": "123456789012"})
    assert Profile.objects.get(user=newcomer).national_id == "123456789012"


def test_the_profile_can_be_changed_later(client: Client) -> None:
    owner = make_owner()
    client.force_login(owner)
    client.post("/profile/", PERSON | {"name": "محمد حسینی‌نژاد"})
    assert Profile.objects.get(user=owner).name == "محمد حسینی‌نژاد"


def test_experts_get_the_coordination_phone_in_place_of_the_mobile() -> None:
    owner = make_owner()
    assert contact_phone(owner) == "09121234567"
    Profile.objects.filter(user=owner).update(coordination_phone="02188776655")
    assert contact_phone(User.objects.get(pk=owner.pk)) == "02188776655"


def test_the_holder_is_the_profiles_and_before_it_the_registrations() -> None:
    assert holder_of(make_owner()) == ("محمد حسینی", "0499370899", "person")
    assert holder_of(make_owner("09350000000", name="زهرا کریمی", with_profile=False))[:2] == (
        "زهرا کریمی",
        "",
    )


@pytest.mark.parametrize("name, fits", [("شرکت ۱۱۰ (سهامی خاص)", True), ("شرکت <الف>", False)])
def test_a_companys_name_may_hold_digits_and_no_markup(name: str, fits: bool) -> None:
    form = ProfileForm({"kind": "company", "name": name})
    assert form.has_error("name") is not fits


def test_a_persons_name_holds_no_digits() -> None:
    assert ProfileForm({"kind": "person", "name": "محمد ۲"}).has_error("name", "name")
