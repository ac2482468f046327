"""«ثبت نام»."""

import json
import threading

import pytest
from django.core import serializers
from django.db import connection
from django.test import Client

from accounts import registration, usernames
from accounts.models import TermsAcceptance, TermsVersion, User
from accounts.registration import Applicant
from notifications.models import SmsMessage
from septam import clock
from tests.accounts.steps import APPLICANT, page, register, secret_of, text_of, values
from tests.people import make_owner

pytestmark = pytest.mark.usefixtures("terms")


def test_a_visitor_registers_and_lands_on_sign_in_with_the_mobile_filled_in(client: Client) -> None:
    answer = register(client)
    assert answer["Location"] == "/sign-in/"
    owner = User.objects.get(mobile="09121234567")
    assert (owner.first_name, owner.last_name) == ("محمد", "حسینی")
    sign_in = client.get("/sign-in/")
    assert values(sign_in)["account"] == "09121234567"
    words = text_of(sign_in)
    assert "اگر پس از چند دقیقه آن را دریافت نکردید، به بازیابی رمز عبور بروید" in words
    assert "اگر تا یک ساعت آن را دریافت نکردید، با پشتیبانی تماس بگیرید" in words


def test_the_form_says_the_guides_words(client: Client) -> None:
    words = text_of(client.get("/register/"))
    for phrase in (
        "ثبت نام", "نام خانوادگی", "کد امنیتی", "قوانین و مقررات را پذیرفته‌ام",
        "رمز و پیامک‌ها به این شماره می‌آید؛ شماره خودتان باشد",
    ):  # fmt: skip
        assert phrase in words


@pytest.mark.parametrize("name", ["<b>علی</b>", "علی{", "a|b", "علی 😀", "❤️", "علی۲"])
def test_a_name_is_made_of_letters(client: Client, name: str) -> None:
    assert "نام را تنها با حروف بنویسید" in text_of(register(client, first_name=name))
    assert not User.objects.exists()


def test_marks_that_turn_the_direction_and_stray_half_spaces_do_not_get_into_a_name(
    client: Client,
) -> None:
    register(client, first_name="\u202eعلي\u200c \u200fرضا\u200c", last_name="حسيني\u2067 نيا")
    assert User.objects.get().get_full_name() == "علی رضا حسینی نیا"


@pytest.mark.parametrize("name", ["آزاده‌سادات", "د. محمّد (رضا)", "Anne-Marie", "O'Neil"])
def test_a_name_of_any_script_is_taken_as_it_is(client: Client, name: str) -> None:
    register(client, first_name=name)
    assert User.objects.get().first_name == name


def test_too_long_a_name_is_told_in_persian_digits(client: Client) -> None:
    words = text_of(register(client, first_name="ا" * 300))
    assert "۳۰۰" in words
    assert "300" not in words
    assert "کاراکتر" not in words


def test_the_accepted_version_of_the_terms_and_the_time_are_kept(
    client: Client, terms: TermsVersion
) -> None:
    register(client)
    accepted = TermsAcceptance.objects.get(user__mobile="09121234567")
    assert accepted.terms == terms
    assert accepted.at is not None


def test_the_username_is_an_adjective_an_animal_and_a_letter(client: Client) -> None:
    register(client)
    name = User.objects.get().username
    assert name.isascii()
    assert name.isalpha()
    assert name[0].islower()
    assert name[-1].isupper()
    assert sum(letter.isupper() for letter in name) == 2


@pytest.mark.parametrize(
    "field, typed, message",
    [
        ("first_name", "", "نام خود را بنویسید"),
        ("last_name", " ", "نام خانوادگی خود را بنویسید"),
        ("mobile", "", "شماره تلفن همراه خود را بنویسید"),
        ("mobile", "۰۹۱۲۱۲۳", "شماره همراه ۱۱ رقم است؛ عدد واردشده ۷ رقم دارد"),
        ("mobile", "02188776655", "این شماره تلفن ثابت است؛ شماره همراه با ۰۹ شروع می‌شود"),
        ("mobile", "+1 202 555 0100", "این شماره ایرانی نیست؛ شماره همراه با ۰۹ شروع می‌شود"),
        ("mobile", "09xx1234567", "این شماره را تنها با رقم بنویسید"),
        ("terms", "", "برای ثبت نام، پذیرفتن قوانین و مقررات لازم است"),
        ("captcha", "00000", "کد امنیتی درست نبود؛ کد تازه را بنویسید"),
        ("captcha", "", "کد امنیتی را بنویسید"),
    ],
)
def test_a_wrong_value_is_named_beside_its_field_and_nothing_typed_is_lost(
    client: Client, field: str, typed: str, message: str
) -> None:
    answer = register(client, **{field: typed})
    assert answer.status_code == 200
    assert message in text_of(answer)
    kept = values(answer)
    for name, was in APPLICANT.items():
        if name not in (field, "terms"):
            assert kept[name] == was
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "typed",
    [
        "9121234567",
        "+98 912 123 4567",
        "0098-912-123-4567",
        "٠٩١٢١٢٣٤٥٦٧",
        "+۹۸ (۰) ۹۱۲۱۲۳۴۵۶۷",
        "‪0912‬ 123‌4567",
        "0912–123.4567",
    ],
)
def test_a_mobile_is_stored_in_one_form_however_it_is_typed(client: Client, typed: str) -> None:
    register(client, mobile=typed)
    assert User.objects.get().mobile == "09121234567"


