"""SMS from the caller's transaction to the phone."""

from datetime import timedelta

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from notifications import delivery, outbox, sending, sweeping
from notifications.models import SmsMessage, SmsState
from notifications.providers import registry
from notifications.texts import events, text_of
from septam import clock
from tests.simulated import Phone, ask_anew

MOBILE = "09121234567"
RECEIPT = {"amount": "۶٬۹۳۲٬۴۰۰", "place": "طلافروشی حسینی", "ref": "140501060042"}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_provider(settings: Settings) -> None:
    settings.SMS_PROVIDERS = ["kavenegar"]


def later(**span: float) -> None:
    clock.move_to(clock.now() + timedelta(**span))


def only_message() -> SmsMessage:
    return SmsMessage.objects.get()


def test_a_queued_message_reaches_the_phone_with_the_words_of_the_file(phone: Phone) -> None:
    outbox.queue("payment.receipt", MOBILE, RECEIPT)
    assert sending.send_due() == 1
    assert phone.messages(MOBILE) == [
        "سپتام\nمبلغ ۶٬۹۳۲٬۴۰۰ ریال بابت کارشناسی «طلافروشی حسینی» دریافت شد.\n"
        "پیگیری: 140501060042\nاین پیامک رسید شماست."
    ]
    assert only_message().state == SmsState.SENT
    assert only_message().text == phone.messages(MOBILE)[0]


def test_nothing_is_sent_when_the_callers_transaction_is_rolled_back(phone: Phone) -> None:
    with transaction.atomic():
        outbox.queue("payment.receipt", MOBILE, RECEIPT)
        transaction.set_rollback(True)
    assert sending.send_due() == 0


def test_the_same_effect_twice_is_one_message() -> None:
    first = outbox.queue("payment.receipt", MOBILE, RECEIPT, once_key="receipt:1")
    assert first is not None
    assert outbox.queue("payment.receipt", MOBILE, RECEIPT, once_key="receipt:1") is None
    assert only_message() == first


def test_an_unknown_event_and_a_missing_value_are_refused_at_once() -> None:
    with pytest.raises(KeyError):
        outbox.queue("no.such.event", MOBILE)
    with pytest.raises(KeyError):
        outbox.queue("payment.receipt", MOBILE, {"amount": "۱"})


