"""Workers that remind at the same moment, and a renewal that is paid in between."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from inspections import workflow
from inspections.certificates import expiry, validity
from inspections.models import Certificate
from notifications import notices
from notifications.models import Notice, SmsMessage
from septam import clock
from sites.models import Place
from tests.inspections.journey import START, Journey, at_status

pytestmark = pytest.mark.django_db(transaction=True)


def a_week_before_its_end() -> Journey:
    clock.move_to(START)
    journey = at_status("certified")
    day = validity.last_day(Certificate.objects.get()) - timedelta(days=7)
    clock.move_to(datetime.combine(day, START.timetz()))
    return journey


def at_once(work: Callable[[], object], count: int = 4) -> None:
    gate = threading.Barrier(count)

    def run(_number: int) -> None:
        gate.wait(timeout=30)
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        list(pool.map(run, range(count)))


def test_workers_that_remind_at_once_remind_once() -> None:
    journey = a_week_before_its_end()
    at_once(expiry.remind)
    told = Notice.objects.filter(event="certificate.expiring")
    assert told.count() == SmsMessage.objects.filter(event="certificate.expiring").count() == 1
    # The control: without a key each worker tells.
    at_once(lambda: notices.add(journey.owner.pk, "certificate.expiring", "بی کلید"))
    assert told.count() == 5


def test_a_renewal_that_is_being_paid_for_keeps_the_reminder_waiting_and_then_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    journey = a_week_before_its_end()
    request = workflow.open_request(journey.place, journey.owner)
    locked, found, tell = threading.Event(), threading.Event(), expiry._tell

    def tell_of_what_was_found(*facts: int) -> bool:
        found.set()
        return tell(*facts)

    def pay() -> None:
        try:
            with transaction.atomic():
                Place.objects.select_for_update(of=("self",)).get(pk=journey.place.pk)
                locked.set()
                assert found.wait(timeout=30)
                workflow.mark_paid([request.pk], paid_at=clock.now())
        finally:
            connection.close()

    monkeypatch.setattr(expiry, "_tell", tell_of_what_was_found)
    with ThreadPoolExecutor(1) as pool:
        paying = pool.submit(pay)
        assert locked.wait(timeout=30)
        # The job finds the certificate before the payment is written, and waits for the place.
        assert expiry.remind() == 0
        paying.result()
    assert not Notice.objects.filter(event="certificate.expiring").exists()
