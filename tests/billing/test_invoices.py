"""Invoices: numbered without a gap, kept as issued, credited by no more than they say."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import HolderKind, User
from billing import completion
from billing.models import (
    Invoice,
    InvoiceBuyer,
    InvoiceCounter,
    InvoiceLine,
    Order,
    OrderState,
    RefundCase,
)
from billing.papers import invoicing, redaction, tax_fields
from billing.papers.taken_back import Left, take
from inspections import workflow
from inspections.models import VisitRequest
from septam import clock
from septam.clock import TEHRAN
from tests.billing.bank import make_order
from tests.billing.settled import refund_of, settle, settled_order
from tests.people import make_owner

pytestmark = pytest.mark.django_db
NOWRUZ = datetime(2025, 3, 21, tzinfo=TEHRAN)
PAYERS = 20


def credit(order: Order, request: VisitRequest | None, amount: int, **more: Any) -> Invoice | None:
    with transaction.atomic():
        return invoicing.credit(refund_of(order, request, amount, **more))


def noted(order: Order, request: VisitRequest | None, amount: int) -> Invoice:
    note = credit(order, request, amount)
    assert note is not None
    return note


# --- what is on it --------------------------------------------------------------------------------------


def test_an_invoice_copies_the_orders_lines_and_is_issued_once(owner: User) -> None:
    order = settled_order(owner, "طلافروشی حسینی", "کافه نگار")
    invoice = Invoice.objects.get(order=order)
    billed = invoice.lines.order_by("position").values_list(
        "title", "unit_price_rial", "vat_basis_points", "vat_rial"
    )
    kept = order.lines.order_by("pk")
    assert list(billed) == list(
        kept.values_list("title", "amount_rial", "vat_basis_points", "vat_rial")
    )
    sums = (invoice.base_rial, invoice.vat_rial, invoice.payable_rial)
    assert sums == (order.base_rial, order.vat_rial, order.payable_rial)
    assert invoicing.issue_for(order) == invoice
    assert Invoice.objects.count() == 1


def test_the_vat_of_the_order_stays_when_the_rate_has_changed_since(owner: User) -> None:
    order = make_order(owner)
    order.lines.update(vat_basis_points=900)
    settle(order)
    assert InvoiceLine.objects.get().vat_basis_points == 900


def test_the_buyer_is_the_holder_of_the_account_unless_another_was_asked_for(owner: User) -> None:
    mine = Invoice.objects.get(order=settled_order(owner))
    assert (mine.buyer["name"], mine.buyer["national_id"]) == ("محمد حسینی", "0499370899")
    order = make_order(owner, "کافه نگار")
    InvoiceBuyer.objects.create(
        order=order, kind="company", name="شرکت آتیه", national_id="10380284790",
        economic_number="411111111111", address="تهران", postal_code="1416932790",
    )  # fmt: skip
    asked = Invoice.objects.get(order=settle(order))
    assert asked.buyer["kind"] == "company"
    assert asked.buyer["economic_number"] == "411111111111"
    assert asked.buyer["registrant"] == ""


def test_the_companys_numbers_come_from_its_profile(owner: User) -> None:
    profile = owner.profile
    profile.kind, profile.name, profile.national_id = HolderKind.COMPANY, "شرکت آتیه", "10380284790"
    profile.economic_number, profile.registrant_name = "411111111111", "زهرا کریمی"
    profile.save(
        update_fields=["kind", "name", "national_id", "economic_number", "registrant_name"]
    )
    buyer = Invoice.objects.get(order=settled_order(owner)).buyer
    assert (buyer["economic_number"], buyer["registrant"]) == ("411111111111", "زهرا کریمی")


def test_only_what_was_placed_is_invoiced(owner: User) -> None:
    order = make_order(owner, "طلافروشی حسینی", "کافه نگار")
    gone, kept = VisitRequest.objects.order_by("pk")
    make_lost(gone)
    paid = settle(order)
    assert paid.state == OrderState.PAID_UNPLACED
    invoice = Invoice.objects.get()
    assert {line.order_line.request_id for line in invoice.lines.all()} == {kept.pk}
    assert invoice.payable_rial == order.payable_rial // 2


def make_lost(request: VisitRequest) -> None:
    """It lapsed while the payer was at the bank, and another request of its place is under way."""
    workflow.take_out_of_cart(request.pk, None, "lapsed")
    workflow.open_request(request.place, request.owner)


def test_nothing_is_invoiced_of_a_wholly_unplaced_or_free_order(owner: User) -> None:
    late = make_order(owner)
    make_lost(VisitRequest.objects.get())
    assert settle(late).state == OrderState.PAID_UNPLACED
    assert not Invoice.objects.exists()
    free = Order.objects.create(
        number="140301000000", owner=owner, base_rial=0, vat_rial=0, payable_rial=0,
        created_at=clock.now(),
    )  # fmt: skip
    completion.complete(free, None, clock.now())
    assert not Invoice.objects.exists()
    assert not InvoiceCounter.objects.exists()


# --- numbers --------------------------------------------------------------------------------------------


def test_numbers_begin_anew_at_the_midnight_of_nowruz_in_tehran(owner: User) -> None:
    clock.move_to(NOWRUZ - timedelta(seconds=30))
    last = Invoice.objects.get(order=settled_order(owner, "الف"))
    clock.move_to(NOWRUZ)
    first = Invoice.objects.get(order=settled_order(owner, "ب"))
    second = Invoice.objects.get(order=settled_order(owner, "پ"))
    assert [one.number for one in (last, first, second)] == [
        "1403000001",
        "1404000001",
        "1404000002",
    ]


def test_who_waits_for_the_number_over_nowruz_takes_one_of_the_new_year(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = make_order(owner)
    clock.move_to(NOWRUZ - timedelta(seconds=30))
    count_up = invoicing._next

    def slow(year: int) -> int:
        serial = count_up(year)
        clock.move_to(NOWRUZ + timedelta(seconds=1))
        return serial

    monkeypatch.setattr(invoicing, "_next", slow)
    invoice = Invoice.objects.get(order=settle(order))
    assert invoice.number == "1404000001"
    assert invoice.issued_at >= NOWRUZ
    assert InvoiceCounter.objects.get(pk=1403).last == 0


def test_a_settle_that_is_rolled_back_leaves_no_gap(owner: User) -> None:
    settled_order(owner, "الف")
    order = make_order(owner, "ب")
    with transaction.atomic():
        settle(order)
        transaction.set_rollback(True)
    assert Invoice.objects.filter(order=order).count() == 0
    settle(order)
    assert serials() == [1, 2]


def serials() -> list[int]:
    return list(Invoice.objects.order_by("serial").values_list("serial", flat=True))


def settle_all_at_once(orders: list[Order]) -> list[str]:
    """Each in a thread with a connection of its own; returns the names of what went wrong."""
    gate = threading.Barrier(len(orders))

    def run(order: Order) -> str:
        gate.wait(timeout=60)
        try:
            settle(order)
        except IntegrityError as fault:
            # The year's serial or the number made of it, whichever index is looked at first.
            doubled = "invoice_serial_once", "billing_invoice_number_key"
            return "double" if any(name in str(fault) for name in doubled) else str(fault)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(orders)) as pool:
        return [fault for fault in pool.map(run, orders) if fault]


def orders_of_many() -> list[Order]:
    return [
        make_order(make_owner(f"0912{number:07}"), f"شعبه {number}") for number in range(PAYERS)
    ]


@pytest.mark.django_db(transaction=True)
def test_twenty_payments_settled_at_once_are_numbered_without_gap_or_double() -> None:
    assert settle_all_at_once(orders_of_many()) == []
    assert serials() == list(range(1, PAYERS + 1))
    moments = Invoice.objects.order_by("serial").values_list("issued_at", flat=True)
    assert list(moments) == sorted(moments)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_same_number_is_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the race above is real, and only the unique serial stops it."""
    orders = orders_of_many()
    InvoiceCounter.objects.create(year=invoicing.jalali.year_of(clock.now()))

    def unlocked(year: int) -> int:
        counter = InvoiceCounter.objects.get(pk=year)
        time.sleep(0.05)
        counter.last += 1
        counter.save(update_fields=["last"])
        return counter.last

    monkeypatch.setattr(invoicing, "_next", unlocked)
    faults = settle_all_at_once(orders)
    assert set(faults) == {"double"}


