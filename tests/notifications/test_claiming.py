"""Which message goes first: priorities without starvation, order and share of one number, and the index behind it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from notifications import claiming, outbox, sending
from notifications.models import SmsMessage, SmsState
from notifications.providers import registry
from notifications.providers.base import RetryError
from septam import clock
from tests.notifications.fakes import FakeProvider
from tests.notifications.many_messages import fill_outbox
from tests.notifications.test_outbox import MOBILE, RECEIPT, later
from tests.simulated import ask_anew

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def taker(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> FakeProvider:
    """A provider that takes everything."""
    settings.SMS_PROVIDERS = ["taker"]
    ask_anew()
    made = FakeProvider("taker")
    monkeypatch.setattr(registry, "provider", lambda name: made)
    return made


def receipt(number: int) -> SmsMessage | None:
    return outbox.queue("payment.receipt", f"0912000{number:04}", RECEIPT)


def remind(number: int) -> SmsMessage | None:
    return outbox.queue("cart.lapsing", f"0913000{number:04}", {"place": "الف"})


def test_urgent_ones_go_first_and_every_claim_has_room_for_the_others() -> None:
    for number in range(40):
        remind(number)
    for number in range(40):
        receipt(number)
    claimed = [message.priority for message in claiming.claim(20)]
    assert claimed == [5] * 18 + [9] * 2


def test_two_messages_to_one_number_keep_their_order(taker: FakeProvider) -> None:
    outbox.queue("payment.receipt", MOBILE, RECEIPT)
    outbox.queue("payment.unclear", MOBILE, {"amount": "۱"})
    taker.answers = [RetryError("409")]
    sending.send_due()
    assert sending.send_due() == 0  # the second waits for the first, which is tried again soon
    later(seconds=6)
    while sending.send_due():
        pass
    assert [call.template for call in taker.calls[1:]] == ["payment-receipt", "payment-unclear"]


def test_a_message_passes_one_that_rests_for_long(taker: FakeProvider) -> None:
    outbox.queue("payment.receipt", MOBILE, RECEIPT)
    SmsMessage.objects.update(next_try_at=clock.now() + timedelta(minutes=10))
    outbox.queue("payment.unclear", MOBILE, {"amount": "۱"})
    assert sending.send_due() == 1


def test_a_number_gets_its_share_of_a_span_and_codes_beside_it(
    taker: FakeProvider, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SMS_PER_NUMBER = 2
    monkeypatch.setitem(outbox._makers, "login.code", lambda message: {"code": "482137"})
    for _number in range(3):
        outbox.queue("payment.receipt", MOBILE, RECEIPT)
        while sending.send_due():
            pass
    outbox.queue("login.code", MOBILE)
    receipt(1)
    while sending.send_due():
        pass
    assert [call.template for call in taker.calls].count("payment-receipt") == 3
    assert [call.template for call in taker.calls].count("login-code") == 1
    later(minutes=11)
    assert sending.send_due() == 1


def test_a_turn_that_lasts_too_long_gives_back_what_it_did_not_reach(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in range(3):
        receipt(number)
    monkeypatch.setattr(sending, "TURN_SECONDS", -1.0)
    turn = sending.send_turn()
    assert (turn.count, turn.more) == (0, True)
    assert SmsMessage.objects.filter(state=SmsState.QUEUED, leased_until=None).count() == 3


def test_the_claim_walks_the_index_of_what_is_due() -> None:
    receipt(1)
    fill_outbox()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = claiming.explain(20)
    assert "Index Scan using sms_due" in plan, plan
    assert "sms_waiting_of" in plan
    assert "sms_mobile" in plan


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("skips", [True, False])
def test_two_workers_at_once_never_take_the_same_message(
    monkeypatch: pytest.MonkeyPatch, skips: bool
) -> None:
    """The control takes rows without locking them first, and both workers get some."""
    for number in range(60):
        receipt(number)
    if not skips:
        unlocked = claiming._CLAIM.replace("FOR UPDATE OF m SKIP LOCKED", "")
        slow = unlocked.replace("WHERE m.id = chosen.id", "WHERE m.id = chosen.id AND pg_sleep(0.01) IS NOT NULL")  # fmt: skip
        monkeypatch.setattr(claiming, "_CLAIM", slow)

    def take(_number: int) -> list[int]:
        try:
            return [message.pk for message in claiming.claim(20)]
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        taken = [pk for rows in pool.map(take, range(3)) for pk in rows]
    assert (len(taken) == len(set(taken))) == skips
