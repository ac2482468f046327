"""«ورود»: with a password, with a code, limits, and out again."""

import re
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from accounts import limits, login_codes, passwords
from accounts.models import LoginCodeDevice, User
from notifications.models import SmsMessage
from septam import clock
from septam.throttle import Limit
from tests.accounts.steps import page, secret_of, sign_in, signed_in, solved, text_of, values
from tests.people import PASSWORD, make_owner

pytestmark = pytest.mark.django_db
WRONG = "99999999"


def ask_for_code(client: Client, account: str = "09121234567", **more: str) -> str:
    """Ask for a code and read it from the message."""
    client.post("/sign-in/code/", {"account": account, **more})
    return secret_of("login.code")


@pytest.mark.parametrize(
    "account", ["۰۹۱۲۱۲۳۴۵۶۷", "+989121234567", "trustingHawk4567", "TRUSTINGHAWK4567 "]
)
def test_the_mobile_in_any_form_or_the_username_opens_the_account(
    client: Client, account: str
) -> None:
    owner = make_owner()
    answer = sign_in(client, account, "۱۲۳۴۵۶۷۸")
    assert answer["Location"] == "/places/"
    assert signed_in(client) == owner


def test_a_wrong_password_keeps_the_account_typed_and_says_nothing_of_its_existence(
    client: Client,
) -> None:
    make_owner()
    known = sign_in(client, "09121234567", WRONG)
    unknown = sign_in(Client(), "09129999999", WRONG)
    assert values(known)["account"] == "09121234567"
    message = "شماره همراه (یا نام کاربری) با رمز عبور هم‌خوان نیست؛ هر دو را بررسی کنید"
    assert message in text_of(known)
    assert message in text_of(unknown)
    assert values(known)["password"] == ""


def test_unknown_accounts_cost_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    work: list[str] = []
    real = passwords.compare
    monkeypatch.setattr(
        passwords, "compare", lambda raw, encoded: work.append("real") or real(raw, encoded)
    )
    monkeypatch.setattr(passwords, "pretend", lambda raw: work.append("pretend"))
    for waiting in range(4):
        owner = make_owner(f"0912123456{waiting}")
        for number in range(waiting):
            passwords.make_pending(owner.pk, number)
        work.clear()
        passwords.matches(owner, WRONG)
        assert work == ["real"] * (1 + waiting) + ["pretend"] * (3 - waiting)
    work.clear()
    passwords.matches(None, WRONG)
    assert work == ["pretend"] * 4


def test_a_closed_account_cannot_sign_in(client: Client) -> None:
    owner = make_owner()
    User.objects.filter(pk=owner.pk).update(is_active=False)
    sign_in(client, "09121234567", PASSWORD)
    assert signed_in(client) is None


def test_the_first_sign_in_is_remembered(client: Client) -> None:
    owner = make_owner()
    User.objects.filter(pk=owner.pk).update(first_signed_in_at=None)
    sign_in(client, "09121234567", PASSWORD)
    owner.refresh_from_db()
    assert owner.first_signed_in_at is not None


def test_a_shared_device_is_signed_out_with_its_browser_and_gets_no_device_mark(
    client: Client,
) -> None:
    make_owner()
    sign_in(client, "09121234567", PASSWORD, shared="on")
    assert client.session.get_expire_at_browser_close()
    assert "septam_device" not in client.cookies
    own = Client()
    sign_in(own, "09121234567", PASSWORD)
    assert not own.session.get_expire_at_browser_close()
    assert own.cookies["septam_device"]["httponly"]


@pytest.mark.parametrize(
    "target, led_to",
    [
        ("/history/?page=2", "/history/?page=2"),
        ("https://evil.example/", "/places/"),
        ("//evil.example", "/places/"),
        ("javascript:alert(1)", "/places/"),
        ("", "/places/"),
    ],
)
def test_sign_in_goes_on_only_to_a_page_of_ours(client: Client, target: str, led_to: str) -> None:
    make_owner()
    assert sign_in(client, "09121234567", PASSWORD, next=target)["Location"] == led_to