def test_a_mobile_that_is_in_use_cannot_register_again_and_is_led_to_recovery(
    client: Client,
) -> None:
    make_owner("09121234567")
    answer = register(client)
    words = text_of(answer)
    assert "ثبت نام مجدد امکان‌پذیر نیست" in words
    assert "بازیابی رمز عبور" in words
    assert User.objects.count() == 1
    assert not SmsMessage.objects.exists()


def test_an_account_that_never_signed_in_takes_the_new_names(client: Client) -> None:
    register(client)
    username = User.objects.get().username
    register(Client(), first_name="زهرا", last_name="کریمی")
    owner = User.objects.get()
    assert (owner.get_full_name(), owner.username) == ("زهرا کریمی", username)
    assert SmsMessage.objects.filter(event="registration.password").count() == 2


def test_what_an_earlier_applicant_accepted_is_forgotten_with_the_names(
    client: Client, terms: TermsVersion
) -> None:
    register(client)
    newer = TermsVersion.objects.create(
        version=4, text="# قوانین", effective_from=terms.effective_from
    )
    register(Client())
    assert [accepted.terms for accepted in TermsAcceptance.objects.all()] == [newer]


def test_a_registration_leaves_the_names_of_an_account_in_use_alone(
    client: Client, terms: TermsVersion
) -> None:
    register(client)
    User.objects.update(first_signed_in_at=clock.now())
    register(Client(), first_name="زهرا", last_name="کریمی")
    assert User.objects.get().get_full_name() == "محمد حسینی"
    assert TermsAcceptance.objects.count() == 1


def test_no_password_stands_anywhere_in_clear(client: Client) -> None:
    register(client)
    password = secret_of("registration.password")
    assert len(password) == 8
    assert password.isdigit()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" AS t')
            for (row,) in cursor.fetchall():
                assert password not in row, table
    assert password not in json.dumps(serializers.serialize("json", SmsMessage.objects.all()))


def test_sending_to_one_number_is_limited_and_the_waiting_time_is_shown(client: Client) -> None:
    for _time in range(3):
        register(Client())
    answer = register(client)
    assert "دقیقه دیگر دوباره تلاش کنید" in text_of(answer)
    assert SmsMessage.objects.count() == 3


def test_registration_says_so_when_no_terms_are_in_force(client: Client) -> None:
    TermsVersion.objects.all().delete()
    answer = register(client)
    assert "ثبت نام در حال حاضر ممکن نیست" in text_of(answer)


def test_a_taken_username_is_replaced_by_another(
    monkeypatch: pytest.MonkeyPatch, terms: TermsVersion
) -> None:
    names = iter(["happyFoxA", "HAPPYfoxA", "calmOwlB"])
    monkeypatch.setattr(usernames, "propose", lambda tries: next(names))
    registration.register(Applicant("الف", "ب", "09121111111"), terms)
    second = registration.register(Applicant("پ", "ت", "09122222222"), terms)
    assert second.username == "calmOwlB"


@pytest.mark.django_db(transaction=True)
def test_people_who_get_one_username_at_one_moment_end_with_different_ones(
    monkeypatch: pytest.MonkeyPatch, terms: TermsVersion
) -> None:
    monkeypatch.setattr(usernames, "propose", lambda tries: f"happyFox{'ABCDEFGH'[tries]}")
    start = threading.Barrier(4)

    def arrive(number: int) -> None:
        start.wait()
        registration.register(Applicant("الف", "ب", f"0912111111{number}"), terms)
        connection.close()

    threads = [threading.Thread(target=arrive, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(User.objects.values_list("username", flat=True)) == [
        "happyFoxA", "happyFoxB", "happyFoxC", "happyFoxD",
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_one_mobile_registered_twice_at_one_moment_is_one_account(terms: TermsVersion) -> None:
    start = threading.Barrier(4)

    def arrive() -> None:
        start.wait()
        registration.register(Applicant("الف", "ب", "09121111111"), terms)
        connection.close()

    threads = [threading.Thread(target=arrive) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert User.objects.count() == 1


def test_enter_presses_the_forms_own_button_not_the_captchas(client: Client) -> None:
    first = page(client.get("/register/")).xpath("//main//form//button")[0]
    assert first.get("name") is None


def test_the_terms_page_shows_the_version_in_force(client: Client) -> None:
    words = text_of(client.get("/terms/"))
    assert "قوانین و مقررات" in words
    assert "۱. بند نخست." in words
    assert "نسخه ۳" in words
    assert client.get("/terms/9/").status_code == 404


def test_the_page_about_cookies_says_in_plain_words_what_to_do(client: Client) -> None:
    assert "کوکی" in text_of(client.get("/cookies/"))
