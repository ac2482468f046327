"""Ten copies of the bank's callback at once on each of fifty payments; and what happens without the lock."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from typing import Any

import pytest
from django.db import connection, transaction

from billing import attempts, completion, orders, payments
from billing.cart import cart_of
from billing.models import AttemptState, Order, OrderState, PaymentAttempt, PaymentEvent
from billing.payments import confirming
from inspections.models import RequestEvent, RequestStatus, VisitRequest
from notifications.models import Notice, SmsMessage
from tests.billing.bank import GATEWAY, Bank, browser_back, make_cart, make_order
from tests.people import make_owner

pytestmark = pytest.mark.django_db(transaction=True)
PAYMENTS, COPIES = 50, 10


def at_once(work: Callable[[], Any], copies: int) -> list[Any]:
    """Run the work in so many threads that start together; each closes its connection."""
    gate = threading.Barrier(copies)

    def run(_number: int) -> Any:
        gate.wait(timeout=30)
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(copies) as pool:
        return list(pool.map(run, range(copies)))


def paid_at_the_bank(bank: Bank, count: int) -> list[tuple[PaymentAttempt, dict[str, str]]]:
    found = []
    for number in range(count):
        owner = make_owner(f"0912{number:07}")
        attempt = payments.start(make_order(owner, f"شعبه {number}"), GATEWAY)
        found.append((attempt, bank.finish(attempt.token)))
    return found


@pytest.mark.slow
def test_ten_copies_of_the_callback_on_each_of_fifty_payments_pay_each_once(bank: Bank) -> None:
    ready = paid_at_the_bank(bank, PAYMENTS)
    for _attempt, fields in ready:
        answers = at_once(partial(browser_back, fields), COPIES)
        assert {answer.status_code for answer in answers} == {303}
    books = {sale["order_id"]: sale for sale in bank.ledger()["sales"]}
    for attempt, _fields in ready:
        once = {"bpPayRequest": 1, "bpVerifyRequest": 1, "bpSettleRequest": 1}
        assert books[attempt.order_number]["counts"] == once
        assert books[attempt.order_number]["taken"] == attempt.amount_rial
    assert set(PaymentAttempt.objects.values_list("state", flat=True)) == {AttemptState.SETTLED}
    assert set(Order.objects.values_list("state", flat=True)) == {OrderState.PAID}
    assert set(VisitRequest.objects.values_list("status", flat=True)) == {RequestStatus.SCHEDULING}
    assert RequestEvent.objects.filter(verb="pay").count() == PAYMENTS
    assert PaymentEvent.objects.filter(kind="settle").count() == PAYMENTS
    assert SmsMessage.objects.filter(event="payment.receipt").count() == PAYMENTS
    assert Notice.objects.filter(event="payment.receipt").count() == PAYMENTS


def is_waited_for_a_lock() -> bool:
    """Whether somebody waits for a lock on this server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_who_waits_for_an_order_holds_nothing_of_its_attempt_and_reads_what_came_meanwhile(
    bank: Bank,
) -> None:
    """The order first, then the attempt, though one statement locks both."""
    [(attempt, _fields)] = paid_at_the_bank(bank, 1)

    def take() -> str:
        try:
            with transaction.atomic():
                return attempts.locked(attempt.pk).result_code
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Order.objects.select_for_update().get(pk=attempt.order_id)
            waiting = pool.submit(take)
            while not is_waited_for_a_lock():
                assert not waiting.done()
            rows = PaymentAttempt.objects.filter(pk=attempt.pk)
            assert rows.select_for_update(nowait=True).get().pk == attempt.pk
            rows.update(result_code="meanwhile")
        assert waiting.result(timeout=30) == "meanwhile"


def test_without_the_lease_the_bank_is_asked_more_than_once(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the race above is real, and the lease is what ends it."""
    ready = paid_at_the_bank(bank, 5)
    monkeypatch.setattr(confirming, "is_leased", lambda attempt, now: False)
    # Slow answers keep the door open as long as a slow line does.
    bank.fault("bpVerifyRequest", "delay", seconds=0.2, count=5)
    for _attempt, fields in ready:
        at_once(partial(browser_back, fields), COPIES)
    asked = Counter(
        {
            sale["order_id"]: sale["counts"].get("bpVerifyRequest", 0)
            for sale in bank.ledger()["sales"]
        }
    )
    assert max(asked[attempt.order_number] for attempt, _fields in ready) > 1


def test_without_the_row_lock_a_payment_is_credited_more_than_once(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the lock itself: read, check and save let several writers through."""

    def unlocked(attempt_id: int) -> PaymentAttempt:
        return PaymentAttempt.objects.select_related("order__owner").get(pk=attempt_id)

    ready = paid_at_the_bank(bank, 5)
    credited: list[int] = []
    monkeypatch.setattr(confirming, "is_leased", lambda attempt, now: False)
    monkeypatch.setattr(attempts, "locked", unlocked)
    monkeypatch.setattr(
        completion, "complete", lambda order, attempt, now: credited.append(attempt.pk)
    )
    for _attempt, fields in ready:
        at_once(partial(quietly, partial(browser_back, fields)), COPIES)
    assert max(Counter(credited).values()) > 1


def quietly(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except Exception as problem:
        return problem


def race(*works: Callable[[], Any]) -> list[Any]:
    """Different works at the same time; a refusal is an outcome."""
    waiting = SimpleQueue[Callable[[], Any]]()
    for work in works:
        waiting.put(work)
    return at_once(lambda: quietly(waiting.get()), len(works))


def test_two_clicks_on_the_checkout_at_once_are_one_order(bank: Bank) -> None:
    owner = make_owner()
    make_cart(owner, "طلافروشی حسینی", "شعبه بازار")
    total = cart_of(owner).payable_rial
    made = at_once(lambda: orders.checkout(owner, total).pk, 8)
    assert len(set(made)) == 1
    assert Order.objects.count() == 1


def test_a_line_is_not_taken_out_while_its_payment_begins(bank: Bank) -> None:
    owner = make_owner()
    for number in range(6):
        order = make_order(owner, f"شعبه {number}")
        request = order.lines.get().request
        race(partial(payments.start, order, GATEWAY), partial(orders.remove, owner, request.number))
        request.refresh_from_db()
        sent = order.attempts.filter(state=AttemptState.SENT).exists()
        assert sent == (request.status == RequestStatus.IN_CART)
        order.attempts.update(state=AttemptState.ABANDONED)
        if sent:
            orders.remove(owner, request.number)


def test_parallel_jobs_ask_the_bank_once(bank: Bank) -> None:
    [(attempt, fields)] = paid_at_the_bank(bank, 1)
    payments.receive_callback(GATEWAY, fields)
    at_once(payments.resolve_due, 6)
    assert bank.sale(attempt)["counts"]["bpVerifyRequest"] == 1
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.SETTLED
