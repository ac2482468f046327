"""«پیامک من کجاست؟»: what a browser is told of the SMS that it asked for."""

from datetime import timedelta

import pytest
import requests
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from notifications import delivery, sending
from notifications.models import SmsMessage, SmsProviderState, SmsState
from notifications.providers.base import Delivery
from septam import clock, heartbeat
from tests.accounts.steps import page, register, sign_in, signed_in, solved, text_of, values
from tests.people import PASSWORD, make_owner
from tests.simulated import Phone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("terms")]
WHERE = "/sign-in/sms/"
NOBODYS = "09129999999"


def recover(client: Client, account: str = "09121234567") -> None:
    """Ask for a new password."""
    client.post("/recover/", {"account": account, **solved(client.get("/recover/"))})


def now_stands(state: SmsState, said: str = "") -> None:
    """The worker and the provider bring the newest message so far."""
    newest = SmsMessage.objects.latest("pk")
    sent_at = clock.now() if state != SmsState.QUEUED else None
    SmsMessage.objects.filter(pk=newest.pk).update(
        state=state, provider_status=said, sent_at=sent_at
    )


@pytest.fixture
def known(client: Client) -> Client:
    """A browser in which the owner signed in before, and out again."""
    make_owner()
    sign_in(client, "09121234567", PASSWORD)
    client.post("/sign-out/")
    return client


@pytest.mark.parametrize(
    "state, said, words, advice",
    [
        (SmsState.QUEUED, "", "در صف", "سپس این صفحه را دوباره باز کنید"),
        (SmsState.SENDING, "", "در صف", "سپس این صفحه را دوباره باز کنید"),
        (SmsState.SENT, "", "به مخابرات تحویل شد", "روشن بودن و آنتن گوشی را بررسی کنید"),
        (SmsState.DELIVERED, Delivery.DELIVERED, "به گوشی رسید", "پیامک‌های تازه گوشی را ببینید"),
        (SmsState.UNDELIVERED, Delivery.UNDELIVERED, "به گوشی نرسید", "دوباره درخواست دهید"),
        (SmsState.UNDELIVERED, Delivery.BLOCKED, "شماره شما پیامک تبلیغاتی را بسته است", "ارسال ۱۱ به ۸۹۹۹"),
        (SmsState.UNKNOWN, "", "ارسال آن قطعی نیست", "اگر تا چند دقیقه دیگر نرسید"),
        (SmsState.DEAD, "", "فرستاده نشد", "دوباره درخواست دهید"),
        (SmsState.WITHDRAWN, "", "فرستاده نشد", "دوباره درخواست دهید"),
    ],
)  # fmt: skip
def test_who_registered_reads_the_true_state_of_the_sms_and_what_to_do(
    client: Client, state: SmsState, said: str, words: str, advice: str
) -> None:
    register(client)
    now_stands(state, said)
    for address in ("/sign-in/", WHERE):
        shown = text_of(client.get(address))
        assert f"وضعیت پیامک: {words}" in shown, address
        assert advice in shown
    assert page(client.get("/sign-in/")).xpath(f"//main//a[@href='{WHERE}']")


@pytest.mark.parametrize(
    "mobile, by_line, end",
    [
        ("09121234567", (), "به گوشی رسید"),
        ("09990000011", (), "به گوشی نرسید"),
        ("09990000014", ("registration.password",), "شماره شما پیامک تبلیغاتی را بسته است"),
    ],
)
def test_the_state_moves_as_the_provider_says_from_the_queue_to_the_phone(
    client: Client,
    phone: Phone,
    settings: Settings,
    mobile: str,
    by_line: tuple[str, ...],
    end: str,
) -> None:
    settings.SMS_BY_LINE = by_line
    register(client, mobile=mobile)
    assert "وضعیت پیامک: در صف" in text_of(client.get(WHERE))
    sending.send_due()
    assert "وضعیت پیامک: به مخابرات تحویل شد" in text_of(client.get(WHERE))
    clock.move_to(clock.now() + timedelta(minutes=2))
    moved = {"offset_seconds": 120}
    requests.post(f"{phone.url}/_control/clock", json=moved, timeout=5).raise_for_status()
    assert delivery.poll_delivery() == 1
    assert f"وضعیت پیامک: {end}" in text_of(client.get(WHERE))


