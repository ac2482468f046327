"""«کمک به ورود»: how support helps a caller into an account without reading or saying a secret."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from accounts import passwords
from accounts.models import Profile, Role, User
from notifications.models import SmsMessage, SmsState
from septam import clock
from septam.digits import to_latin
from septam.models import AuditEvent
from tests.accounts.steps import page, secret_of
from tests.make import make_place
from tests.people import make_owner, make_staff, office_client

pytestmark = pytest.mark.django_db
RIGHT = {"national_id_end": "۰۸۹۹", "born_on": "۱۳۶۰/۰۵/۱۲"}


@pytest.fixture
def owner() -> User:
    """An owner with a birth date and a place."""
    owner = make_owner()
    Profile.objects.filter(user=owner).update(born_or_registered_on=date(1981, 8, 3))
    make_place(owner)
    return owner


@pytest.fixture
def support() -> User:
    """A member of support."""
    return make_staff(Role.SUPPORT, username="support")


def address(person: User) -> str:
    """The page about this person."""
    return f"/office/accounts/user/{person.pk}/help/"


def check(client: Client, person: User, answers: dict[str, str]) -> str:
    """Send the answers; the words of the page that follows."""
    answer = client.post(address(person), {"check": "1", **answers}, follow=True)
    return " ".join(page(answer).xpath("string(//body)").split())


def test_support_finds_the_person_checks_the_caller_and_sends_to_the_registered_mobile_alone(
    owner: User, support: User
) -> None:
    client = office_client(support)
    found = client.get("/office/accounts/user/", {"q": "حسینی"}).content.decode()
    assert f"/office/accounts/user/{owner.pk}/change/" in found
    assert (
        address(owner) in client.get(f"/office/accounts/user/{owner.pk}/change/").content.decode()
    )
    assert "پاسخ‌ها درست است" in check(client, owner, RIGHT)
    sent = client.post(address(owner), {"send": "1", "mobile": "09350000000"}, follow=True)
    assert "رمز تازه به شماره همراه ثبت‌شده ارسال می‌شود" in sent.content.decode()
    message = SmsMessage.objects.get()
    assert (message.event, message.mobile) == ("recovery.password", "09121234567")
    assert passwords.matches(owner, secret_of("recovery.password"))
    verbs = AuditEvent.objects.filter(actor_id=support.pk).values_list("verb", flat=True)
    assert {"account.identity_check", "account.send_password", "office.view"} <= set(verbs)


@pytest.mark.parametrize(
    "answers",
    [
        {"national_id_end": "0899", "last_name": "كريمي"},
        {"national_id_end": "0898", "born_on": "1360/05/12"},
        {"national_id_end": "0899", "born_on": "1360/05/13", "last_name": "حسینی"},
        {"national_id_end": "0899", "postal_code": "1969833113"},
    ],
)
def test_one_wrong_answer_fails_the_check_and_which_one_is_not_told(
    owner: User, support: User, answers: dict[str, str]
) -> None:
    client = office_client(support)
    assert "اینکه کدام پاسخ نادرست است گفته نمی‌شود" in check(client, owner, answers)
    client.post(address(owner), {"send": "1"})
    assert not SmsMessage.objects.exists()
    event = AuditEvent.objects.get(verb="account.identity_check")
    assert event.detail == {
        "asked": sorted(answers), "passed": False, "limited": False, "as": ["support:0"],
    }  # fmt: skip


@pytest.mark.parametrize("other", ["born_on", "postal_code", "last_name"])
def test_the_national_id_and_any_second_answer_are_enough(
    owner: User, support: User, other: str
) -> None:
    place = owner.places.get()
    known = {"born_on": "1360/5/12", "postal_code": place.postal_code, "last_name": "حسيني"}
    answers = {"national_id_end": "0899", other: known[other]}
    assert "پاسخ‌ها درست است" in check(office_client(support), owner, answers)


@pytest.mark.parametrize(
    "answers, words",
    [
        ({"national_id_end": "0899"}, "یک پرسش دیگر هم بپرسید"),
        ({"born_on": "1360/05/12", "last_name": "حسینی"}, "تنها چهار رقم آخر را بنویسید"),
        ({"national_id_end": "0499370899", "last_name": "حسینی"}, "تنها چهار رقم آخر را بنویسید"),
        ({"national_id_end": "۰۸۹۹", "born_on": "1360/13/12"}, "ماه"),
        ({"national_id_end": "۰۸۹۹", "postal_code": "12"}, "کد پستی ۱۰ رقم"),
    ],
)
def test_too_few_or_misspelt_answers_are_told_beside_their_field_and_count_as_no_try(
    owner: User, support: User, answers: dict[str, str], words: str
) -> None:
    assert words in check(office_client(support), owner, answers)
    assert not AuditEvent.objects.filter(verb="account.identity_check").exists()


def test_after_five_checks_of_a_person_even_right_answers_wait_for_whoever_asks(
    owner: User, support: User
) -> None:
    for name in ("first", "second", "third", "fourth", "fifth"):
        member = office_client(make_staff(Role.SUPPORT, username=name))
        check(member, owner, {"national_id_end": "1111", "last_name": "حسینی"})
    words = check(office_client(support), owner, RIGHT)
    assert "لطفاً ۲۴ ساعت دیگر دوباره تلاش کنید" in words
    assert AuditEvent.objects.latest("pk").verb == "office.view"
    event = AuditEvent.objects.filter(verb="account.identity_check").latest("pk")
    assert event.detail["limited"]
    assert not event.detail["passed"]


def test_a_check_counts_for_ten_minutes_for_that_person_and_that_member_alone(
    owner: User, support: User
) -> None:
    other = make_owner("09357654321", name="زهرا کریمی")
    client = office_client(support)
    check(client, owner, RIGHT)
    client.post(address(other), {"send": "1"})
    office_client(make_staff(Role.SUPPORT)).post(address(owner), {"send": "1"})
    clock.move_to(clock.now() + timedelta(minutes=10, seconds=1))
    client.post(address(owner), {"send": "1"})
    assert not SmsMessage.objects.exists()


def test_support_sends_a_person_three_passwords_a_day_at_most(owner: User, support: User) -> None:
    client = office_client(support)
    check(client, owner, RIGHT)
    for _time in range(4):
        answer = client.post(address(owner), {"send": "1"}, follow=True)
    assert SmsMessage.objects.count() == 3
    assert "ارسال بعدی ۲۴ ساعت دیگر ممکن می‌شود" in answer.content.decode()


def test_where_nothing_is_on_file_but_the_name_that_the_page_shows_no_check_can_be_passed(
    support: User,
) -> None:
    person = make_owner("09127654321", name="نگار صادقی", with_profile=False)
    client = office_client(support)
    shown = client.get(address(person))
    assert "داده‌ای ثبت نشده است" in shown.content.decode()
    assert "خود او می‌تواند از «بازیابی رمز عبور» استفاده کند" in shown.content.decode()
    assert not page(shown).xpath("//main//form//input[@name='last_name'] | //main//form//button")
    said = check(client, person, {"last_name": "صادقي"})
    assert "پاسخ‌ها درست است" not in said
    assert "داده‌ای ثبت نشده است" in said
    client.post(address(person), {"send": "1"})
    assert not SmsMessage.objects.exists()


def test_a_place_s_postal_code_is_something_on_file(support: User) -> None:
    person = make_owner("09127654321", name="نگار صادقی", with_profile=False)
    place = make_place(person)
    client = office_client(support)
    answers = {"postal_code": place.postal_code, "last_name": "صادقي"}
    assert "یک پرسش دیگر هم بپرسید" in check(client, person, {"last_name": "صادقي"})
    assert "پاسخ‌ها درست است" in check(client, person, answers)


def test_the_page_tells_the_states_of_the_persons_sms_and_no_answer_hash_or_whole_number(
    owner: User, support: User
) -> None:
    passwords.send_new(owner, None)
    SmsMessage.objects.update(state=SmsState.UNDELIVERED, sent_at=clock.now())
    shown = office_client(support).get(address(owner))
    html = shown.content.decode()
    assert "به گوشی نرسید" in html
    assert "بازیابی رمز عبور" in html
    assert "۰۹۱۲•••۴۵۶۷" in html
    place = owner.places.get()
    for secret in ("0499370899", "1360", "۱۳۶۰", "09121234567", place.postal_code, owner.password):
        assert secret not in to_latin(html)
    assert "no-store" in shown["Cache-Control"]


def test_support_reads_the_beginning_of_a_national_id_and_no_birth_date_on_the_persons_page(
    owner: User, support: User
) -> None:
    path = f"/office/accounts/user/{owner.pk}/change/"
    html = office_client(support).get(path).content.decode()
    assert "۰۴۹•••••••" in html
    assert "0499370899" not in to_latin(html)
    assert "۱۳۶۰" not in html
    manager = office_client(make_staff(Role.MANAGER)).get(path).content.decode()
    assert "۰۴۹۹۳۷۰۸۹۹" in manager
    assert "۱۳۶۰/۰۵/۱۲" in manager


def test_members_of_staff_are_helped_by_the_manager_alone(support: User) -> None:
    member = make_staff(Role.FINANCE)
    assert office_client(support).get(address(member)).status_code == 403
    manager = office_client(make_staff(Role.MANAGER))
    assert manager.get(address(member)).status_code == 200


def test_a_closed_account_is_sent_nothing(owner: User, support: User) -> None:
    client = office_client(support)
    check(client, owner, RIGHT)
    User.objects.filter(pk=owner.pk).update(is_active=False, password=make_password("12345678"))
    answer = client.post(address(owner), {"send": "1"}, follow=True)
    assert "غیرفعال است" in answer.content.decode()
    assert not SmsMessage.objects.exists()
