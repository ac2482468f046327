"""What the office's first page says of SMS: credit, providers that rest, messages that wait too long."""

from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from notifications import circuit, outbox, watch
from notifications.models import SmsMessage, SmsProviderState
from notifications.providers import registry
from notifications.providers.base import AlarmError, Credit, CreditUnit
from septam import clock
from tests.notifications.fakes import FakeProvider
from tests.notifications.test_outbox import MOBILE, RECEIPT
from tests.simulated import ask_anew

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def taker(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> FakeProvider:
    settings.SMS_PROVIDERS = ["taker"]
    ask_anew()
    made = FakeProvider("taker")
    monkeypatch.setattr(registry, "provider", lambda name: made)
    return made


def lines() -> list[str]:
    return [str(alarm.text) for alarm in watch.wrong()]


def test_low_credit_is_told_until_the_account_is_charged(taker: FakeProvider) -> None:
    taker.left = Credit(90, CreditUnit.MESSAGES, alarm_below=100)
    watch.look_at_credit()
    assert lines() == ["اعتبار پیامک رو به پایان است: taker"]
    taker.left = Credit(9_000, CreditUnit.MESSAGES, alarm_below=100)
    watch.look_at_credit()
    assert lines() == []
    assert SmsProviderState.objects.get().credit == 9_000


def test_a_provider_that_rests_is_told() -> None:
    rest = clock.machine_now() + timedelta(minutes=1)
    SmsProviderState.objects.create(name="taker", rests_until=rest)
    assert lines() == ["ارسال پیامک با taker متوقف است و دوباره امتحان می‌شود"]


@pytest.mark.parametrize(
    ("event", "minutes", "told"),
    [("login.code", 2, True), ("payment.receipt", 2, False), ("payment.receipt", 61, True)],
)
def test_messages_that_wait_too_long_are_told(
    event: str, minutes: int, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(outbox._makers, "login.code", lambda message: {"code": "482137"})
    outbox.queue(event, MOBILE, RECEIPT)
    SmsMessage.objects.update(next_try_at=clock.now() - timedelta(minutes=minutes))
    assert bool(lines()) == told


@pytest.fixture
def low_on_credit(taker: FakeProvider, settings: Settings) -> FakeProvider:
    """Kavenegar, as it rests for lack of credit."""
    settings.SMS_PROVIDERS = ["kavenegar"]
    taker.left = Credit(0, CreditUnit.RIAL, alarm_below=1_000)
    circuit.failed("kavenegar", AlarmError("418"))
    return taker


@pytest.mark.parametrize(
    ("before", "now", "goes_on"),
    [(0, 500, True), (500, 500, False), (900, 500, False), (None, 500, False), (5_000, 1_000, True), (0, 0, False)],
)  # fmt: skip
def test_a_rest_ends_where_credit_has_grown_or_is_enough(
    low_on_credit: FakeProvider, before: int | None, now: int, goes_on: bool
) -> None:
    SmsProviderState.objects.update(credit=before)
    low_on_credit.left = Credit(now, CreditUnit.RIAL, alarm_below=1_000)
    watch.look_at_credit_again()
    assert bool(circuit.available()) == goes_on
    assert SmsProviderState.objects.get().credit == now


def test_a_provider_that_rests_for_another_reason_is_not_asked(
    low_on_credit: FakeProvider,
) -> None:
    circuit.failed("kavenegar", AlarmError("403"))
    low_on_credit.left = Credit(9_000, CreditUnit.RIAL)
    watch.look_at_credit_again()
    assert circuit.available() == ()
    assert SmsProviderState.objects.get().credit is None


def test_a_failure_while_the_credit_is_asked_for_keeps_its_rest(
    low_on_credit: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    def credit() -> Credit:
        circuit.failed("kavenegar", AlarmError("403"))
        return Credit(9_000, CreditUnit.RIAL)

    monkeypatch.setattr(low_on_credit, "credit", credit)
    watch.look_at_credit_again()
    assert circuit.available() == ()
