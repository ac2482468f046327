"""Every fault of the bank's panel at every operation, over real sockets: the books agree in the end, always."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from billing import attempts, gateways, payments
from billing.gateways import Outcome, Sale
from billing.models import AttemptState as S
from simulators.bank import server
from simulators.bank.payment_pages import CALLBACK, CALLBACK_KINDS
from simulators.control import FAULT_KINDS
from tests.billing.bank import GATEWAY, browser_back, make_order
from tests.billing.till import Till
from tests.people import make_stranger

pytestmark = pytest.mark.django_db
PAY, VERIFY, SETTLE = "bpPayRequest", "bpVerifyRequest", "bpSettleRequest"
INQUIRY, REVERSAL = "bpInquiryRequest", "bpReversalRequest"
# What the portal never sends: verify and settle are two steps, and the WSDL is our own copy.
NEVER_ASKED = {"bpVerifySettleRequest", "wsdl"}


@dataclass(frozen=True)
class Wrong:
    """One way for a call to go wrong, as the panel queues it."""

    kind: str
    more: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join([self.kind, *(f"{name}={value}" for name, value in self.more.items())])


# Each kind, done and not done where the panel knows both.
WIRE = [
    Wrong("before"),
    Wrong("after"),
    Wrong("delay", {"seconds": 0.6}),
    Wrong("delay", {"seconds": 0.6, "executed": False}),
    Wrong("http_502"),
    Wrong("http_502", {"executed": True}),
    Wrong("malformed"),
    Wrong("malformed", {"executed": False}),
    Wrong("empty"),
    Wrong("empty", {"executed": False}),
]
# Those of the project's list, one of each class, and two that no table holds. A code here was not obeyed.
CODES = ["17", "41", "42", "43", "45", "48", "421", "34", "12", "987654"]
REFUSED = [Wrong("code", {"value": code}) for code in CODES]
# Whatever the word of a step that was carried out, the next question brings the truth to light.
OBEYED = [Wrong("code", {"value": code, "executed": True}) for code in ("421", "34", "987654")]
SLIGHT = Wrong("delay", {"seconds": 0.05})
# How a verify ends that the bank answers so, once; all others end paid.
AFTER_VERIFY = {"42": S.FAILED, "43": S.REVERSED, "45": S.REVERSED, "48": S.REVERSED}
# A settle that was not carried out and is said to be reversed is given up; «settled before» is believed, see below.
AFTER_SETTLE = {"48": S.REVERSED}


def named(rows: list[Wrong]) -> Any:
    return pytest.mark.parametrize("wrong", rows, ids=str)


@named([*WIRE, *REFUSED])
def test_a_start_that_goes_wrong_takes_nothing_and_the_next_try_pays(
    till: Till, wrong: Wrong
) -> None:
    till.bank.fault(PAY, wrong.kind, **wrong.more)
    try:
        browser_back(till.pay())
    except payments.StartFailed:
        assert till.states() == [S.FAILED]
        browser_back(till.pay())
    assert till.ends()[-1] == S.SETTLED


@named([*WIRE, *REFUSED, *OBEYED, SLIGHT])
def test_a_verify_that_goes_wrong_once_ends_as_the_bank_has_it(till: Till, wrong: Wrong) -> None:
    till.bank.fault(VERIFY, wrong.kind, **wrong.more)
    till.back()
    assert till.ends() == [AFTER_VERIFY.get(wrong.more.get("value", ""), S.SETTLED)]


@named([*WIRE, *(one for one in REFUSED if one.more["value"] != "45"), *OBEYED, SLIGHT])
def test_a_settle_that_goes_wrong_once_ends_as_the_bank_has_it(till: Till, wrong: Wrong) -> None:
    till.bank.fault(SETTLE, wrong.kind, **wrong.more)
    till.back()
    assert till.ends() == [AFTER_SETTLE.get(wrong.more.get("value", ""), S.SETTLED)]


@pytest.mark.parametrize("operation", [VERIFY, SETTLE])
@named([Wrong("after"), Wrong("code", {"value": "421"})])
def test_what_goes_wrong_for_hours_ends_with_a_person_or_with_the_money_back(
    till: Till, wrong: Wrong, operation: str
) -> None:
    till.bank.fault(operation, wrong.kind, count=500, **wrong.more)
    till.back()
    assert till.ends() == [S.NEEDS_REVIEW]
    assert not till.is_paid()


def unclear(till: Till) -> Sale:
    """A sale that the bank has verified, of which the portal knows nothing yet."""
    till.bank.fault(VERIFY, "after")
    till.back()
    return attempts.sale(till.order.attempts.get())


def test_an_inquiry_that_goes_wrong_says_nothing_and_changes_nothing(till: Till) -> None:
    sale = unclear(till)
    for wrong in [*WIRE, *REFUSED, *OBEYED]:
        till.bank.fault(INQUIRY, wrong.kind, **wrong.more)
        expected = Outcome.REVERSED if wrong.more.get("value") == "48" else Outcome.UNKNOWN
        assert gateways.gateway(GATEWAY).inquire(sale).outcome == expected, wrong
    assert till.ends() == [S.SETTLED]


@named([*WIRE, Wrong("code", {"value": "421"}), Wrong("code", {"value": "34", "executed": True})])
def test_a_reversal_that_goes_wrong_says_nothing_and_the_next_question_tells(
    till: Till, wrong: Wrong
) -> None:
    sale = unclear(till)
    till.bank.fault(REVERSAL, wrong.kind, **wrong.more)
    assert gateways.gateway(GATEWAY).reverse(sale).outcome == Outcome.UNKNOWN
    done = till.bank.sale(till.order.attempts.get())["state"] == "REVERSED"
    assert till.ends() == [S.REVERSED if done else S.SETTLED]


def test_a_bank_that_lies_about_a_settle_is_found_by_the_comparison(till: Till) -> None:
    """The control: «settled before» of a sale that was not leaves a difference, and it is named."""
    till.bank.fault(SETTLE, "code", value="45")
    till.back()
    assert till.states() == [S.SETTLED]
    with pytest.raises(AssertionError, match="is settled, but sale .* was not taken"):
        till.ends()


@dataclass(frozen=True)
class Return:
    """A fault of the way back, and how the attempt ends."""

    kind: str
    end: S
    value: Callable[[Till], str] = lambda till: ""


def other_token(till: Till) -> str:
    return payments.start(make_order(make_stranger(), "شعبه بازار"), GATEWAY).token


def other_number(till: Till) -> str:
    order = make_order(make_stranger(), "شعبه بازار")
    return str(payments.start(order, GATEWAY).order_number)


def constant(value: str) -> Callable[[Till], str]:
    return lambda till: value


RETURNS = [
    Return("never", S.ABANDONED),
    Return("ref_id", S.ABANDONED, other_token),
    Return("ref_id", S.ABANDONED, constant("AF82041a2Bf6989c7fF9")),
    Return("sale_order_id", S.ABANDONED, other_number),
    Return("sale_order_id", S.ABANDONED, constant("1")),
    Return("final_amount", S.SETTLED, constant("1")),
    Return("final_amount", S.SETTLED, constant("99999999999")),
    Return("code", S.CANCELLED, constant("17")),
    Return("code", S.FAILED, constant("41")),
    Return("code", S.FAILED, constant("421")),
    Return("code", S.FAILED, constant("48")),
    Return("code", S.FAILED, constant("12")),
    Return("code", S.SETTLED, constant("34")),
    Return("code", S.SETTLED, constant("987654")),
]


@pytest.mark.parametrize("row", RETURNS, ids=lambda row: row.kind)
def test_a_way_back_that_goes_wrong_ends_with_the_money_where_both_books_say(
    till: Till, row: Return
) -> None:
    attempt = till.send()
    till.bank.fault(CALLBACK, row.kind, **({"value": value} if (value := row.value(till)) else {}))
    if row.kind == "never":
        with pytest.raises(IndexError):
            till.pay(attempt)
    else:
        browser_back(till.pay(attempt))
    assert till.ends() == [row.end]


def _kinds(rows: list[Wrong]) -> set[str]:
    return {row.kind for row in rows}


def test_every_fault_that_the_panel_knows_has_its_rows() -> None:
    assert _kinds([*WIRE, *REFUSED]) == set(FAULT_KINDS)
    assert {row.kind for row in RETURNS} == {*CALLBACK_KINDS, "code"}
    assert {"17", "41", "43", "45", "48", "421"} <= set(CODES)


def asked(till: Till) -> Iterator[str]:
    for sale in till.bank.ledger()["sales"]:
        yield from sale["counts"]


def test_every_operation_of_the_bank_has_its_rows_or_is_never_asked(till: Till) -> None:
    in_rows = {PAY, VERIFY, SETTLE, INQUIRY, REVERSAL, CALLBACK}
    assert set(server.OPERATIONS) == in_rows | NEVER_ASKED
    till.back()
    till.ends()
    assert not NEVER_ASKED & set(asked(till))
