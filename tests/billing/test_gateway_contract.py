"""What every bank's gateway must do, asked of each of them against its simulator over real sockets."""

import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from billing.gateways import Gateway, NewPayment, Outcome, Return, Sale, Step, gateway
from billing.numbers import bank_number
from septam.bank_settings import CREDENTIALS
from tests.billing.bank import Bank

pytestmark = pytest.mark.django_db
AMOUNT = 6_932_400


@dataclass(frozen=True)
class Calls:
    """What a bank calls its operations, and what its simulator does when it is told «34»-like."""

    start: str
    confirm: str
    reverse: str
    inquire: str = ""
    # Codes that say nothing of the money.
    unclear: tuple[str, ...] = ()


BANKS = {
    "behpardakht": Calls(
        "bpPayRequest", "bpVerifyRequest", "bpReversalRequest", "bpInquiryRequest",
        ("34", "113", "421", "24", "46", "987654", "12"),
    ),
    "zarinpal": Calls(
        "zarinpal/request", "zarinpal/verify", "zarinpal/reverse", "zarinpal/inquiry",
        ("-10", "-12", "-50", "-52", "-54", "-62", "987654", "102"),
    ),
    "parsian": Calls(
        "SalePaymentRequest", "ConfirmPaymentWithAmount", "ReversalRequest", "",
        ("-1", "-1000", "-1530", "-1540", "-127", "9", "96", "12345"),
    ),
}  # fmt: skip
ON_THE_WIRE = ("before", "after", "http_502", "malformed", "empty", "html", "huge")
every_bank = pytest.mark.parametrize("name", BANKS)


def payment(name: str, **changes: Any) -> NewPayment:
    values: dict[str, Any] = {
        "order_number": bank_number(), "amount_rial": AMOUNT, "moment": datetime(2024, 3, 19, 8, 5, tzinfo=UTC),
        "callback_url": f"http://127.0.0.1:8000/bank/{name}/callback/", "description": "<&> «کارشناسی»",
        "mobile": "09121234567",
    }  # fmt: skip
    return NewPayment(**(values | changes))


def sold(banks: Bank, name: str, choice: str = "pay") -> Sale:
    """A sale that the payer made (or did not), named as the callback named it."""
    new, bank = payment(name), gateway(name)
    fields = banks.walk(bank.form(bank.start(new).token, new.mobile), choice)
    callback = bank.parse_callback(fields)
    assert callback is not None
    assert callback.order_number in (None, new.order_number)
    return Sale(new.order_number, callback.token, callback.reference, AMOUNT)


def confirmed(bank: Gateway, sale: Sale) -> Sale:
    """Verified and, where there is such a half, settled; with the reference that the bank names."""
    answer = bank.confirm(sale, Step.VERIFY)
    assert answer.outcome == Outcome.PAID
    sale = replace(sale, reference=answer.reference or sale.reference)
    if not answer.is_settled:
        assert bank.confirm(sale, Step.SETTLE).outcome == Outcome.PAID
    return sale


def taken(banks: Bank, sale: Sale) -> int:
    """What the bank's books say was really taken for it, in rial."""
    rows = banks.ledger()["sales"]
    return sum(row["taken"] for row in rows if row["order_id"] == sale.order_number)


@every_bank
def test_it_says_what_the_portal_must_know_of_a_bank(banks: Bank, name: str) -> None:
    bank = gateway(name)
    assert str(bank.title)
    assert bank.callback_method in {"GET", "POST"}
    assert timedelta(0) < bank.confirm_within <= timedelta(minutes=30)
    assert bank.settle_within > timedelta(0)
    assert bank.reverse_within > timedelta(0)
    assert bank.largest_rial is None or bank.largest_rial > AMOUNT


