"""Finance's pages of transfers: record, candidates, match, undo, reject, return; others look or stay out."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Role
from billing.models import BankTransfer, Order, OrderState, RefundCase, TransferState
from billing.transfers import matching
from septam import clock, jalali
from tests.billing.transfers import (
    make_finance,
    make_held_order,
    make_report,
    make_transfer,
)
from tests.people import PASSWORD, make_staff, office_client

pytestmark = pytest.mark.django_db
LIST = "/office/billing/banktransfer/"


@pytest.fixture
def office() -> Client:
    """Finance at the desk."""
    return office_client(make_finance())


def page(transfer: BankTransfer, step: str = "change") -> str:
    return f"{LIST}{transfer.pk}/{step}/"


def statement(**more: str) -> dict[str, str]:
    return {
        "amount_rial": "۶٬۹۹۶٬۰۰۰", "paid_on": jalali.latin_date(clock.today()), "reference": "۱۴۰۳-۷۷۸۸",
        "payer": "شرکت آلفا", "description": "واریز", **more,
    }  # fmt: skip


def test_finance_records_a_transfer_of_the_statement(office: Client) -> None:
    answer = office.post(f"{LIST}add/", statement())
    kept = BankTransfer.objects.get()
    assert (kept.state, kept.amount_rial, kept.reference) == ("recorded", 6_996_000, "14037788")
    assert answer.headers["Location"] == page(kept)


def test_the_same_number_is_refused_beside_its_field(office: Client) -> None:
    office.post(f"{LIST}add/", statement())
    answer = office.post(f"{LIST}add/", statement())
    assert "reference" in answer.context["form"].errors
    assert BankTransfer.objects.count() == 1


def test_the_page_of_a_transfer_offers_the_orders_that_it_may_be_for(office: Client) -> None:
    order = make_held_order()
    transfer = make_transfer(order.payable_rial)
    text = office.get(page(transfer)).content.decode()
    assert f"?order={order.number}" in text
    assert "مبلغ برابر" in text


def test_who_recorded_a_transfer_is_sent_to_a_colleague(office: Client) -> None:
    order = make_held_order()
    office.post(f"{LIST}add/", statement())
    kept = BankTransfer.objects.get()
    text = office.get(page(kept)).content.decode()
    assert "تطبیق یا برگشت آن با همکار دیگری است" in text
    assert page(kept, "match") not in text
    sent = {"order": order.number, "own_password": PASSWORD}
    assert "همکار دیگری" in office.post(page(kept, "match"), sent).content.decode()
    assert Order.objects.get().state == OrderState.OPEN


def test_a_match_shows_what_is_too_much_and_needs_the_password(office: Client) -> None:
    order = make_held_order()
    transfer = make_transfer(order.payable_rial + 5_000)
    shown = office.get(page(transfer, "match"), {"order": order.number})
    assert shown.context["excess_rial"] == 5_000
    wrong = office.post(
        page(transfer, "match"), {"order": order.number, "own_password": "guess-work"}
    )
    assert "own_password" in wrong.context["form"].errors
    assert Order.objects.get().state == OrderState.OPEN
    office.post(page(transfer, "match"), {"order": order.number, "own_password": PASSWORD})
    assert Order.objects.get().state == OrderState.PAID
    assert RefundCase.objects.get().amount_rial == 5_000


@pytest.mark.parametrize("typed", ["", "123", "نشانی", "0301999999"])
def test_an_unknown_order_is_refused_beside_its_field(office: Client, typed: str) -> None:
    transfer = make_transfer(1000)
    answer = office.post(page(transfer, "match"), {"order": typed, "own_password": PASSWORD})
    assert "order" in answer.context["form"].errors
    transfer.refresh_from_db()
    assert transfer.state == TransferState.RECORDED


def test_a_paid_order_says_that_the_money_goes_back(office: Client) -> None:
    order = make_held_order()
    matching.match(make_transfer(order.payable_rial, "A11").pk, order.number, make_finance())
    again = make_transfer(order.payable_rial, "A12")
    answer = office.post(page(again, "match"), {"order": order.number, "own_password": PASSWORD})
    assert "برگشت" in str(answer.context["form"].errors["order"])
    sent = {
        "reference": "R-900",
        "reason": "دو بار",
        "order": order.number,
        "own_password": PASSWORD,
    }
    office.post(page(again, "return"), sent)
    again.refresh_from_db()
    assert (again.state, again.return_reference) == (TransferState.RETURNED, "R900")


def test_a_part_is_undone_and_a_report_rejected(office: Client) -> None:
    order = make_held_order()
    part = make_transfer(1000)
    matching.match(part.pk, order.number, make_finance())
    office.post(page(part, "unmatch"), {"reason": "اشتباه", "own_password": PASSWORD})
    part.refresh_from_db()
    assert part.state == TransferState.RECORDED
    report = make_report(order, 5_000, "B90")
    office.post(page(report, "reject"), {"reason": "در صورتحساب نیست"})
    report.refresh_from_db()
    assert report.state == TransferState.REJECTED


def test_from_a_report_the_way_leads_to_the_statement_and_its_number_is_typed_already(
    office: Client,
) -> None:
    report = make_report(make_held_order(), 5_000, "B90")
    steps = office.get(page(report)).context["steps"]
    assert [step["danger"] for step in steps] == [False, True]
    form = office.get(steps[0]["url"]).context["form"]
    assert (form["reference"].value(), form["amount_rial"].value()) == ("B90", None)


def test_a_step_that_is_over_leads_back_to_the_transfer(office: Client) -> None:
    transfer = make_transfer(1000)
    answer = office.get(page(transfer, "unmatch"))
    assert answer.headers["Location"] == page(transfer)


def test_support_looks_and_takes_no_step() -> None:
    transfer = make_transfer(1000)
    support: Any = office_client(make_staff(Role.SUPPORT))
    shown = support.get(page(transfer))
    assert shown.status_code == 200
    assert "steps" not in shown.context
    assert support.get(f"{LIST}add/").status_code == 403
    for step in ("match", "return", "reject", "unmatch"):
        assert support.post(page(transfer, step), {}).status_code == 403


def test_transfers_are_found_by_their_number_and_by_their_orders(office: Client) -> None:
    order = make_held_order()
    report = make_report(order, 5_000, "C90")
    other = make_transfer(1000, "C91")
    for typed, found in (("c-۹۰", report), (order.number, report), ("C-91", other)):
        rows = office.get(LIST, {"q": typed}).context["cl"].result_list
        assert list(rows) == [found]


def test_the_page_of_an_order_shows_its_proforma_and_transfers(office: Client) -> None:
    order = make_held_order()
    make_report(order, 5_000, "D90")
    text = office.get(f"/office/billing/order/{order.pk}/change/").content.decode()
    assert "D90" in text
    assert "پیش‌فاکتور" in text


def test_the_offices_first_page_tells_finance_of_transfers_that_wait(office: Client) -> None:
    order = make_held_order()
    assert "?state__exact=reported" not in office.get("/office/").content.decode()
    make_report(order, 5_000, "E90")
    assert "?state__exact=reported" in office.get("/office/").content.decode()
