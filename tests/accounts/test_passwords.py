"""Passwords by SMS, recovery, and a password of one's own."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import BoundedSemaphore, Event, Semaphore

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import hashers, limits, passwords
from accounts.models import PendingPassword, User
from notifications.models import SmsMessage
from septam import clock, jobs
from septam.digits import to_persian
from septam.settings import PASSWORD_HASHERS
from septam.throttle import Limit
from tests.accounts.steps import register, secret_of, sign_in, signed_in, solved, text_of, values
from tests.people import PASSWORD, make_owner

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("terms")]
OWN = "کبوتر-سفید-۷"


def recover(client: Client, account: str = "09121234567") -> None:
    """Ask for a new password."""
    client.post("/recover/", {"account": account, **solved(client.get("/recover/"))})


def test_the_password_of_the_registration_opens_the_account_and_is_made_at_sending(
    client: Client,
) -> None:
    register(client)
    assert not PendingPassword.objects.exists()
    password = secret_of("registration.password")
    sign_in(client, "09121234567", password)
    owner = signed_in(client)
    assert owner is not None
    assert not owner.own_password
    assert not PendingPassword.objects.exists()


def test_the_digits_of_an_sms_are_taken_in_groups_and_in_any_digits_and_no_others(
    client: Client,
) -> None:
    register(client)
    password = secret_of("registration.password")
    persian = to_persian(password)
    for wrong in (f"{password}0", f"{password[:4]} {password[4:7]}", f"0 {password[:7]}"):
        sign_in(client, "09121234567", wrong)
        assert signed_in(client) is None, wrong
    for grouped in (f" {persian[:4]} {persian[4:]}\u200f", f"{password[:4]}-{password[4:]}"):
        other = Client()
        sign_in(other, "09121234567", grouped)
        assert signed_in(other) is not None, grouped


def test_a_space_within_an_own_password_counts() -> None:
    owner = make_owner()
    passwords.choose(owner, "1394 0271")
    assert passwords.matches(owner, "۱۳۹۴ ۰۲۷۱")
    assert not passwords.matches(owner, "13940271")


def test_a_password_that_was_sent_lapses_after_24_hours(client: Client) -> None:
    register(client)
    password = secret_of("registration.password")
    clock.move_to(clock.now() + timedelta(hours=24, seconds=1))
    sign_in(client, "09121234567", password)
    assert signed_in(client) is None


def test_after_recovery_the_earlier_password_works_until_the_new_one_is_first_used(
    client: Client,
) -> None:
    owner = make_owner()
    recover(client)
    new = secret_of("recovery.password")
    sign_in(client, "09121234567", PASSWORD)
    assert signed_in(client) == owner
    other = Client()
    sign_in(other, "09121234567", new)
    assert signed_in(other) == owner
    late = Client()
    sign_in(late, "09121234567", PASSWORD)
    assert signed_in(late) is None
    assert signed_in(other) == owner


def test_of_two_recoveries_whichever_sms_comes_works_and_ends_the_other(client: Client) -> None:
    owner = make_owner()
    recover(client)
    first = secret_of("recovery.password")
    recover(client)
    second = secret_of("recovery.password")
    sign_in(client, "09121234567", first)
    assert signed_in(client) == owner
    for ended in (second, PASSWORD):
        other = Client()
        sign_in(other, "09121234567", ended)
        assert signed_in(other) is None, ended


def test_the_last_three_passwords_that_were_sent_wait_and_a_fourth_ends_the_oldest() -> None:
    owner = make_owner()
    sent = [passwords.make_pending(owner.pk, number) for number in range(4)]
    assert PendingPassword.objects.count() == 3
    assert not passwords.matches(owner, sent[0])
    assert passwords.matches(owner, sent[1])
    assert not PendingPassword.objects.exists()


def test_a_message_that_is_tried_again_and_again_ends_no_other_messages_password() -> None:
    owner = make_owner()
    first = passwords.make_pending(owner.pk, 1)
    tries = [passwords.make_pending(owner.pk, 2) for _time in range(4)]
    assert not passwords.matches(owner, tries[1])
    # Which of the last two the phone got is not known: the answer to the first may have been lost.
    assert passwords.matches(User.objects.get(pk=owner.pk), tries[2])
    again = make_owner("09351112233")
    other = passwords.make_pending(again.pk, 3)
    for _time in range(4):
        passwords.make_pending(again.pk, 4)
    assert passwords.matches(again, other)
    assert not passwords.matches(again, first)


def test_each_password_that_waits_lapses_at_its_own_hour(client: Client) -> None:
    owner = make_owner()
    early = passwords.make_pending(owner.pk, 1)
    clock.move_to(clock.now() + timedelta(hours=23))
    late = passwords.make_pending(owner.pk, 2)
    clock.move_to(clock.now() + timedelta(hours=1, seconds=1))
    assert not passwords.matches(owner, early)
    assert passwords.matches(owner, late)


@pytest.mark.django_db(transaction=True)
def test_two_passwords_used_at_one_moment_leave_one_that_opens_the_account() -> None:
    owner = make_owner()
    sent = [passwords.make_pending(owner.pk, number) for number in (1, 2)]
    start, opened = threading.Barrier(2), []

    def use(password: str) -> None:
        person = User.objects.get(pk=owner.pk)
        start.wait()
        opened.append((passwords.matches(person, password), password))
        connection.close()

    threads = [threading.Thread(target=use, args=(password,)) for password in sent]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    now = User.objects.get(pk=owner.pk)
    assert [password for right, password in opened if right and now.check_password(password)]
    assert sum(now.check_password(password) for password in sent) == 1
    assert not PendingPassword.objects.exists()


def test_recovery_answers_the_same_for_a_number_that_nobody_has(client: Client) -> None:
    make_owner()
    other = Client()
    recover(client)
    recover(other, "09129999999")
    known, unknown = client.get("/sign-in/"), other.get("/sign-in/")
    assert "رمز قبلی تا نخستین ورود با رمز جدید کار می‌کند" in text_of(known)
    assert text_of(known) == text_of(unknown)
    assert values(unknown)["account"] == "09129999999"
    assert SmsMessage.objects.count() == 1


def test_recovery_by_username_sends_to_the_accounts_mobile(client: Client) -> None:
    make_owner()
    recover(client, "trustinghawk4567")
    assert SmsMessage.objects.get().mobile == "09121234567"


def test_recovery_asks_for_the_captcha(client: Client) -> None:
    make_owner()
    answer = client.post("/recover/", {"account": "09121234567"})
    assert "کد امنیتی را بنویسید" in text_of(answer)
    assert not SmsMessage.objects.exists()


def test_recovery_of_one_number_is_limited_and_says_how_long_to_wait(client: Client) -> None:
    make_owner()
    for _time in range(4):
        recover(client)
    assert SmsMessage.objects.count() == 3
    fields = solved(client.get("/recover/"))
    answer = client.post("/recover/", {"account": "09121234567", **fields})
    assert "دقیقه دیگر دوباره تلاش کنید" in text_of(answer)


def test_asking_under_both_names_of_an_account_does_not_double_its_messages() -> None:
    make_owner()
    for account in ("09121234567", "trustingHawk4567") * 3:
        recover(Client(), account)
    assert SmsMessage.objects.count() == 3


def test_an_own_password_needs_the_present_one(client: Client) -> None:
    make_owner()
    sign_in(client, "09121234567", PASSWORD)
    wrong = client.post("/password/", {"present": "1", "password": OWN, "again": OWN})
    assert "رمز عبور فعلی درست نیست" in text_of(wrong)
    client.post("/password/", {"present": PASSWORD, "password": OWN, "again": OWN})
    owner = signed_in(client)
    assert owner is not None
    assert owner.own_password
    assert client.get("/password/").status_code == 200
    again = Client()
    sign_in(again, "09121234567", "كبوتر-سفيد-7")
    assert signed_in(again) == owner


def test_an_owner_with_a_password_by_sms_is_invited_to_choose_an_own_one(client: Client) -> None:
    make_owner()
    sign_in(client, "09121234567", PASSWORD)
    assert "انتخاب رمز عبور دلخواه" in text_of(client.get("/places/"))
    client.post("/password/", {"present": PASSWORD, "password": OWN, "again": OWN})
    assert "انتخاب رمز عبور دلخواه" not in text_of(client.get("/places/"))


def test_whoever_came_in_by_a_code_sets_a_password_without_the_present_one_for_a_while(
    client: Client,
) -> None:
    make_owner()
    client.post("/sign-in/code/", {"account": "09121234567"})
    client.post("/sign-in/code/enter/", {"code": secret_of("login.code")})
    assert "present" not in values(client.get("/password/"))
    clock.move_to(clock.now() + timedelta(minutes=16))
    assert "present" in values(client.get("/password/"))


def test_changing_the_password_ends_other_sessions_and_a_password_on_its_way(
    client: Client,
) -> None:
    owner = make_owner()
    phone = Client()
    sign_in(phone, "09121234567", PASSWORD)
    sign_in(client, "09121234567", PASSWORD)
    waiting = passwords.make_pending(owner.pk)
    client.post("/password/", {"present": PASSWORD, "password": OWN, "again": OWN})
    assert phone.get("/password/").status_code == 302
    late = Client()
    sign_in(late, "09121234567", waiting)
    assert signed_in(late) is None


@pytest.mark.parametrize(
    "password, again, message",
    [
        ("abc", "abc", "رمز عبور کوتاه است؛ حداقل ۸ نویسه لازم است"),
        ("password123", "password123", "حدس زدن این رمز عبور آسان است"),
        (OWN, "دیگر", "دو رمز عبور جدید یکسان نیستند"),
        ("", "", "رمز عبور جدید را بنویسید"),
    ],
)
def test_a_weak_or_misspelt_own_password_is_refused_in_persian(
    client: Client, password: str, again: str, message: str
) -> None:
    make_owner()
    sign_in(client, "09121234567", PASSWORD)
    answer = client.post("/password/", {"present": PASSWORD, "password": password, "again": again})
    assert message in text_of(answer)


@pytest.mark.parametrize(
    "own",
    [
        "09121234567", "۰۹۱۲۱۲۳۴۵۶۷", "+989121234567", "0912 123 4567", "9121234567",
        "trustingHawk4567", "TRUSTINGHAWK4567", "0499370899", "0499370899a",
    ],
)  # fmt: skip
def test_the_owners_own_number_or_name_is_no_password(client: Client, own: str) -> None:
    make_owner()
    sign_in(client, "09121234567", PASSWORD)
    answer = client.post("/password/", {"present": PASSWORD, "password": own, "again": own})
    assert "رمز عبور به" in text_of(answer)
    assert User.objects.get().check_password(PASSWORD)


def test_the_job_forgets_passwords_that_were_never_used() -> None:
    passwords.make_pending(make_owner().pk)
    clock.move_to(clock.now() + timedelta(hours=25))
    jobs.run_now("accounts.purge_passwords")
    assert not PendingPassword.objects.exists()


def encoded_by(hasher: Argon2PasswordHasher, salt: str = "saltsaltsaltsaltsaltsa") -> str:
    return hasher.encode("گذرواژه ۱۲۳", salt)


@pytest.mark.parametrize("hasher", [hashers.Argon2Hasher(), Argon2PasswordHasher()])
def test_a_hash_of_ours_and_of_djangos_numbers_is_checked(hasher: Argon2PasswordHasher) -> None:
    encoded = encoded_by(hasher)
    assert hashers.Argon2Hasher().verify("گذرواژه ۱۲۳", encoded)
    assert not hashers.Argon2Hasher().verify("گذرواژه ۱۲۴", encoded)
    assert not hashers.Argon2Hasher().verify("", encoded)


def test_both_libraries_find_the_same_password_fit() -> None:
    """Ours writes by one and checks by the other."""
    encoded = encoded_by(hashers.Argon2Hasher())
    assert Argon2PasswordHasher().verify("گذرواژه ۱۲۳", encoded)
    assert hashers._fits("گذرواژه ۱۲۳", encoded.removeprefix("argon2"))


def test_a_hash_that_is_longer_than_usual_is_checked_too() -> None:
    encoded = encoded_by(hashers.Argon2Hasher(), "s" * 60)
    assert hashers.Argon2Hasher().verify("گذرواژه ۱۲۳", encoded)
    assert not hashers.Argon2Hasher().verify("گذرواژه ۱۲۴", encoded)


def test_a_broken_hash_opens_nothing() -> None:
    encoded = encoded_by(hashers.Argon2Hasher())
    assert not hashers.Argon2Hasher().verify("گذرواژه ۱۲۳", encoded[:-4])
    assert not hashers.Argon2Hasher().verify("گذرواژه ۱۲۳", "argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_passwords_are_hashed_with_argon2id_and_owasps_parameters(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = PASSWORD_HASHERS  # the portal's own, not the cheap one of the tests
    encoded = make_password("12345678")
    assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.compare("12345678", encoded)
    assert not passwords.compare("12345679", encoded)


def test_a_password_is_8_digits_that_do_not_begin_with_zero() -> None:
    owner = make_owner()
    for _time in range(30):
        made = passwords.make_pending(owner.pk)
        assert len(made) == 8
        assert made.isdigit()
        assert made[0] != "0"
    assert User.objects.count() == 1


def test_strangers_who_ask_for_messages_do_not_close_the_owners_way(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The cap of this kind alone; that over all kinds has its tests in test_one_number.py.
    for name in ("NUMBER_HOUR", "NUMBER_DAY"):
        monkeypatch.setattr(limits, name, Limit(name, 100, limits.DAY))
    make_owner()
    sign_in(client, "09121234567", PASSWORD)
    client.post("/sign-out/")
    for number in range(22):
        stranger = Client(REMOTE_ADDR=f"203.0.113.{number}")
        stranger.post("/sign-in/code/", {"account": "09121234567"})
    assert SmsMessage.objects.count() == 20
    client.post("/sign-in/code/", {"account": "09121234567"})
    client.post("/sign-in/code/enter/", {"code": secret_of("login.code")})
    assert signed_in(client)


@pytest.mark.parametrize(("places", "at_once"), [(None, 4), (8, 8)], ids=["guarded", "control"])
def test_a_crowd_computes_four_hashes_at_a_time(
    monkeypatch: pytest.MonkeyPatch, places: int | None, at_once: int
) -> None:
    if places:
        monkeypatch.setattr(hashers, "_places", BoundedSemaphore(places))
    inside: list[int] = []
    seen: list[int] = []
    arrived, gate = Semaphore(0), Event()

    def compute(_hasher: object, _password: str, _salt: str) -> str:
        inside.append(1)
        seen.append(len(inside))
        arrived.release()
        gate.wait(timeout=30)
        inside.pop()
        return "hash"

    monkeypatch.setattr(hashers.Argon2PasswordHasher, "encode", compute)
    with ThreadPoolExecutor(8) as crowd:
        for _person in range(8):
            crowd.submit(hashers.Argon2Hasher().encode, "12345678", "saltsalt")
        assert all(arrived.acquire(timeout=30) for _place in range(at_once))
        gate.set()
    assert max(seen) == at_once