@every_bank
def test_a_payment_is_confirmed_once_and_again_with_the_same_answer(banks: Bank, name: str) -> None:
    sale = confirmed(gateway(name), sold(banks, name))
    assert sale.reference
    assert taken(banks, sale) == AMOUNT
    for step in (Step.VERIFY, Step.SETTLE, Step.VERIFY):
        answer = gateway(name).confirm(sale, step)
        assert answer.outcome == Outcome.PAID
        assert answer.reference in ("", sale.reference)
    assert taken(banks, sale) == AMOUNT


@every_bank
@pytest.mark.parametrize("choice", ["cancel", "fail"])
def test_a_payer_who_did_not_pay_comes_back_with_that_claim(
    banks: Bank, name: str, choice: str
) -> None:
    new, bank = payment(name), gateway(name)
    callback = bank.parse_callback(banks.walk(bank.form(bank.start(new).token, ""), choice))
    assert callback is not None
    assert callback.claim != Return.PAID
    assert choice == "fail" or callback.claim == Return.CANCELLED
    assert bank.explain(callback.code).text


@every_bank
@pytest.mark.parametrize("kind", ON_THE_WIRE)
def test_whatever_comes_instead_of_an_answer_a_start_has_no_token(
    banks: Bank, name: str, kind: str
) -> None:
    banks.fault(BANKS[name].start, kind)
    started = gateway(name).start(payment(name))
    assert (started.token, started.number_was_used) == ("", False)


@every_bank
@pytest.mark.parametrize("kind", ON_THE_WIRE)
def test_whatever_comes_instead_of_an_answer_a_confirmation_is_unknown_and_can_be_repeated(
    banks: Bank, name: str, kind: str
) -> None:
    sale = sold(banks, name)
    banks.fault(BANKS[name].confirm, kind)
    assert gateway(name).confirm(sale, Step.VERIFY).outcome == Outcome.UNKNOWN
    sale = confirmed(gateway(name), sale)
    assert taken(banks, sale) == AMOUNT


@pytest.mark.parametrize(
    ("name", "code"), [(name, code) for name, calls in BANKS.items() for code in calls.unclear]
)
def test_a_code_that_does_not_say_what_became_of_the_money_is_unknown(
    banks: Bank, name: str, code: str
) -> None:
    sale = sold(banks, name)
    banks.fault(BANKS[name].confirm, "code", value=code)
    answer = gateway(name).confirm(sale, Step.VERIFY)
    assert (answer.outcome, answer.code) == (Outcome.UNKNOWN, code)


@every_bank
def test_a_slow_bank_is_not_waited_for(banks: Bank, name: str, settings: Any) -> None:
    sale = sold(banks, name)
    settings.GATEWAYS[name]["timeouts"] = (1, 0.3)
    banks.fault(BANKS[name].confirm, "delay", seconds=1)
    assert gateway(name).confirm(sale, Step.VERIFY).outcome == Outcome.UNKNOWN
    settings.GATEWAYS[name]["timeouts"] = (2, 8)
    assert gateway(name).confirm(sale, Step.VERIFY).outcome == Outcome.PAID


@every_bank
def test_a_sale_that_nobody_confirmed_in_time_is_never_paid(banks: Bank, name: str) -> None:
    sale = sold(banks, name)
    banks.move_clock(21 * 60)
    assert gateway(name).confirm(sale, Step.VERIFY).outcome in {Outcome.REVERSED, Outcome.NOT_PAID}
    assert taken(banks, sale) == 0


@every_bank
def test_money_goes_back_on_a_persons_word_and_once(banks: Bank, name: str) -> None:
    bank, sale = gateway(name), sold(banks, name)
    answer = bank.confirm(sale, Step.VERIFY)
    sale = replace(sale, reference=answer.reference or sale.reference)
    assert bank.reverse(sale).outcome == Outcome.REVERSED
    assert bank.reverse(sale).outcome == Outcome.REVERSED
    assert taken(banks, sale) == 0
    if bank.can_inquire:
        assert bank.inquire(sale).outcome == Outcome.REVERSED


