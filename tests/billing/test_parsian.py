"""Parsian: its callback and answers as they really look, and whole payments by it through the portal."""

from typing import Any

import pytest

from billing import payments
from billing.gateways import Outcome, Return, Sale, Step, gateway
from billing.gateways.parsian_codes import CODES
from billing.models import AttemptState, OrderState, PaymentAttempt, PaymentEvent
from septam import clock
from tests.billing.bank import Bank, browser_back, make_order
from tests.billing.test_gateway_contract import payment
from tests.people import make_owner

pytestmark = pytest.mark.django_db
NAME = "parsian"
S = AttemptState


@pytest.fixture
def attempt(banks: Bank) -> PaymentAttempt:
    """An attempt whose payer is at the bank's page."""
    return payments.start(make_order(make_owner()), NAME)


def pay(banks: Bank, attempt: PaymentAttempt, choice: str = "pay") -> dict[str, str]:
    return banks.walk(gateway(NAME).form(attempt.token, ""), choice)


def state(attempt: PaymentAttempt) -> str:
    attempt.refresh_from_db()
    return attempt.state


def test_a_payment_is_confirmed_with_its_amount_and_taken_once(
    banks: Bank, attempt: PaymentAttempt
) -> None:
    fields = pay(banks, attempt)
    assert fields["Amount"] == f"{attempt.amount_rial:,}"
    browser_back(fields, NAME)
    browser_back(fields, NAME)
    assert state(attempt) == S.SETTLED
    assert attempt.reference == fields["RRN"]
    assert attempt.final_amount_rial == attempt.amount_rial
    assert attempt.masked_card == "610433******5689"
    sale = banks.sale(attempt)
    assert sale["taken"] == attempt.amount_rial
    assert sale["counts"] == {"SalePaymentRequest": 1, "ConfirmPaymentWithAmount": 1}
    attempt.order.refresh_from_db()
    assert attempt.order.state == OrderState.PAID


@pytest.mark.parametrize("change", [str.lower, str.upper, str.title])
def test_the_callbacks_names_may_be_written_in_any_case(
    banks: Bank, attempt: PaymentAttempt, change: Any
) -> None:
    fields = {change(name): value for name, value in pay(banks, attempt).items()}
    browser_back(fields, NAME)
    assert state(attempt) == S.SETTLED


def test_a_lost_answer_is_repaired_by_the_job_with_done_before_and_keeps_its_reference(
    banks: Bank, attempt: PaymentAttempt
) -> None:
    banks.fault("ConfirmPaymentWithAmount", "after")
    fields = pay(banks, attempt)
    browser_back(fields, NAME)
    assert state(attempt) == S.VERIFYING
    PaymentAttempt.objects.update(next_check_at=clock.now(), leased_until=None)
    payments.resolve_due()
    assert (state(attempt), attempt.result_code) == (S.SETTLED, "-1533")
    assert attempt.reference == fields["RRN"]


def test_another_order_number_in_the_callback_is_refused(
    banks: Bank, attempt: PaymentAttempt
) -> None:
    fields = {**pay(banks, attempt), "OrderId": str(attempt.order_number + 1)}
    assert browser_back(fields, NAME).status_code == 404
    assert state(attempt) == S.SENT


def test_a_forged_reference_is_found_out_when_the_bank_confirms(
    banks: Bank, attempt: PaymentAttempt
) -> None:
    fields = {**pay(banks, attempt), "RRN": "123456789012"}
    browser_back(fields, NAME)
    assert state(attempt) == S.NEEDS_REVIEW
    note = PaymentEvent.objects.get(attempt=attempt, kind="other_reference")
    assert note.detail["reference"] == str(banks.sale(attempt)["sale_reference_id"])
    attempt.order.refresh_from_db()
    assert attempt.order.state == OrderState.OPEN


