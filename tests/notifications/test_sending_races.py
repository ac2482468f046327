"""Several workers at the outbox, workers that died, and a demo clock that is moved to and fro."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from notifications import claiming, delivery, outbox, sending, sweeping
from notifications.models import SmsMessage, SmsState
from notifications.providers.base import OutgoingSms
from septam import clock
from tests.notifications.test_outbox import MOBILE, RECEIPT, later, only_message
from tests.simulated import Phone

pytestmark = pytest.mark.django_db
YEARS = timedelta(days=700)


def go_back() -> None:
    clock.move_to(clock.now() - YEARS)


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_send_each_message_once(phone: Phone) -> None:
    for number in range(12):
        outbox.queue("payment.receipt", f"0912000{number:04}", RECEIPT)
    gate = threading.Barrier(3)

    def work(_number: int) -> None:
        gate.wait(timeout=30)
        try:
            while sending.send_due(limit=2):
                pass
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    assert set(SmsMessage.objects.values_list("state", "attempts")) == {(SmsState.SENT, 1)}
    assert all(len(phone.messages(f"0912000{number:04}")) == 1 for number in range(12))


def test_a_worker_that_read_the_clock_a_moment_earlier_leaves_a_fresh_lease_alone(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox.queue("payment.receipt", MOBILE, RECEIPT)
    assert len(claiming.claim(20)) == 1
    early = clock.machine_now() - timedelta(seconds=30)
    monkeypatch.setattr(clock, "machine_now", lambda: early)
    assert sending.send_due() == 0
    assert phone.messages(MOBILE) == []


def test_a_message_whose_next_try_was_set_before_the_clock_went_back_is_sent(phone: Phone) -> None:
    clock.move_to(clock.now() + YEARS)
    outbox.queue("payment.receipt", MOBILE, RECEIPT)
    go_back()
    sweeping.sweep()
    assert sending.send_due() == 1
    assert only_message().state == SmsState.SENT


def test_a_pause_after_a_busy_provider_is_kept(phone: Phone) -> None:
    outbox.queue("payment.receipt", MOBILE, RECEIPT)
    SmsMessage.objects.update(next_try_at=clock.now() + sending.BACK_OFF[-1])
    assert sending.send_due() == 0


@pytest.mark.parametrize("state", [SmsState.QUEUED, SmsState.SENDING])
def test_a_lease_from_a_clock_that_was_put_right_does_not_hold_a_message_for_years(
    phone: Phone, state: SmsState
) -> None:
    outbox.queue("payment.receipt", MOBILE, RECEIPT)
    SmsMessage.objects.update(state=state, leased_until=clock.machine_now() + YEARS)
    sweeping.sweep()
    sending.send_due()
    assert only_message().state == (SmsState.SENT if state == SmsState.QUEUED else SmsState.UNKNOWN)


def test_moving_the_clock_ahead_does_not_make_a_message_on_its_way_look_abandoned(
    phone: Phone,
) -> None:
    outbox.queue("payment.receipt", MOBILE, RECEIPT)
    lease = clock.machine_now() + timedelta(minutes=1)
    SmsMessage.objects.update(state=SmsState.SENDING, leased_until=lease)
    later(hours=2)
    sweeping.sweep()
    sending.send_due()
    assert only_message().state == SmsState.SENDING


def test_a_message_late_in_a_batch_is_sent_under_a_fresh_lease(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox.queue("payment.receipt", MOBILE, RECEIPT)
    [message] = claiming.claim(20)
    message.leased_until = clock.machine_now() + timedelta(seconds=1)
    SmsMessage.objects.update(leased_until=message.leased_until)
    seen: list[timedelta] = []

    def look(row: SmsMessage) -> OutgoingSms:
        seen.append((only_message().leased_until or clock.now()) - clock.machine_now())
        return outgoing(row)

    outgoing = sending._outgoing
    monkeypatch.setattr(sending, "_outgoing", look)
    lane = sending._Lane(["kavenegar"])
    lane.take(message)
    lane.flush()
    assert seen[0] > sending.LEASE / 2
    assert only_message().state == SmsState.SENT


def test_delivery_is_asked_for_although_the_clock_went_back(phone: Phone) -> None:
    clock.move_to(clock.now() + YEARS)
    outbox.queue("payment.receipt", MOBILE, RECEIPT)
    sending.send_due()
    go_back()
    sweeping.sweep()
    assert delivery.poll_delivery() == 1
    assert only_message().next_try_at <= clock.now() + delivery.POLLS[0]
