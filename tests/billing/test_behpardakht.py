"""The adapter against the simulated bank: what it sends, how it reads each answer, what it never says."""

import logging
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from billing import payments
from billing.gateways import Answer, NewPayment, Outcome, Return, Sale, Step, gateway
from billing.gateways.behpardakht import Behpardakht
from billing.gateways.behpardakht_codes import CODES
from billing.models import AttemptState, PaymentAttempt
from billing.numbers import bank_number
from septam import clock
from tests.billing.bank import GATEWAY, Bank, browser_back, make_order
from tests.people import make_owner

pytestmark = pytest.mark.django_db


def payment(**changes: Any) -> NewPayment:
    values: dict[str, Any] = {
        "order_number": bank_number(), "amount_rial": 6_932_400, "moment": datetime(2024, 3, 19, 8, 5, tzinfo=UTC),
        "callback_url": "http://127.0.0.1:8000/bank/behpardakht/callback/", "description": "<&> «کارشناسی»",
    }  # fmt: skip
    return NewPayment(**(values | changes))


def sold(bank: Bank) -> Sale:
    new = payment()
    fields = bank.finish(gateway(GATEWAY).start(new).token)
    return Sale(new.order_number, fields["RefId"], fields["SaleReferenceId"], new.amount_rial)


def test_a_start_gives_a_token_that_opens_the_banks_page(bank: Bank) -> None:
    started = gateway(GATEWAY).start(payment())
    assert started.code == "0"
    assert bank.finish(started.token)["ResCode"] == "0"


def test_a_number_that_the_bank_has_seen_is_told_apart(bank: Bank) -> None:
    new = payment()
    gateway(GATEWAY).start(new)
    again = gateway(GATEWAY).start(new)
    assert (again.token, again.code, again.number_was_used) == ("", "41", True)


@pytest.mark.parametrize("kind", ["before", "after", "http_502", "malformed", "empty"])
def test_whatever_happens_on_the_wire_a_start_has_no_token(bank: Bank, kind: str) -> None:
    bank.fault("bpPayRequest", kind)
    assert gateway(GATEWAY).start(payment()).token == ""


def test_the_page_gets_the_token_and_the_mobile_in_the_banks_shape(bank: Bank) -> None:
    form = gateway(GATEWAY).form("AF82041a2Bf6989c7fF9", "09121234567")
    assert form.fields == {"RefId": "AF82041a2Bf6989c7fF9", "MobileNo": "989121234567"}
    assert gateway(GATEWAY).form("A1", "").fields == {"RefId": "A1"}


def test_verify_and_settle_succeed_also_when_repeated(bank: Bank) -> None:
    sale, bank_gateway = sold(bank), gateway(GATEWAY)
    answers = [
        bank_gateway.confirm(sale, step)
        for step in (Step.VERIFY, Step.VERIFY, Step.SETTLE, Step.SETTLE)
    ]
    assert answers == [Answer(Outcome.PAID, code) for code in ("0", "43", "0", "45")]
    assert bank_gateway.confirm(sale, Step.VERIFY) == Answer(Outcome.PAID, "45")


@pytest.mark.parametrize("step", list(Step))
@pytest.mark.parametrize("kind", ["before", "after", "http_502", "malformed", "empty"])
def test_an_answer_that_does_not_come_is_unknown_never_a_failure(
    bank: Bank, kind: str, step: Step
) -> None:
    sale = sold(bank)
    bank.fault("*", kind)
    assert gateway(GATEWAY).confirm(sale, step).outcome == Outcome.UNKNOWN


@pytest.mark.parametrize("code", ["34", "113", "421", "24", "46", "987654", "12"])
def test_a_code_that_does_not_say_what_became_of_the_money_is_unknown(
    bank: Bank, code: str
) -> None:
    sale = sold(bank)
    bank.fault("bpVerifyRequest", "code", value=code)
    assert gateway(GATEWAY).confirm(sale, Step.VERIFY) == Answer(Outcome.UNKNOWN, code)


def test_an_unknown_sale_was_not_paid_and_one_that_ran_out_is_reversed(bank: Bank) -> None:
    sale = sold(bank)
    foreign = Sale(sale.order_number, sale.token, "123456789012", 1)
    assert gateway(GATEWAY).confirm(foreign, Step.VERIFY) == Answer(Outcome.NOT_PAID, "42")
    bank.move_clock(21 * 60)
    assert gateway(GATEWAY).confirm(sale, Step.VERIFY) == Answer(Outcome.REVERSED, "48")
    assert gateway(GATEWAY).inquire(sale) == Answer(Outcome.REVERSED, "48")