def test_the_state_follows_the_message_that_support_sends_again(client: Client) -> None:
    register(client)
    now_stands(SmsState.DEAD)
    first = SmsMessage.objects.get()
    first.pk, first.again_of_id, first.state = None, first.pk, SmsState.SENT
    first.save(force_insert=True)
    assert "به مخابرات تحویل شد" in text_of(client.get(WHERE))


def test_a_message_that_waits_long_is_told_to_wait_and_one_out_of_time_is_over(
    client: Client,
) -> None:
    register(client)
    clock.move_to(clock.now() + timedelta(minutes=3))
    assert "هنوز در صف" in text_of(client.get(WHERE))
    assert "ارسال پیامک‌ها اکنون کند است" in text_of(client.get(WHERE))
    clock.move_to(clock.now() + timedelta(hours=24))
    assert "وضعیت پیامک: فرستاده نشد" in text_of(client.get(WHERE))


def test_another_one_is_offered_after_two_minutes_and_at_once_when_the_first_is_lost(
    client: Client,
) -> None:
    register(client)
    assert "درخواست دوباره ۲ دقیقه دیگر ممکن می‌شود" in text_of(client.get("/sign-in/"))
    now_stands(SmsState.UNDELIVERED)
    assert "درخواست دوباره اکنون ممکن است" in text_of(client.get("/sign-in/"))
    now_stands(SmsState.SENT)
    clock.move_to(clock.now() + timedelta(minutes=2))
    shown = client.get("/sign-in/")
    assert "درخواست دوباره اکنون ممکن است" in text_of(shown)
    assert page(shown).xpath("//main//a[@href='/recover/?account=09121234567']")


def test_a_limit_that_was_reached_is_told_with_its_own_waiting_time(known: Client) -> None:
    for _time in range(3):
        recover(known)
    now_stands(SmsState.UNDELIVERED)
    assert "درخواست دوباره ۱۵ دقیقه دیگر ممکن می‌شود" in text_of(known.get("/sign-in/"))


def test_after_an_hour_support_is_named_first(client: Client) -> None:
    register(client)
    assert "اگر تا یک ساعت آن را دریافت نکردید" in text_of(client.get(WHERE))
    clock.move_to(clock.now() + timedelta(hours=1))
    assert "یک ساعت گذشته است؛ با پشتیبانی تماس بگیرید" in text_of(client.get(WHERE))


@pytest.mark.parametrize("why", ["recovery", "code"])
def test_a_browser_that_signed_in_before_reads_the_state_of_a_recovery_and_of_a_code(
    known: Client, why: str
) -> None:
    if why == "code":
        known.post("/sign-in/code/", {"account": "09121234567"})
    else:
        recover(known)
    now_stands(SmsState.SENT)
    address = "/sign-in/code/enter/" if why == "code" else "/sign-in/"
    assert "وضعیت پیامک: به مخابرات تحویل شد" in text_of(known.get(address))


def test_who_registered_reads_the_state_of_the_recovery_that_follows(client: Client) -> None:
    register(client)
    recover(client)
    now_stands(SmsState.SENT)
    assert "وضعیت پیامک: به مخابرات تحویل شد" in text_of(client.get("/sign-in/"))


