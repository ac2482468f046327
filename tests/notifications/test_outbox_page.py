"""The office's page of SMS: what waits, why something did not go out, and «ارسال دوباره»."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Role
from notifications import marks, outbox, reasons, resending
from notifications.models import SmsMessage, SmsProviderState, SmsState
from notifications.providers import kavenegar, smsir
from septam import clock
from septam.models import AuditEvent
from tests.notifications.many_messages import fill_outbox
from tests.notifications.test_outbox import MOBILE, RECEIPT
from tests.people import make_staff, office_client

pytestmark = pytest.mark.django_db
LIST = "/office/notifications/smsmessage/"


def dead(error: str = "kavenegar RefusedError 411", mobile: str = MOBILE) -> SmsMessage:
    row = outbox.queue("payment.receipt", mobile, RECEIPT)
    assert row is not None
    SmsMessage.objects.filter(pk=row.pk).update(
        state=SmsState.DEAD, error=error, next_try_at=None, provider="kavenegar"
    )
    row.refresh_from_db()
    return row


def support() -> Client:
    return office_client(make_staff(Role.SUPPORT))


def page(client: Client, path: str = "") -> str:
    return client.get(LIST + path).content.decode()


def press(client: Client, *rows: SmsMessage) -> str:
    chosen = {"action": "send_again", "_selected_action": [row.pk for row in rows]}
    return client.post(LIST, chosen, follow=True).content.decode()


def test_the_list_says_why_and_the_message_what_to_do() -> None:
    row = dead("kavenegar AlarmError 418; smsir RefusedError 104")
    client = support()
    shown = page(client)
    assert "اعتبار پیامک تمام شده است" in shown
    assert "شماره همراه درست نیست" in shown
    one = page(client, f"{row.pk}/change/")
    assert "حساب سرویس‌دهنده را شارژ کنید" in one
    assert "smsir RefusedError 104" in one
    assert "۲ پیامک" in one
    assert "ارسال دوباره" in one


def test_the_head_of_the_page_shows_what_waits_and_how_the_providers_do() -> None:
    outbox.queue("payment.receipt", MOBILE, RECEIPT)
    SmsProviderState.objects.create(
        name="kavenegar", rests_until=clock.machine_now() + timedelta(minutes=4), failure="AlarmError 418",
        failed_at=clock.machine_now(), credit=1_234_000, credit_unit="rial", credit_at=clock.machine_now(),
    )  # fmt: skip
    shown = page(support())
    assert "رسید، بازدید و مانند آن" in shown
    assert "۱٬۲۳۴٬۰۰۰" in shown
    assert "متوقف تا" in shown


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?state=dead", True), ("?state=sent", False), ("?event=payment.receipt", True), ("?event=login.code", False),
        ("?day=today", True), ("?day=yesterday", False), ("?q=۰۹۱۲۱۲۳۴۵۶۷", True), ("?q=0912", False),
    ],
)  # fmt: skip
def test_staff_narrow_the_list_down(query: str, found: bool) -> None:
    row = dead()
    assert (f"/{row.pk}/change/" in page(support(), query)) == found


def test_sending_again_is_a_new_message_and_is_audited() -> None:
    row = dead()
    assert "۱ پیامک دوباره در صف ارسال قرار گرفت" in press(support(), row)
    again = row.again.get()
    assert (again.state, again.text, again.pk != row.pk) == (SmsState.QUEUED, row.text, True)
    assert SmsMessage.objects.get(pk=row.pk).state == SmsState.DEAD
    assert AuditEvent.objects.filter(verb="sms.resend", object_id=row.pk).count() == 1


def test_what_was_sent_repeated_or_is_a_code_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(outbox._makers, "login.code", lambda message: {"code": "482137"})
    code = outbox.queue("login.code", MOBILE)
    repeated, sent = dead(), outbox.queue("payment.receipt", MOBILE, RECEIPT)
    assert code is not None
    assert sent is not None
    SmsMessage.objects.filter(pk=code.pk).update(state=SmsState.UNKNOWN)
    SmsMessage.objects.filter(pk=sent.pk).update(state=SmsState.DELIVERED)
    client = support()
    press(client, repeated)
    assert "۳ پیامک دوباره ارسال نشد" in press(client, code, repeated, sent)
    assert SmsMessage.objects.filter(again_of__isnull=False).count() == 1


@pytest.mark.parametrize(
    ("state", "error"),
    [
        (SmsState.UNKNOWN, "kavenegar UnknownOutcomeError no-answer"),
        (SmsState.UNKNOWN, "interrupted"),
        (SmsState.DEAD, "too-late"),
        (SmsState.DEAD, "kavenegar RetryError 409"),
        (SmsState.UNDELIVERED, ""),
    ],
)
def test_of_a_code_staff_read_that_the_owner_asks_for_a_new_one_and_no_sending_again_is_offered(
    monkeypatch: pytest.MonkeyPatch, state: SmsState, error: str
) -> None:
    monkeypatch.setitem(outbox._makers, "login.code", lambda message: {"code": "482137"})
    code = outbox.queue("login.code", MOBILE)
    assert code is not None
    error = marks.TOO_LATE if error == "too-late" else error
    SmsMessage.objects.filter(pk=code.pk).update(state=state, error=error, next_try_at=None)
    shown = page(support(), f"{code.pk}/change/")
    assert "متقاضی باید خودش رمز تازه‌ای درخواست کند" in shown
    for other in ("ارسال دوباره", "دوباره ارسال کنید", "دوباره امتحان"):
        assert other not in shown


@pytest.mark.django_db(transaction=True)
def test_pressed_by_several_at_once_it_is_sent_once() -> None:
    row, staff = dead(), make_staff(Role.SUPPORT)

    def press_once(_number: int) -> bool:
        try:
            return resending.send_again(row, staff.pk) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(press_once, range(4)))
    assert made.count(True) == 1
    assert row.again.count() == 1


@pytest.mark.parametrize("provider", [kavenegar, smsir], ids=lambda module: module.__name__[24:])
def test_every_code_of_a_provider_has_words_and_advice(provider: object) -> None:
    name = provider.__name__.rsplit(".", 1)[1]  # type: ignore[attr-defined]
    codes = provider.REFUSED | provider.ALARM | provider.ALARM_OF_KIND  # type: ignore[attr-defined]
    for code in codes:
        found = reasons.of_failure(f"{name} AlarmError {code}")
        assert str(found.words)
        assert str(found.advice)


def test_a_list_of_many_messages_is_found_along_indexes() -> None:
    dead()
    fill_outbox()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plans = {
        "sms_troubled": SmsMessage.objects.filter(state="dead").order_by("-id")[:50].explain(),
        "sms_mobile": SmsMessage.objects.filter(mobile=MOBILE).order_by("-id")[:50].explain(),
        "sms_event": SmsMessage.objects.filter(event="x").order_by("-id")[:50].explain(),
    }
    for index, plan in plans.items():
        assert index in plan, plan