def test_a_verified_sale_can_be_reversed_on_a_persons_word(bank: Bank) -> None:
    sale = sold(bank)
    gateway(GATEWAY).confirm(sale, Step.VERIFY)
    assert gateway(GATEWAY).inquire(sale).outcome == Outcome.PAID
    assert gateway(GATEWAY).reverse(sale) == Answer(Outcome.REVERSED, "0")


@pytest.mark.parametrize("amount", [1.0, Decimal(1), True, 0, -1, 2**63])
def test_only_whole_positive_numbers_of_rial_are_ever_sent(bank: Bank, amount: Any) -> None:
    with pytest.raises(TypeError):
        gateway(GATEWAY).start(payment(amount_rial=amount))


def test_a_bank_that_is_down_is_unknown_and_the_password_is_in_no_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    dead = Behpardakht(
        service_url="http://127.0.0.1:9/pgw", page_url="http://127.0.0.1:9/", terminal=1, user="u",
        password="s3cret-pass", timeouts=(0.2, 0.2),
    )  # fmt: skip
    assert dead.start(payment()).token == ""
    assert dead.confirm(Sale(1, "A1", "2", 3), Step.VERIFY) == Answer(Outcome.UNKNOWN, "")
    assert "no answer" in caplog.text
    assert "s3cret-pass" not in caplog.text


def in_one_step(settings: Any) -> Any:
    settings.GATEWAYS[GATEWAY]["one_step"] = True
    return gateway(GATEWAY)


def test_verify_and_settle_in_one_step_leave_nothing_to_settle(bank: Bank, settings: Any) -> None:
    sale, bank_gateway = sold(bank), in_one_step(settings)
    assert bank_gateway.confirm(sale, Step.VERIFY) == Answer(Outcome.PAID, "0", is_settled=True)
    assert bank_gateway.confirm(sale, Step.VERIFY) == Answer(Outcome.PAID, "45", is_settled=True)
    assert bank_gateway.confirm(sale, Step.SETTLE) == Answer(Outcome.PAID, "45")


def test_a_43_in_one_step_says_nothing_of_the_settle_half(bank: Bank, settings: Any) -> None:
    sale = sold(bank)
    assert gateway(GATEWAY).confirm(sale, Step.VERIFY).code == "0"
    bank_gateway = in_one_step(settings)
    assert bank_gateway.confirm(sale, Step.VERIFY) == Answer(Outcome.PAID, "43", is_settled=False)
    assert bank_gateway.confirm(sale, Step.SETTLE) == Answer(Outcome.PAID, "0")


@pytest.mark.parametrize("kind", [None, "after", "before"])
def test_a_payment_in_one_step_is_taken_once(bank: Bank, settings: Any, kind: str | None) -> None:
    in_one_step(settings)
    attempt = payments.start(make_order(make_owner()), GATEWAY)
    if kind:
        bank.fault("bpVerifySettleRequest", kind)
    browser_back(bank.finish(attempt.token))
    PaymentAttempt.objects.update(next_check_at=clock.now())
    payments.resolve_due()
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.SETTLED
    assert bank.sale(attempt)["taken"] == attempt.amount_rial
    assert "bpSettleRequest" not in bank.sale(attempt)["counts"]


GOOD = {"RefId": "A1b2", "SaleOrderId": "117000", "ResCode": "0", "SaleReferenceId": "127926981246"}


@pytest.mark.parametrize(
    ("change", "claim"),
    [
        ({}, Return.PAID),
        ({"ResCode": "17", "SaleReferenceId": ""}, Return.CANCELLED),
        ({"ResCode": "12"}, Return.FAILED),
        ({"ResCode": "0", "SaleReferenceId": ""}, Return.FAILED),
        ({"ResCode": "34", "SaleReferenceId": ""}, Return.FAILED),
        ({"ResCode": "34"}, Return.PAID),
        ({"SaleReferenceId": "9" * 19}, Return.FAILED),
    ],
)
def test_a_callback_is_read_as_a_claim(bank: Bank, change: dict[str, str], claim: Return) -> None:
    callback = gateway(GATEWAY).parse_callback({**GOOD, **change})
    assert callback is not None
    assert callback.claim == claim


@pytest.mark.parametrize(
    "change",
    [
        {"RefId": ""}, {"SaleOrderId": ""}, {"ResCode": ""}, {"RefId": "A\0"}, {"SaleOrderId": "12a"},
        {"SaleOrderId": "۱۲"}, {"ResCode": "zero"}, {"SaleOrderId": "9" * 19},
    ],
)  # fmt: skip
def test_a_callback_without_its_three_names_is_none(bank: Bank, change: dict[str, str]) -> None:
    assert gateway(GATEWAY).parse_callback({**GOOD, **change}) is None


def test_every_code_of_the_table_has_a_class_and_every_refusal_has_words() -> None:
    assert {code.kind for code in CODES.values()} == set("SURCF")
    assert all(code.text for code in CODES.values() if code.kind != "S")