# --- kept as issued -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_invoice SET payable_rial = payable_rial",
        "UPDATE billing_invoice SET buyer = '{\"redacted\": true}'",
        "DELETE FROM billing_invoice",
        "UPDATE billing_invoiceline SET title = 'x'",
        "DELETE FROM billing_invoiceline",
    ],
)
def test_the_database_refuses_every_change_of_an_issued_invoice(
    owner: User, statement: str
) -> None:
    settled_order(owner)
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_after_ten_years_the_buyer_is_blanked_and_nothing_else(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = clock.now() - timedelta(days=3700)
    with monkeypatch.context() as then:
        then.setattr(clock, "now", lambda: old)
        order = make_order(owner, "الف")
    place = invoicing.Place(1395, 1, old)
    with monkeypatch.context() as then:
        then.setattr(invoicing, "take_number", lambda: place)
        settle(order)
    young = Invoice.objects.get(order=settled_order(owner, "ب"))
    assert redaction.redact_old() == 1
    assert redaction.redact_old() == 0
    invoice = Invoice.objects.get(order=order)
    assert invoice.buyer == redaction.REDACTED
    assert (invoice.number, invoice.payable_rial) == ("1395000001", order.payable_rial)
    young.refresh_from_db()
    assert young.buyer["name"] == "محمد حسینی"
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(vat_rial=0, buyer=redaction.REDACTED)


# --- credit notes ---------------------------------------------------------------------------------------


def test_a_refund_of_a_request_credits_its_lines_whole(owner: User) -> None:
    order = settled_order(owner, "طلافروشی حسینی", "کافه نگار")
    first = Invoice.objects.get()
    gone = VisitRequest.objects.order_by("pk")[0]
    due = sum(line.amount_rial + line.vat_rial for line in order.lines.filter(request=gone))
    note = noted(order, gone, due)
    assert (note.kind, note.corrects, note.payable_rial) == ("credit", first, due)
    assert note.serial == first.serial + 1
    assert {line.order_line.request_id for line in note.lines.all()} == {gone.pk}
    assert note.vat_rial == sum(line.vat_rial for line in order.lines.filter(request=gone))
    assert (note.buyer, note.seller) == (first.buyer, first.seller)


def test_a_refund_is_credited_once(owner: User) -> None:
    order = settled_order(owner)
    refund = refund_of(order, None, 1000)
    with transaction.atomic():
        assert invoicing.credit(refund) == invoicing.credit(refund)
    assert Invoice.objects.filter(kind="credit").count() == 1


def test_parts_are_credited_to_the_rial_and_never_more_than_was_left(owner: User) -> None:
    order = settled_order(owner, "طلافروشی حسینی", "کافه نگار")
    first = Invoice.objects.get()
    notes = [noted(order, None, 1_234_567), noted(order, None, 3_333_331)]
    assert [note.payable_rial for note in notes] == [1_234_567, 3_333_331]
    rest = first.payable_rial - 1_234_567 - 3_333_331
    assert noted(order, None, order.payable_rial).payable_rial == rest
    assert credit(order, None, 1) is None
    assert all(left.total_rial == left.vat_rial == 0 for left in invoicing.left_of(first).values())


def credit_at_once(order: Order, amount: int) -> int:
    """Four refunds of the whole order are done at once; what was credited in all."""
    refunds = [refund_of(order, None, amount) for _one in range(4)]
    gate = threading.Barrier(len(refunds))

    def run(refund: RefundCase) -> None:
        gate.wait(timeout=60)
        try:
            with transaction.atomic():
                invoicing.credit(refund)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(refunds)) as pool:
        list(pool.map(run, refunds))
    credited = Invoice.objects.filter(kind="credit").aggregate(Sum("payable_rial"))
    return int(credited["payable_rial__sum"])