@every_bank
def test_too_late_to_go_back_the_sale_stands(banks: Bank, name: str) -> None:
    bank = gateway(name)
    sale = confirmed(bank, sold(banks, name))
    banks.move_clock(31 * 60)
    assert bank.reverse(sale).outcome == Outcome.PAID
    assert taken(banks, sale) == AMOUNT


@every_bank
@pytest.mark.parametrize("kind", ["before", "after", "http_502", "malformed", "empty"])
def test_a_reversal_without_an_answer_is_unknown(banks: Bank, name: str, kind: str) -> None:
    bank, sale = gateway(name), sold(banks, name)
    answer = bank.confirm(sale, Step.VERIFY)
    sale = replace(sale, reference=answer.reference or sale.reference)
    banks.fault(BANKS[name].reverse, kind)
    assert bank.reverse(sale).outcome == Outcome.UNKNOWN


@pytest.mark.parametrize("name", [name for name, calls in BANKS.items() if calls.inquire])
def test_an_inquiry_tells_and_changes_nothing(banks: Bank, name: str) -> None:
    bank, sale = gateway(name), sold(banks, name)
    assert bank.inquire(sale).outcome == Outcome.PAID
    assert taken(banks, sale) == 0
    assert bank.inquire(confirmed(bank, sale)).outcome == Outcome.PAID
    banks.fault(BANKS[name].inquire, "empty")
    assert bank.inquire(sale).outcome == Outcome.UNKNOWN


@every_bank
def test_a_bank_without_an_inquiry_says_so(banks: Bank, name: str) -> None:
    assert gateway(name).can_inquire == bool(BANKS[name].inquire)
    if not BANKS[name].inquire:
        assert gateway(name).inquire(sold(banks, name)).outcome == Outcome.UNKNOWN


@every_bank
@pytest.mark.parametrize("amount", [1.0, True, 0, -1, 2**63])
def test_only_whole_positive_numbers_of_rial_are_ever_sent(
    banks: Bank, name: str, amount: Any
) -> None:
    with pytest.raises(TypeError):
        gateway(name).start(payment(name, amount_rial=amount))


@every_bank
def test_a_callback_that_names_nothing_is_none(banks: Bank, name: str) -> None:
    junk = {
        "RefId": "\0",
        "Authority": "../..",
        "Status": "<b>",
        "Token": "-1",
        "OrderId": "۱۲",
        "status": "zero",
    }
    for fields in ({}, junk, dict.fromkeys(junk, ""), dict.fromkeys(junk, "9" * 10_000)):
        assert gateway(name).parse_callback(fields) is None


@every_bank
def test_a_bank_that_is_down_is_unknown_and_no_secret_is_in_a_log(
    name: str, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = {option: "5ecretva1ue" for option in CREDENTIALS[name] if option != "terminal"}
    down = {"service_url": "http://127.0.0.1:9/x", "timeouts": (0.2, 0.2)}
    settings.GATEWAYS = {name: {**settings.GATEWAYS[name], **secrets, **down}}
    assert gateway(name).start(payment(name)).token == ""
    asked = gateway(name).confirm(Sale(1, "1" * 12, "2", 3), Step.VERIFY)
    assert (asked.outcome, asked.code) == (Outcome.UNKNOWN, "")
    assert f"{name} {BANKS[name].confirm.removeprefix('zarinpal/')}: no answer (" in caplog.text
    assert "5ecretva1ue" not in caplog.text


@every_bank
@pytest.mark.parametrize("kind", ["html", "huge", "malformed"])
def test_an_unusable_answer_is_logged_by_its_name_only(
    banks: Bank, name: str, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    sale = sold(banks, name)
    banks.fault(BANKS[name].confirm, kind)
    caplog.clear()
    gateway(name).confirm(sale, Step.VERIFY)
    assert "no answer" in caplog.text
    assert max(len(record.getMessage()) for record in caplog.records) < 200