def test_a_page_that_needs_an_account_leads_to_sign_in_and_back(client: Client) -> None:
    make_owner()
    asked = client.get("/password/")
    assert asked["Location"] == "/sign-in/?next=/password/"
    assert values(client.get(asked["Location"]))["next"] == "/password/"


def test_after_five_wrong_passwords_the_client_waits_and_reads_how_long(client: Client) -> None:
    make_owner()
    for _time in range(5):
        sign_in(client, "09121234567", WRONG)
    answer = sign_in(client, "09121234567", PASSWORD)
    assert answer.status_code == 200
    assert "لطفاً ۱۵ دقیقه دیگر دوباره تلاش کنید" in text_of(answer)
    assert "ورود با رمز یک‌بارمصرف همچنان باز است" in text_of(answer)
    assert "&lt;a" not in answer.content.decode()
    assert page(answer).xpath("//*[contains(@class, 'summary')]//a[@href='/sign-in/code/']")
    assert signed_in(client) is None


def test_a_stranger_cannot_lock_the_owners_device_out(client: Client) -> None:
    make_owner()
    sign_in(client, "09121234567", PASSWORD)
    client.post("/sign-out/")
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    for _time in range(8):
        sign_in(stranger, "09121234567", WRONG)
    sign_in(client, "09121234567", PASSWORD)
    assert signed_in(client)


def test_the_account_wide_cap_closes_the_password_way_and_leaves_the_code_open() -> None:
    owner = make_owner()
    for number in range(51):
        sign_in(Client(REMOTE_ADDR=f"203.0.113.{number}"), "09121234567", WRONG)
    fresh = Client(REMOTE_ADDR="198.51.100.7")
    sign_in(fresh, "09121234567", PASSWORD)
    assert signed_in(fresh) is None
    code = ask_for_code(fresh)
    fresh.post("/sign-in/code/enter/", {"code": code})
    assert signed_in(fresh) == owner


def test_one_client_over_its_limit_does_not_fill_the_accounts_cap() -> None:
    make_owner()
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    for _time in range(60):
        sign_in(stranger, "09121234567", WRONG)
    other = Client(REMOTE_ADDR="198.51.100.7")
    sign_in(other, "09121234567", PASSWORD)
    assert signed_in(other)


def test_a_code_signs_in_once(client: Client) -> None:
    owner = make_owner()
    code = ask_for_code(client)
    assert len(code) == 6
    answer = client.post("/sign-in/code/enter/", {"code": code})
    assert answer["Location"] == "/places/"
    assert signed_in(client) == owner
    device = LoginCodeDevice.objects.get()
    assert login_codes.use(device.pk, code) is None


def test_a_code_works_in_the_browser_that_asked_for_it_alone(client: Client) -> None:
    make_owner()
    code = ask_for_code(client)
    other = Client()
    assert other.post("/sign-in/code/enter/", {"code": code})["Location"] == "/sign-in/code/"
    other.post("/sign-in/code/", {"account": "09121234567"})
    other.post("/sign-in/code/enter/", {"code": code})
    assert signed_in(other) is None


def test_a_code_lapses_after_five_minutes(client: Client) -> None:
    make_owner()
    code = ask_for_code(client)
    clock.move_to(clock.now() + timedelta(minutes=5, seconds=1))
    answer = client.post("/sign-in/code/enter/", {"code": code})
    assert "این رمز درست نیست یا زمان آن گذشته است" in text_of(answer)
    assert signed_in(client) is None


def test_after_five_wrong_codes_the_right_one_is_too_late(client: Client) -> None:
    make_owner()
    code = ask_for_code(client)
    wrong = "111111" if code != "111111" else "222222"
    for _time in range(5):
        client.post("/sign-in/code/enter/", {"code": wrong})
    answer = client.post("/sign-in/code/enter/", {"code": code})
    assert signed_in(client) is None
    assert "پنج بار رمز نادرست وارد شد و این رمز دیگر کار نمی‌کند" in text_of(answer)
    assert page(answer).xpath("//main//a[text()='رمز تازه بخواهید'][@href='/sign-in/code/']")
    assert page(answer).xpath("//main//a[text()='ارسال رمز تازه'][@href='/sign-in/code/']")
    assert not page(answer).xpath("//main//input[@name='code']"), "a dead code is not asked for"
    nobody = Client()
    nobody.post("/sign-in/code/", {"account": "09129999999"})
    for _time in range(6):
        same = nobody.post("/sign-in/code/enter/", {"code": wrong})
    # But for the minute at which each was asked for.
    without_minute = [re.sub(r"\d\d:\d\d", "", text_of(one)) for one in (same, answer)]
    assert without_minute[0] == without_minute[1]


