"""The worker's sending threads: each message once, nobody's code behind a slow provider, trouble survived."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import OperationalError
from pytest_django.fixtures import Settings

from notifications import lanes, outbox, sending
from notifications.lanes import Lanes
from notifications.models import SmsMessage, SmsState
from notifications.providers import registry
from notifications.providers.base import OutgoingSms
from tests.notifications.fakes import FakeProvider
from tests.notifications.test_outbox import RECEIPT
from tests.simulated import ask_anew

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def taker(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> FakeProvider:
    settings.SMS_PROVIDERS = ["taker"]
    ask_anew()
    made = FakeProvider("taker")
    monkeypatch.setattr(registry, "provider", lambda name: made)
    for name in ("PAUSE_SECONDS", "TROUBLE_PAUSE_SECONDS", "HELD_UP_SECONDS"):
        monkeypatch.setattr(lanes, name, 0.05)
    return made


@pytest.fixture
def started(taker: FakeProvider) -> Iterator[Callable[[int], Lanes]]:
    """Lanes that end with the test."""
    running: list[Lanes] = []

    def start(count: int) -> Lanes:
        running.append(Lanes(count))
        running[-1].start()
        return running[-1]

    yield start
    for one in running:
        one.stop()


def until(done: Callable[[], bool]) -> None:
    limit = time.monotonic() + 60
    while not done():
        assert time.monotonic() < limit
        time.sleep(0.02)


def all_sent() -> bool:
    return not SmsMessage.objects.exclude(state=SmsState.SENT).exists()


def test_threads_send_each_message_once(
    taker: FakeProvider, started: Callable[[int], Lanes]
) -> None:
    for number in range(60):
        outbox.queue("payment.receipt", f"0912000{number:04}", RECEIPT)
    started(3)
    until(all_sent)
    ids = [call.local_id for call in taker.calls]
    assert len(ids) == len(set(ids)) == 60


def test_a_code_does_not_wait_for_a_provider_that_holds_another_message(
    taker: FakeProvider, started: Callable[[int], Lanes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(outbox._makers, "login.code", lambda message: {"code": "482137"})
    held, let_go = threading.Event(), threading.Event()

    def hold(message: OutgoingSms) -> str:
        held.set()
        let_go.wait(60)
        return "late"

    taker.answers = [hold]
    outbox.queue("payment.receipt", "09120000001", RECEIPT)
    started(2)
    assert held.wait(60)
    code = outbox.queue("login.code", "09120000002")
    assert code is not None
    try:
        until(lambda: SmsMessage.objects.get(pk=code.pk).state == SmsState.SENT)
        assert SmsMessage.objects.exclude(pk=code.pk).get().state == SmsState.SENDING
    finally:
        let_go.set()
    until(all_sent)


def test_a_lost_database_and_a_bug_are_survived(
    taker: FakeProvider, started: Callable[[int], Lanes], monkeypatch: pytest.MonkeyPatch
) -> None:
    troubles: list[Exception] = [OperationalError("gone"), RuntimeError("a bug")]
    real = sending.send_turn

    def failing(limit: int | None = None) -> sending.Turn:
        if troubles:
            raise troubles.pop()
        return real(limit)

    monkeypatch.setattr(sending, "send_turn", failing)
    outbox.queue("payment.receipt", "09120000001", RECEIPT)
    started(1)
    until(all_sent)