def test_a_secret_is_made_at_sending_and_stands_nowhere(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(outbox._makers, "login.code", lambda message: {"code": "482137"})
    outbox.queue("login.code", MOBILE)
    sending.send_due()
    assert "482137" in phone.messages(MOBILE)[0]
    row = SmsMessage.objects.filter(pk=only_message().pk).values().get()
    assert "482137" not in str(row)


def test_a_busy_provider_is_tried_again_after_a_pause(phone: Phone) -> None:
    outbox.queue("payment.receipt", "09990000409", RECEIPT)
    sending.send_due()
    assert (only_message().state, only_message().attempts) == (SmsState.QUEUED, 1)
    assert sending.send_due() == 0
    later(seconds=6)
    sending.send_due()
    assert only_message().attempts == 2


def test_no_credit_keeps_the_queue_for_a_person_to_act(phone: Phone) -> None:
    outbox.queue("payment.receipt", "09990000418", RECEIPT)
    sending.send_due()
    assert only_message().state == SmsState.QUEUED
    assert "418" in only_message().error


def test_a_refused_number_is_given_up_at_once(phone: Phone) -> None:
    outbox.queue("payment.receipt", "0912", RECEIPT)
    sending.send_due()
    assert only_message().state == SmsState.DEAD


def test_an_unknown_outcome_by_template_is_never_repeated(phone: Phone) -> None:
    outbox.queue("payment.receipt", "09990000902", RECEIPT)
    sending.send_due()
    assert only_message().state == SmsState.UNKNOWN
    later(hours=1)
    assert sending.send_due() == 0
    assert len(phone.messages("09990000902")) == 1


def test_an_unknown_outcome_by_line_is_repeated_under_the_same_local_id(
    phone: Phone, settings: Settings
) -> None:
    settings.SMS_BY_LINE = ["payment.receipt"]
    outbox.queue("payment.receipt", "09990000902", RECEIPT)
    sending.send_due()
    later(seconds=6)
    sending.send_due()
    assert only_message().attempts == 2
    assert len(phone.messages("09990000902")) == 1


def test_a_message_that_lost_its_use_is_not_sent(phone: Phone) -> None:
    outbox.queue("payment.receipt", MOBILE, RECEIPT)
    later(hours=25)
    sending.send_due()
    assert only_message().state == SmsState.DEAD
    assert phone.messages(MOBILE) == []


@pytest.mark.parametrize(("by_line", "state"), [(True, SmsState.SENT), (False, SmsState.UNKNOWN)])
def test_what_a_killed_worker_left_is_repeated_only_where_it_cannot_double(
    phone: Phone, settings: Settings, by_line: bool, state: SmsState
) -> None:
    settings.SMS_BY_LINE = ["payment.receipt"] if by_line else []
    outbox.queue("payment.receipt", MOBILE, RECEIPT)
    gone = clock.now() - timedelta(minutes=1)
    SmsMessage.objects.update(
        state=SmsState.SENDING, leased_until=gone, tried_at=gone, provider="kavenegar"
    )
    assert sweeping.sweep() == 1
    sending.send_due()
    assert only_message().state == state


def test_codes_leave_before_reminders(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(outbox._makers, "login.code", lambda message: {"code": "482137"})
    outbox.queue("cart.lapsing", MOBILE, {"place": "الف"})
    outbox.queue("login.code", MOBILE)
    sending.send_due(limit=1)
    assert SmsMessage.objects.get(state=SmsState.SENT).event == "login.code"


def test_delivery_is_asked_for_and_noted(phone: Phone) -> None:
    outbox.queue("payment.receipt", "09990000011", RECEIPT)
    sending.send_due()
    SmsMessage.objects.update(next_try_at=clock.now())
    assert delivery.poll_delivery() == 1
    assert only_message().provider_status in {"pending", "undelivered"}


def test_every_text_fits_two_parts_and_obeys_the_rules_of_tokens() -> None:
    values = {
        "pw": "48213705", "code": "482137", "amount": "۱۲۳٬۴۵۶٬۷۸۹", "place": "ف" * 60, "n": "۱۲",
        "ref": "140501060042", "lab": "دیده‌سنج البرز", "when": "چهارشنبه ۲۶ اردیبهشت ساعت ۱۱:۳۰ صبح",
        "due": "شنبه ۴ فروردین", "time": "ساعت ۱۱:۳۰ صبح", "expert": "محمدی‌نژاد", "ecode": "10234",
        "date": "۱۴۰۳/۰۷/۰۶", "cert": "K7M49QXT2H", "card": "1234", "tel": "۰۲۱۰۰۰۰۰۰۰۰", "site": "septam.example", "number": "482137056",
            "count": "۱۲۰۰", "province": "چهارمحال و بختیاری", "hours": "۴۸", "stop": "abcdefghjkmn", "until": "۱۴۰۳/۰۷/۰۶",
    }  # fmt: skip
    for text in events():
        assert len(text.rendered(values)) <= 134, text.event
        for token, value in text.token_values(values).items():
            assert value.count(" ") <= {"token10": 5, "token20": 8}.get(token, 0), text.event


def test_a_text_without_placeholders_goes_by_the_line() -> None:
    assert text_of("support.answered").token_values({}) == {}


def test_the_key_never_shows_in_a_client_or_an_error(phone: Phone, settings: Settings) -> None:
    settings.SMS_URL = "http://127.0.0.1:9"
    settings.SMS_KEY = "very-secret-key"
    ask_anew()
    outbox.queue("payment.receipt", MOBILE, RECEIPT)
    sending.send_due()
    assert only_message().state == SmsState.QUEUED
    assert "very-secret-key" not in only_message().error + repr(
        vars(registry.provider("kavenegar"))
    )