@pytest.mark.parametrize("state", [SmsState.QUEUED, SmsState.DELIVERED, SmsState.UNDELIVERED])
@pytest.mark.parametrize("why", ["recovery", "code"])
def test_a_stranger_reads_the_same_of_a_number_that_exists_and_of_one_that_does_not(
    why: str, state: SmsState
) -> None:
    make_owner()
    heartbeat.beat("worker")
    shown = []
    for account in ("09121234567", NOBODYS):
        stranger = Client()
        if why == "code":
            stranger.post("/sign-in/code/", {"account": account})
        else:
            recover(stranger, account)
        now_stands(state, Delivery.DELIVERED)
        pages = [text_of(stranger.get(address)) for address in ("/sign-in/", WHERE)]
        shown.append([text.replace("۰۹۱۲۱۲۳۴۵۶۷", "").replace("۰۹۱۲۹۹۹۹۹۹۹", "") for text in pages])
    assert shown[0] == shown[1]
    assert "پیامک‌ها اکنون بدون تأخیر فرستاده می‌شوند" in shown[0][1]
    assert "به گوشی رسید" not in shown[0][1]


def test_who_registered_anothers_number_reads_nothing_once_its_owner_has_signed_in(
    client: Client,
) -> None:
    register(client)
    recover(client)
    User.objects.update(first_signed_in_at=clock.now())
    now_stands(SmsState.DELIVERED)
    assert "به گوشی رسید" not in text_of(client.get(WHERE))


def test_how_messages_leave_just_now_is_told_of_all_of_them(client: Client) -> None:
    make_owner()
    recover(client, NOBODYS)
    slow = "ارسال پیامک‌ها اکنون کند است و ممکن است دیرتر برسد"
    assert slow in text_of(client.get(WHERE))
    heartbeat.beat("worker")
    assert slow not in text_of(client.get(WHERE))
    recover(Client())
    clock.move_to(clock.now() + timedelta(minutes=2))
    assert slow in text_of(client.get(WHERE))
    now_stands(SmsState.SENT)
    assert slow not in text_of(client.get(WHERE))


def test_messages_are_called_slow_while_every_provider_rests(
    client: Client, settings: Settings
) -> None:
    settings.SMS_PROVIDERS = ["kavenegar", "smsir"]
    heartbeat.beat("worker")
    recover(client, NOBODYS)
    rest = clock.machine_now() + timedelta(minutes=5)
    SmsProviderState.objects.create(name="kavenegar", rests_until=rest)
    register(registered := Client())
    assert "پیامک‌ها اکنون بدون تأخیر فرستاده می‌شوند" in text_of(client.get(WHERE))
    assert "وضعیت پیامک: در صف" in text_of(registered.get(WHERE))
    SmsProviderState.objects.create(name="smsir", rests_until=rest)
    slow = "ارسال پیامک‌ها اکنون کند است و ممکن است دیرتر برسد"
    assert slow in text_of(client.get(WHERE))
    assert "وضعیت پیامک: هنوز در صف" in text_of(registered.get(WHERE))


def test_signing_in_ends_what_is_told(known: Client) -> None:
    recover(known)
    sign_in(known, "09121234567", PASSWORD)
    assert signed_in(known)
    assert "به‌تازگی در این مرورگر رمزی درخواست نشده است" in text_of(known.get(WHERE))


def test_a_wrong_password_keeps_the_way_to_the_page(client: Client) -> None:
    register(client)
    answer = sign_in(client, "09121234567", "99999999")
    assert values(answer)["account"] == "09121234567"
    assert page(answer).xpath(f"//main//a[@href='{WHERE}']")


def test_asking_another_code_keeps_where_the_visitor_was_going(client: Client) -> None:
    client.post("/sign-in/code/", {"account": "09121234567", "next": "/history/?page=2"})
    again = page(client.get("/sign-in/code/enter/?next=/history/%3Fpage%3D2"))
    link = again.xpath("//main//a[text()='ارسال دوباره رمز']")[0].get("href")
    assert link == "/sign-in/code/?account=09121234567&next=%2Fhistory%2F%3Fpage%3D2"
    assert values(client.get(link))["next"] == "/history/?page=2"
