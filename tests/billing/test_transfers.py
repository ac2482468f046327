"""Money by bank transfer: reported, recorded, matched once, completed, returned."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.models import Role
from billing import payments, refunds
from billing.cart import cart_of
from billing.models import (
    AttemptState,
    BankTransfer,
    Order,
    OrderState,
    PaymentAttempt,
    ProformaState,
    RefundCase,
    TransferState,
)
from billing.refunds import steps
from billing.transfers import candidates, holding, matching, proformas, reports, sums
from inspections import workflow
from inspections.models import RequestStatus
from notifications.models import Notice, SmsMessage
from septam import clock
from septam.models import AuditEvent
from tests.billing.bank import GATEWAY, Bank, browser_back, make_order
from tests.billing.transfers import facts, make_finance, make_held_order, make_report, make_transfer
from tests.people import make_owner, make_staff, make_stranger

pytestmark = pytest.mark.django_db


def match(transfer: BankTransfer, order: Order) -> Order:
    matching.match(transfer.pk, order.number, make_finance())
    order.refresh_from_db()
    transfer.refresh_from_db()
    return order


def test_a_matched_transfer_of_the_whole_sum_pays_the_order() -> None:
    order = make_held_order()
    transfer = make_transfer(order.payable_rial)
    match(transfer, order)
    assert order.state == OrderState.PAID
    assert transfer.state == TransferState.MATCHED
    assert transfer.order == order
    request = order.lines.first().request  # type: ignore[union-attr]
    assert request.status == RequestStatus.SCHEDULING
    assert order.proforma.state == ProformaState.PAID
    sms = SmsMessage.objects.get(event="payment.receipt")
    assert "140312345678" in sms.text
    assert Notice.objects.filter(event="payment.receipt").count() == 1
    assert not RefundCase.objects.exists()


def test_several_transfers_pay_one_order_when_their_sum_is_enough() -> None:
    order = make_held_order()
    first = make_transfer(order.payable_rial - 1, "1001")
    match(first, order)
    assert order.state == OrderState.OPEN
    assert sums.remaining_rial(order) == 1
    assert Notice.objects.get(event="transfer.part").user_id == order.owner_id
    match(make_transfer(1, "1002"), order)
    assert order.state == OrderState.PAID
    assert SmsMessage.objects.filter(event="payment.receipt").count() == 1


def test_money_above_the_sum_opens_a_refund_case_of_just_that() -> None:
    order = make_held_order()
    match(make_transfer(order.payable_rial + 2_500), order)
    case = RefundCase.objects.get()
    assert (case.order, case.reason, case.amount_rial) == (order, "overpaid", 2_500)


def test_finance_matches_no_transfer_with_an_own_order() -> None:
    finance = make_finance()
    order = make_held_order(finance)
    transfer = make_transfer(order.payable_rial)
    with pytest.raises(matching.Refused, match="خود شما"):
        matching.match(transfer.pk, order.number, finance)
    order.refresh_from_db()
    assert order.state == OrderState.OPEN
    colleague = make_staff(Role.FINANCE, username="colleague")
    assert matching.match(transfer.pk, order.number, colleague).state == OrderState.PAID


def test_money_that_names_an_open_order_is_not_counted_for_another() -> None:
    named, other = make_held_order(), make_held_order(make_stranger())
    transfer = make_transfer(other.payable_rial)
    BankTransfer.objects.filter(pk=transfer.pk).update(description=f"بابت {named.number}")
    with pytest.raises(matching.Refused, match="سفارش باز دیگری"):
        matching.match(transfer.pk, other.number, make_finance())
    assert matching.match(transfer.pk, named.number, make_finance()).state == OrderState.PAID


def test_money_that_was_sent_long_after_the_proformas_last_day_pays_nothing_at_its_price() -> None:
    """A report of money that nobody sent keeps the order; it does not keep its price."""
    order = make_held_order()
    make_report(order, order.payable_rial, "1")
    arrives = order.proforma.valid_until + timedelta(days=settings.TRANSFER_ARRIVAL_DAYS)
    clock.move_to(clock.now() + timedelta(days=60))
    late = make_transfer(order.payable_rial, paid_on=arrives + timedelta(days=1))
    with pytest.raises(matching.Refused, match="پس از"):
        match(late, order)
    assert (
        match(make_transfer(order.payable_rial, "2", paid_on=arrives), order).state
        == OrderState.PAID
    )


def test_a_part_in_time_opens_no_door_for_a_rest_that_is_sent_too_late() -> None:
    """Of 1,000 rial in time the price would else be held for ever, and a re-visit past its window."""
    order = make_held_order()
    match(make_transfer(1_000), order)
    arrives = order.proforma.arrives_until
    clock.move_to(clock.now() + timedelta(days=60))
    rest = order.payable_rial - 1_000
    with pytest.raises(matching.Refused, match="پس از"):
        match(make_transfer(rest, "2", paid_on=arrives + timedelta(days=1)), order)
    assert match(make_transfer(rest, "3", paid_on=arrives), order).state == OrderState.PAID


def test_a_part_whose_rest_never_came_goes_back_to_finance_and_the_places_to_the_cart() -> None:
    order = make_held_order()
    part = make_transfer(1_000_000)
    match(part, order)
    clock.move_to(clock.now() + timedelta(days=7 + 10))
    assert proformas.run() == 0
    clock.move_to(clock.now() + timedelta(days=1))
    assert proformas.run() == 1
    order.refresh_from_db()
    part.refresh_from_db()
    assert (order.state, part.state, part.order) == (
        OrderState.CANCELLED,
        TransferState.RECORDED,
        None,
    )
    assert "مبلغ ۱٬۰۰۰٬۰۰۰ ریال" in Notice.objects.get(event="proforma.lapsed").body
    assert len(cart_of(order.owner).lines) == 1
    assert AuditEvent.objects.get(verb="transfer.unmatch").detail["order"] == order.pk
    assert proformas.run() == 0


def test_a_part_stays_while_money_that_names_its_order_waits_for_its_match() -> None:
    order = make_held_order()
    match(make_transfer(1_000_000), order)
    named = order.number.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    rest = make_transfer(order.payable_rial - 1_000_000, "2", description=f"بابت {named}")
    clock.move_to(clock.now() + timedelta(days=18))
    assert proformas.run() == 0
    assert match(rest, order).state == OrderState.PAID


@pytest.mark.parametrize(("days", "said"), [(0, "باید تا پایان"), (13, "دیگر واریز نکنید")])
def test_an_owner_is_told_until_when_the_rest_counts_and_that_it_is_over(
    days: int, said: str
) -> None:
    order = make_held_order()
    part = make_transfer(1_000_000)
    clock.move_to(clock.now() + timedelta(days=days))
    match(part, order)
    assert said in Notice.objects.get(event="transfer.part").body
    client = Client()
    client.force_login(order.owner)
    for page in ("", "proforma/"):
        shown = client.get(f"/orders/{order.number}/{page}").content.decode()
        assert ("مهلت باقی مبلغ گذشته است" in shown) == (days > 0)


def test_a_part_stays_while_finance_looks_for_what_the_owner_reported_of_the_rest() -> None:
    order = make_held_order()
    match(make_transfer(1_000_000), order)
    clock.move_to(clock.now() + timedelta(days=12))
    make_report(order, order.payable_rial - 1_000_000, "2")
    clock.move_to(clock.now() + timedelta(days=30))
    assert proformas.run() == 0
    with pytest.raises(reports.NoProforma):
        make_report(order, order.payable_rial - 1_000_000, "3")


def test_who_wrote_down_the_money_does_not_match_it() -> None:
    order = make_held_order()
    writes, matches = (make_staff(Role.FINANCE, username=name) for name in ("a", "b"))
    transfer = matching.record(facts(order.payable_rial), writes)
    with pytest.raises(matching.Refused, match="همکار دیگری"):
        matching.match(transfer.pk, order.number, writes)
    order.refresh_from_db()
    assert order.state == OrderState.OPEN
    assert matching.match(transfer.pk, order.number, matches).state == OrderState.PAID


def test_who_wrote_down_the_money_does_not_approve_that_it_goes_back() -> None:
    order = make_held_order()
    writes, matches, sees = (make_staff(Role.FINANCE, username=name) for name in ("a", "b", "c"))
    transfer = matching.record(facts(order.payable_rial + 2_500), writes)
    matching.match(transfer.pk, order.number, matches)
    case = RefundCase.objects.get()
    for part_of_it in (writes, matches):
        with pytest.raises(steps.NotPossible, match="همکار دیگری"):
            steps.approve(case.pk, part_of_it)
    assert steps.approve(case.pk, sees).approved_by == sees


def test_the_same_tracking_number_is_recorded_once() -> None:
    make_transfer(5_000, "A-77")
    with pytest.raises(matching.Refused):
        matching.record(facts(5_000, "A-77"), make_finance())
    assert BankTransfer.objects.count() == 1


def test_what_an_owner_merely_says_blocks_nobody_elses_tracking_number() -> None:
    liar, honest = make_held_order(), make_held_order(make_stranger())
    false = make_report(liar, liar.payable_rial, "B-1")
    true = make_transfer(honest.payable_rial, "B-1")
    match(true, honest)
    assert honest.state == OrderState.PAID
    with pytest.raises(matching.Refused):
        matching.match(false.pk, liar.number, make_finance())
    liar.refresh_from_db()
    assert liar.state == OrderState.OPEN


def test_a_report_pays_nothing_until_two_of_finance_have_seen_the_money() -> None:
    """Else an owner and one of finance make a visit of money that nobody sent."""
    order = make_held_order()
    report = make_report(order, order.payable_rial)
    assert sums.matched_rial(order.pk) == 0
    with pytest.raises(matching.Refused, match="از روی صورتحساب ثبت کنید"):
        matching.match(report.pk, order.number, make_finance())
    order.refresh_from_db()
    assert order.state == OrderState.OPEN
    assert match(make_transfer(order.payable_rial), order).state == OrderState.PAID


def test_the_same_report_twice_is_one() -> None:
    order = make_held_order()
    make_report(order, 1000, "C-1")
    with pytest.raises(reports.SaidBefore):
        make_report(order, 1000, "C-1")


def test_recorded_money_answers_the_owners_report_of_the_same_number() -> None:
    order = make_held_order()
    report = make_report(order, order.payable_rial, "D-1")
    match(make_transfer(order.payable_rial, "D-1"), order)
    report.refresh_from_db()
    assert report.state == TransferState.REJECTED
    assert not Notice.objects.filter(event="transfer.rejected").exists()
    assert sums.matched_rial(order.pk) == order.payable_rial


def test_a_rejected_report_tells_the_owner_why_and_holds_nothing() -> None:
    order = make_held_order()
    report = make_report(order, order.payable_rial)
    assert holding.has_money(order)
    matching.reject(report.pk, make_finance(), "در صورتحساب نیست")
    assert not holding.has_money(order)
    assert "در صورتحساب نیست" in Notice.objects.get(event="transfer.rejected").body


@pytest.mark.parametrize("state", [OrderState.PAID, OrderState.PAID_UNPLACED, OrderState.CANCELLED])
def test_a_transfer_for_an_order_that_is_not_open_stays_recorded(state: str) -> None:
    order = make_held_order()
    transfer = make_transfer(order.payable_rial)
    Order.objects.filter(pk=order.pk).update(state=state)
    with pytest.raises(matching.Refused) as refusal:
        matching.match(transfer.pk, order.number, make_finance())
    assert "برگشت" in str(refusal.value)
    transfer.refresh_from_db()
    assert transfer.state == TransferState.RECORDED


def test_money_that_pays_for_nothing_is_returned_with_the_banks_reference() -> None:
    order = make_held_order()
    Order.objects.filter(pk=order.pk).update(state=OrderState.CANCELLED)
    transfer = make_transfer(order.payable_rial)
    matching.give_back(transfer.pk, make_finance(), "پیش‌فاکتور منقضی بود", "R-55", order)
    transfer.refresh_from_db()
    assert (transfer.state, transfer.return_reference) == (TransferState.RETURNED, "R-55")
    assert Notice.objects.get(event="transfer.returned").user_id == order.owner_id
    with pytest.raises(matching.Refused):
        matching.match(transfer.pk, order.number, make_finance())


def test_who_wrote_down_the_money_does_not_note_that_it_was_sent_back() -> None:
    recorder = make_finance("clerk")
    transfer = make_transfer(1000)
    with pytest.raises(matching.Refused, match="این حواله را خودتان ثبت کرده‌اید"):
        matching.give_back(transfer.pk, recorder, "اضافه", "R-55")
    matching.give_back(transfer.pk, make_finance(), "اضافه", "R-55")


def test_a_number_of_the_bank_sends_one_transfer_back() -> None:
    first, second = make_transfer(1000, "G-1"), make_transfer(2000, "G-2")
    matching.give_back(first.pk, make_finance(), "اضافه", "R-55")
    with pytest.raises(matching.Refused, match="حواله دیگری"):
        matching.give_back(second.pk, make_finance(), "اضافه", "R-55")
    second.refresh_from_db()
    assert second.state == TransferState.RECORDED


def test_a_match_is_undone_while_the_order_is_open_and_never_afterwards() -> None:
    order = make_held_order()
    part = make_transfer(1000, "E-1")
    match(part, order)
    matching.unmatch(part.pk, make_finance(), "اشتباه")
    assert sums.matched_rial(order.pk) == 0
    whole = make_transfer(order.payable_rial, "E-2")
    match(whole, order)
    with pytest.raises(matching.Refused):
        matching.unmatch(whole.pk, make_finance(), "اشتباه")
    whole.refresh_from_db()
    assert whole.state == TransferState.MATCHED


def test_each_step_of_finance_is_audited() -> None:
    order = make_held_order()
    part = make_transfer(1000, "F-1")
    match(part, order)
    matching.unmatch(part.pk, make_finance(), "اشتباه")
    matching.give_back(part.pk, make_finance(), "اضافه", "R-1")
    report = make_report(order, 10, "F-2")
    matching.reject(report.pk, make_finance(), "نیست")
    verbs = AuditEvent.objects.filter(verb__startswith="transfer.").values_list("verb", flat=True)
    assert sorted(verbs) == [
        "transfer.match", "transfer.record", "transfer.reject", "transfer.report", "transfer.return",
        "transfer.unmatch",
    ]  # fmt: skip


def test_the_database_refuses_impossible_transfers() -> None:
    order = make_held_order()
    transfer = make_transfer(1000)
    for wrong in (
        {"amount_rial": 0}, {"state": "matched"}, {"state": "lost"}, {"reference": ""},
        {"state": "returned"}, {"state": "reported", "order": None},
        {"state": "matched", "order": order}, {"state": "rejected"},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            BankTransfer.objects.filter(pk=transfer.pk).update(**wrong)


def test_candidates_are_the_named_order_and_those_that_wait_for_this_sum() -> None:
    named = make_held_order()
    same_sum = make_held_order(make_stranger())
    other = make_order(make_owner("09121112233"), "الف", "ب")
    transfer = make_transfer(same_sum.payable_rial, description=f"بابت {named.number} سپتام")
    found = candidates.candidates_of(transfer)
    assert [one.order for one in found] == [named, same_sum]
    assert found[0].is_named
    assert other not in [one.order for one in found]


def test_a_paid_order_among_the_candidates_says_that_the_money_goes_back() -> None:
    order = make_held_order()
    match(make_transfer(order.payable_rial, "G-1"), order)
    again = make_transfer(order.payable_rial, "G-2", description=order.number)
    [candidate] = candidates.candidates_of(again)
    assert "برگشت" in str(candidate.why_not)


# --- beside the card -------------------------------------------------------------------------------------


def test_a_card_payment_of_an_order_paid_by_transfer_is_a_duplicate(bank: Bank) -> None:
    order = make_held_order()
    attempt = payments.start(order, GATEWAY)
    fields = bank.finish(attempt.token)
    match(make_transfer(order.payable_rial), order)
    browser_back(fields)
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.DUPLICATE
    assert "bpVerifyRequest" not in bank.sale(attempt)["counts"]
    order.refresh_from_db()
    assert order.state == OrderState.PAID


def test_no_transfer_is_matched_while_the_bank_is_asked_about_a_card_payment(bank: Bank) -> None:
    order = make_held_order()
    attempt = payments.start(order, GATEWAY)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(state=AttemptState.VERIFYING)
    transfer = make_transfer(order.payable_rial)
    with pytest.raises(matching.Refused):
        matching.match(transfer.pk, order.number, make_finance())
    assert sums.matched_rial(order.pk) == 0


def test_a_held_order_may_still_be_paid_by_card(bank: Bank) -> None:
    order = make_held_order()
    browser_back(bank.finish(payments.start(order, GATEWAY).token))
    order.refresh_from_db()
    assert order.state == OrderState.PAID
    assert order.proforma.state == ProformaState.PAID


def test_no_card_payment_begins_once_a_part_came_by_transfer(bank: Bank) -> None:
    order = make_held_order()
    match(make_transfer(1000), order)
    with pytest.raises(payments.CannotStart):
        payments.start(order, GATEWAY)


def test_a_card_payment_beside_a_part_by_transfer_gives_the_part_back(bank: Bank) -> None:
    order = make_held_order()
    attempt = payments.start(order, GATEWAY)
    match(make_transfer(1000), order)
    browser_back(bank.finish(attempt.token))
    order.refresh_from_db()
    assert order.state == OrderState.PAID
    case = RefundCase.objects.get()
    assert (case.reason, case.amount_rial) == ("overpaid", 1000)


def test_money_for_a_request_that_was_paid_by_another_order_is_owed_back() -> None:
    order = make_held_order()
    request = order.lines.first().request  # type: ignore[union-attr]
    workflow.mark_paid([request.pk], paid_at=clock.now())
    match(make_transfer(order.payable_rial), order)
    assert order.state == OrderState.PAID_UNPLACED
    assert RefundCase.objects.get().amount_rial == order.payable_rial


# --- races -----------------------------------------------------------------------------------------------


def at_once(works: list[Callable[[], Any]]) -> list[Any]:
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        gate.wait(timeout=30)
        try:
            return work()
        except matching.Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


@pytest.mark.django_db(transaction=True)
def test_of_people_who_match_the_same_transfer_at_once_one_wins() -> None:
    finance = make_finance()
    first, second = make_held_order(), make_held_order(make_stranger())
    transfer = make_transfer(first.payable_rial)
    numbers = [first.number, second.number] * 4
    answers = at_once([partial(matching.match, transfer.pk, number, finance) for number in numbers])
    assert sum(isinstance(one, matching.Refused) for one in answers) == len(numbers) - 1
    assert Order.objects.filter(state=OrderState.PAID).count() == 1
    assert AuditEvent.objects.filter(verb="transfer.match").count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_one_transfer_pays_more_than_one_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: the race above is real, and the transfer's lock is what ends it."""
    finance = make_finance()
    orders = [make_held_order(make_owner(f"0912000000{n}")) for n in range(4)]
    transfer = make_transfer(orders[0].payable_rial)
    gate = threading.Barrier(len(orders))

    def unlocked(transfer_id: int) -> BankTransfer:
        found = BankTransfer.objects.get(pk=transfer_id)
        gate.wait(timeout=30)
        return found

    monkeypatch.setattr(matching, "locked", unlocked)
    at_once([partial(matching.match, transfer.pk, order.number, finance) for order in orders])
    assert Order.objects.filter(state=OrderState.PAID).count() > 1


@pytest.mark.django_db(transaction=True)
def test_two_transfers_matched_at_once_complete_the_order_once_and_return_the_excess() -> None:
    finance = make_finance()
    order = make_held_order()
    both = [make_transfer(order.payable_rial, f"H-{n}") for n in range(2)]
    at_once([partial(matching.match, one.pk, order.number, finance) for one in both])
    order.refresh_from_db()
    assert order.state == OrderState.PAID
    # The second one found the order paid: it stays recorded and is returned as «برگشت».
    assert sorted(BankTransfer.objects.values_list("state", flat=True)) == ["matched", "recorded"]
    assert SmsMessage.objects.filter(event="payment.receipt").count() == 1
    assert refunds.money_in.free(order) == order.payable_rial