def test_whichever_of_two_codes_comes_first_signs_in_and_ends_the_other(client: Client) -> None:
    owner = make_owner()
    first = ask_for_code(client)
    second = ask_for_code(client)
    client.post("/sign-in/code/enter/", {"code": first})
    assert signed_in(client) == owner
    client.post("/sign-out/")
    client.post("/sign-in/code/enter/", {"code": second})
    assert signed_in(client) is None


def test_asking_anew_does_not_bring_back_the_tries_of_a_code(client: Client) -> None:
    make_owner()
    first = ask_for_code(client)
    wrong = "111111" if first != "111111" else "222222"
    for _time in range(5):
        client.post("/sign-in/code/enter/", {"code": wrong})
    second = ask_for_code(client)
    client.post("/sign-in/code/enter/", {"code": first})
    assert signed_in(client) is None
    client.post("/sign-in/code/enter/", {"code": second})
    assert signed_in(client)


@pytest.mark.parametrize(
    "typed, message",
    [
        ("02188776655", "این شماره تلفن ثابت است؛ شماره همراه با ۰۹ شروع می‌شود"),
        ("+۴۴ ۷۹۱۱ ۱۲۳۴۵۶", "این شماره ایرانی نیست؛ شماره همراه با ۰۹ شروع می‌شود"),
        ("۰۹۱۲ ۱۲۳-۴۵۶", "شماره همراه ۱۱ رقم است؛ عدد واردشده ۱۰ رقم دارد"),
    ],
)
def test_a_number_that_can_be_no_mobile_is_told_so_wherever_it_is_typed(
    client: Client, typed: str, message: str
) -> None:
    for address in ("/sign-in/", "/sign-in/code/", "/recover/"):
        answer = client.post(address, {"account": typed, "password": WRONG})
        assert message in text_of(answer), address
        assert values(answer)["account"] == typed