@pytest.mark.django_db(transaction=True)
def test_refunds_done_at_once_credit_no_more_than_the_invoice() -> None:
    order = settled_order(make_owner())
    assert credit_at_once(order, order.payable_rial) == order.payable_rial


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_of_the_invoice_more_is_credited_than_it_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: each reads what is left before the others have written."""
    order = settled_order(make_owner())

    def unlocked(order_id: int) -> Invoice:
        return Invoice.objects.get(order_id=order_id, kind="original")

    left = invoicing.left_of

    def slow(first: Invoice) -> dict[int, Left]:
        found = left(first)
        time.sleep(0.3)
        return found

    monkeypatch.setattr(invoicing, "_locked_original", unlocked)
    monkeypatch.setattr(invoicing, "left_of", slow)
    assert credit_at_once(order, order.payable_rial) > order.payable_rial


@pytest.mark.parametrize("reason", ["unplaced", "overpaid"])
def test_money_that_was_never_invoiced_is_not_credited(owner: User, reason: str) -> None:
    order = settled_order(owner)
    assert credit(order, None, 1000, reason=reason) is None
    assert not Invoice.objects.filter(kind="credit").exists()


@given(
    lines=st.lists(
        st.builds(Left, st.integers(0, 10**10), st.integers(0, 10**9)), min_size=1, max_size=6
    ),
    share=st.integers(0, 1000),
)
def test_the_parts_sum_up_exactly_and_no_line_gives_more_than_it_has(
    lines: list[Left], share: int
) -> None:
    amount = sum(line.total_rial for line in lines) * share // 1000
    parts = take(amount, lines)
    assert sum(part.total_rial for part in parts) == amount
    for part, line in zip(parts, lines, strict=True):
        assert 0 <= part.base_rial <= line.base_rial
        assert 0 <= part.vat_rial <= line.vat_rial
        assert part.total_rial != line.total_rial or part == line


def test_more_than_is_left_cannot_be_taken() -> None:
    with pytest.raises(ValueError, match="more than"):
        take(3, [Left(1, 1)])


# --- the taxpayers' system ------------------------------------------------------------------------------


def test_every_line_is_there_with_the_fields_of_the_tax_system(owner: User) -> None:
    order = settled_order(owner, "طلافروشی حسینی", "کافه نگار")
    first = Invoice.objects.get()
    rows = tax_fields.rows_of(first)
    assert len(rows) == first.lines.count()
    assert sum(int(row["tsstam"]) for row in rows) == rows[0]["tbill"] == order.payable_rial
    assert (rows[0]["inno"], rows[0]["ins"], rows[0]["bid"]) == (first.number, 1, "0499370899")
    correction = tax_fields.rows_of(noted(order, None, 1000))[0]
    assert (correction["ins"], correction["irtaxid"]) == (2, "")