def test_another_amount_in_the_callback_is_kept_for_finance(
    banks: Bank, attempt: PaymentAttempt
) -> None:
    banks.fault("callback", "final_amount", value="1,000")
    browser_back(pay(banks, attempt), NAME)
    assert (state(attempt), attempt.final_amount_rial) == (S.SETTLED, 1000)
    assert PaymentEvent.objects.filter(attempt=attempt, kind="other_amount").exists()


@pytest.mark.parametrize(("choice", "end"), [("cancel", S.CANCELLED), ("fail", S.FAILED)])
def test_a_payer_who_did_not_pay_is_told_so(
    banks: Bank, attempt: PaymentAttempt, choice: str, end: str
) -> None:
    browser_back(pay(banks, attempt, choice), NAME)
    assert state(attempt) == end
    assert "ConfirmPaymentWithAmount" not in banks.sale(attempt)["counts"]


def test_a_number_that_the_bank_has_seen_is_told_apart(banks: Bank) -> None:
    new = payment(NAME)
    assert gateway(NAME).start(new).token
    again = gateway(NAME).start(new)
    assert (again.token, again.code, again.number_was_used) == ("", "-112", True)


def test_a_sale_of_another_amount_is_never_confirmed(banks: Bank, attempt: PaymentAttempt) -> None:
    fields = pay(banks, attempt)
    dearer = Sale(attempt.order_number, attempt.token, fields["RRN"], attempt.amount_rial + 1)
    assert gateway(NAME).confirm(dearer, Step.VERIFY).outcome == Outcome.UNKNOWN
    assert banks.sale(attempt)["taken"] == 0


def test_the_networks_own_done_before_is_a_success(banks: Bank, attempt: PaymentAttempt) -> None:
    fields = pay(banks, attempt)
    banks.fault("ConfirmPaymentWithAmount", "code", value="2", executed=True)
    browser_back(fields, NAME)
    assert (state(attempt), attempt.reference) == (S.SETTLED, fields["RRN"])


GOOD = {"Token": "170032", "status": "0", "OrderId": "117000", "RRN": "713540123456"}


@pytest.mark.parametrize(
    ("change", "claim"),
    [
        ({}, Return.PAID),
        ({"status": "-138", "RRN": "0"}, Return.CANCELLED),
        ({"status": "55"}, Return.FAILED),
        ({"RRN": "0"}, Return.FAILED),
        ({"RRN": ""}, Return.FAILED),
        ({"status": "-1"}, Return.PAID),
        ({"status": "-1", "RRN": "0"}, Return.FAILED),
    ],
)
def test_a_callback_is_read_as_a_claim(banks: Bank, change: dict[str, str], claim: Return) -> None:
    callback = gateway(NAME).parse_callback({**GOOD, **change})
    assert callback is not None
    assert callback.claim == claim


@pytest.mark.parametrize(
    "change",
    [
        {"Token": ""}, {"Token": "0"}, {"Token": "-5"}, {"Token": "9" * 20}, {"OrderId": ""}, {"status": ""},
        {"OrderId": "12a"}, {"status": "OK"},
    ],
)  # fmt: skip
def test_a_callback_without_its_three_names_is_none(banks: Bank, change: dict[str, str]) -> None:
    assert gateway(NAME).parse_callback({**GOOD, **change}) is None


@pytest.mark.parametrize(
    ("amount", "rial"),
    [("6,932,400", 6_932_400), ("6932400", 6_932_400), ("", None), ("12.5", None), (",", None), ("9" * 26, None)],
)  # fmt: skip
def test_the_callbacks_amount_has_thousands_separators(
    banks: Bank, amount: str, rial: int | None
) -> None:
    callback = gateway(NAME).parse_callback({**GOOD, "Amount": amount})
    assert callback is not None
    assert callback.final_amount_rial == rial


def test_the_code_table_has_words_for_every_refusal() -> None:
    assert {code.kind for code in CODES.values()} == set("SURCF")
    assert all(code.text for code in CODES.values() if code.kind != "S")