@pytest.mark.django_db(transaction=True)
def test_one_right_code_typed_ten_times_at_one_moment_lets_one_in() -> None:
    device = login_codes.request(make_owner())
    code = login_codes.make(device.pk)
    start, let_in = threading.Barrier(5), []

    def use() -> None:
        start.wait()
        let_in.append(login_codes.use(device.pk, code))
        connection.close()

    threads = [threading.Thread(target=use) for _number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([user for user in let_in if user]) == 1


def test_of_a_code_that_was_sent_twice_either_signs_in_once() -> None:
    owner = make_owner()
    for chosen in (0, 1):
        device = login_codes.request(owner)
        codes = [login_codes.make(device.pk) for _time in range(2)]
        assert login_codes.use(device.pk, codes[chosen]) == owner
        assert login_codes.use(device.pk, codes[1 - chosen]) is None


def test_strangers_of_the_same_address_close_neither_a_known_device_nor_the_way_by_code(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TRY_ADDRESS", "SEND_ADDRESS"):
        monkeypatch.setattr(limits, name, Limit(name, 2, 3600))
    owner = make_owner()
    sign_in(client, "09121234567", PASSWORD)
    client.post("/sign-out/")
    code = ask_for_code(fresh := Client())
    for number in range(3):
        sign_in(Client(), f"0935000000{number}", WRONG)
        Client().post("/sign-in/code/", {"account": f"0935000000{number}"})
    refused = sign_in(Client(), "09121234567", PASSWORD)
    assert "لطفاً ۱ ساعت دیگر دوباره تلاش کنید" in text_of(refused)
    assert "لطفاً ۱ ساعت دیگر" in text_of(
        Client().post("/sign-in/code/", {"account": "09121234567"})
    )
    fresh.post("/sign-in/code/enter/", {"code": code})
    assert signed_in(fresh) == owner
    assert client.post("/sign-in/code/", {"account": "09121234567"}).status_code == 302
    sign_in(client, "09121234567", PASSWORD)
    assert signed_in(client) == owner


def recover(account: str = "09121234567") -> str:
    """Ask for a new password in a browser that nobody knows; what the page says."""
    client = Client()
    asked = {"account": account, **solved(client.get("/recover/"))}
    return text_of(client.post("/recover/", asked, follow=True))


def test_passwords_asked_for_in_other_browsers_do_not_close_the_way_by_code(
    client: Client,
) -> None:
    owner = make_owner()
    for _time in range(4):
        said = recover()
    assert "تعداد دفعات بیش از حد مجاز است" in said
    for _time in range(6):
        refused = sign_in(client, "09121234567", WRONG)
    assert "ورود با رمز یک‌بارمصرف همچنان باز است" in text_of(refused)
    code = ask_for_code(client)
    client.post("/sign-in/code/enter/", {"code": code})
    assert signed_in(client) == owner


def test_codes_have_their_own_limit_and_a_closed_way_by_code_is_not_called_open(
    client: Client,
) -> None:
    make_owner()
    for _time in range(4):
        asked = Client().post("/sign-in/code/", {"account": "09121234567"})
    assert "تعداد دفعات بیش از حد مجاز است" in text_of(asked)
    for _time in range(6):
        refused = text_of(sign_in(client, "09121234567", WRONG))
    assert "همچنان باز است" not in refused
    assert "ورود با رمز یک‌بارمصرف ۱۵ دقیقه دیگر ممکن می‌شود" in refused
    assert "تعداد دفعات" not in recover()


def test_codes_that_strangers_asked_for_leave_the_owners_known_device_its_own(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SEND_NUMBER_DAY", Limit("number", 2, 3600))
    owner = make_owner()
    sign_in(client, "09121234567", PASSWORD)
    client.post("/sign-out/")
    for number in range(4):
        stranger = Client(REMOTE_ADDR=f"198.51.100.{number}")
        asked = stranger.post("/sign-in/code/", {"account": "09121234567"})
    assert "تعداد دفعات بیش از حد مجاز است" in text_of(asked)
    client.post("/sign-in/code/enter/", {"code": ask_for_code(client)})
    assert signed_in(client) == owner


def test_asking_a_code_for_nobody_looks_the_same(client: Client) -> None:
    make_owner()
    known = client.post("/sign-in/code/", {"account": "09121234567"})
    unknown = Client().post("/sign-in/code/", {"account": "09129999999"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert SmsMessage.objects.count() == 1


def test_the_code_stands_nowhere_in_clear(client: Client) -> None:
    make_owner()
    code = ask_for_code(client)
    device = LoginCodeDevice.objects.get()
    message = SmsMessage.objects.get()
    assert code not in device.code_hash
    assert code not in f"{message.text}{message.values}"


def test_signing_out_needs_a_post_and_ends_the_session(client: Client) -> None:
    make_owner()
    sign_in(client, "09121234567", PASSWORD)
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert signed_in(client) is None


def test_signing_out_everywhere_ends_the_sessions_of_other_devices(client: Client) -> None:
    make_owner()
    phone = Client()
    sign_in(phone, "09121234567", PASSWORD)
    sign_in(client, "09121234567", PASSWORD)
    assert phone.get("/profile/").status_code == 200
    client.post("/sign-out/everywhere/")
    assert phone.get("/profile/").status_code == 302
    assert client.get("/profile/").status_code == 302


def test_a_sign_in_never_marks_the_session_as_one_with_a_second_factor(client: Client) -> None:
    make_owner()
    code = ask_for_code(client)
    client.post("/sign-in/code/enter/", {"code": code})
    assert "otp_device_id" not in client.session


def test_the_sign_in_of_django_itself_stands_under_the_same_limits(client: Client) -> None:
    from django.contrib.auth import authenticate

    owner = make_owner()
    assert authenticate(username="09121234567", password=PASSWORD) is None
    request = client.get("/sign-in/").wsgi_request
    assert authenticate(request, username="09121234567", password=PASSWORD) == owner
