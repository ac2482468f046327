"""Every fault of the bank's panel at every operation, over real sockets: the books agree in the end, always."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from billing import attempts, gateways, payments
from billing.gateways import Outcome, Sale
from billing.models import AttemptState as S
from billing.models import PaymentAttempt
from simulators.bank import server
from simulators.bank.counter import CALLBACK, CALLBACK_KINDS
from simulators.control import FAULT_KINDS
from tests.billing.bank import GATEWAY, make_order
from tests.billing.till import Till
from tests.people import make_owner, make_stranger

pytestmark = pytest.mark.django_db
PAY, VERIFY, SETTLE = "bpPayRequest", "bpVerifyRequest", "bpSettleRequest"
INQUIRY, REVERSAL = "bpInquiryRequest", "bpReversalRequest"


@dataclass(frozen=True)
class Wrong:
    """One way for a call to go wrong, as the panel queues it."""

    kind: str
    more: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join([self.kind, *(f"{name}={value}" for name, value in self.more.items())])

    @property
    def code(self) -> str:
        """The code that is said although nothing was done."""
        return str(self.more.get("value", "")) if self.kind == "code" else ""


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
    Wrong("html"),
    Wrong("html", {"executed": False}),
    Wrong("huge"),
    Wrong("huge", {"executed": False}),
]


def said(*codes: str, **more: Any) -> list[Wrong]:
    return [Wrong("code", {"value": code, **more}) for code in codes]


# Those of the project's list, one of each class, and one that no table holds. Here the bank did not obey.
CODES = ("17", "41", "42", "43", "45", "48", "421", "34", "12", "987654")
REFUSED = said(*CODES)
# Whatever is said of a step that was carried out, the next question brings the truth to light.
OBEYED = said("421", "34", "987654", executed=True)
SLIGHT = Wrong("delay", {"seconds": 0.05})
# How a verify ends that the bank answers so, once; all others end paid.
AFTER_VERIFY = {"42": S.FAILED, "43": S.REVERSED, "45": S.REVERSED, "48": S.REVERSED}
# A settle that was not carried out and is said to be reversed is given up; «settled before» is believed, see below.
AFTER_SETTLE = {"48": S.REVERSED}


@dataclass(frozen=True)
class Other:
    """Another bank behind the same interface: its operations, its codes, and how a confirmation ends that is said so."""

    name: str
    start: str
    confirm: str
    codes: tuple[str, ...]
    ends: dict[str, S]
    # What the portal sends besides, and what it never sends.
    by_person: tuple[str, ...]
    never: tuple[str, ...] = ()


OTHERS = [
    Other(
        "zarinpal", "zarinpal/request", "zarinpal/verify",
        ("-9", "-10", "-12", "-50", "-51", "-54", "-61", "429", "7"), {"-51": S.FAILED},
        ("zarinpal/inquiry", "zarinpal/reverse", "zarinpal/unVerified"),
    ),
    Other(
        "parsian", "SalePaymentRequest", "ConfirmPaymentWithAmount",
        ("-1", "-101", "-112", "-126", "-127", "-138", "-1505", "-1507", "-1531", "-1540", "51", "7"),
        {"-138": S.FAILED, "-1531": S.FAILED, "-1507": S.REVERSED}, ("ReversalRequest",), ("ConfirmPayment",),
    ),
]  # fmt: skip
# What the portal never sends to the first bank: verify and settle are two steps, and the WSDL is our own copy.
NEVER_ASKED = {"bpVerifySettleRequest", "wsdl", *(name for bank in OTHERS for name in bank.never)}


def named(rows: list[Wrong]) -> Any:
    return pytest.mark.parametrize("wrong", rows, ids=str)


@pytest.mark.parametrize("name", [GATEWAY, *(other.name for other in OTHERS)])
def test_starts_that_go_wrong_take_nothing_and_the_next_try_pays(till: Till, name: str) -> None:
    operations = {GATEWAY: PAY} | {other.name: other.start for other in OTHERS}
    codes = {GATEWAY: CODES} | {other.name: other.codes for other in OTHERS}
    till.gateway = name
    for wrong in [*WIRE, *said(*codes[name])]:
        till.bank.fault(operations[name], wrong.kind, **wrong.more)
        try:
            # A number that was «seen before» is replaced at once, and the payer goes on.
            assert till.send().state == S.SENT, wrong
        except payments.StartFailed:
            assert till.states()[-1] == S.FAILED, wrong
    till.back()
    ends = till.ends()
    assert ends[-1] == S.SETTLED
    assert set(ends[:-1]) <= {S.FAILED, S.ABANDONED}
    assert len(ends) > len(WIRE) + len(codes[name])


def _end(wrong: Wrong, ends: dict[str, S]) -> S:
    return S.SETTLED if "executed" in wrong.more else ends.get(wrong.code, S.SETTLED)


@named([*WIRE, *REFUSED, *OBEYED, SLIGHT])
def test_a_verify_that_goes_wrong_once_ends_as_the_bank_has_it(till: Till, wrong: Wrong) -> None:
    till.bank.fault(VERIFY, wrong.kind, **wrong.more)
    till.back()
    assert till.ends() == [_end(wrong, AFTER_VERIFY)]


@named([*WIRE, *(one for one in REFUSED if one.code != "45"), *OBEYED, SLIGHT])
def test_a_settle_that_goes_wrong_once_ends_as_the_bank_has_it(till: Till, wrong: Wrong) -> None:
    till.bank.fault(SETTLE, wrong.kind, **wrong.more)
    till.back()
    assert till.ends() == [_end(wrong, AFTER_SETTLE)]


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
        expected = Outcome.REVERSED if wrong.code == "48" else Outcome.UNKNOWN
        assert gateways.gateway(GATEWAY).inquire(sale).outcome == expected, wrong
    assert till.ends() == [S.SETTLED]


@named([*WIRE, Wrong("code", {"value": "421"}), Wrong("code", {"value": "34", "executed": True})])
def test_a_reversal_that_goes_wrong_says_nothing_and_the_next_question_tells(
    till: Till, wrong: Wrong
) -> None:
    sale = unclear(till)
    till.bank.fault(REVERSAL, wrong.kind, **wrong.more)
    assert gateways.gateway(GATEWAY).reverse(sale).outcome == Outcome.UNKNOWN
    ended = till.ends()
    # Read after it: a slow bank may do it while the portal asks again.
    done = till.bank.sale(till.order.attempts.get())["state"] == "REVERSED"
    assert ended == [S.REVERSED if done else S.SETTLED]


@pytest.mark.parametrize("other", OTHERS, ids=lambda other: other.name)
def test_the_same_faults_at_another_bank_end_as_that_bank_has_it(till: Till, other: Other) -> None:
    """A row after the other, each with an owner and an order of its own; then all come to rest together."""
    till.gateway = other.name
    expected: dict[PaymentAttempt, S] = {}
    rows = [*WIRE, *said(*other.codes), *said("7", other.codes[0], executed=True), SLIGHT]
    for number, wrong in enumerate(rows):
        till.owner = make_owner(f"0913{number:07}")
        till.order = make_order(till.owner, f"شعبه {number}")
        attempt = till.send()
        till.bank.fault(other.confirm, wrong.kind, **wrong.more)
        till.bring(till.pay(attempt))
        expected[attempt] = _end(wrong, other.ends)
    till.ends()
    ended = {attempt: S(attempt.state) for attempt in PaymentAttempt.objects.all()}
    assert {str(row): ended[one] for row, one in zip(rows, expected, strict=True)} == {
        str(row): end for row, end in zip(rows, expected.values(), strict=True)
    }


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
    value: str | Callable[[Till], str] = ""
    bank: str = GATEWAY

    def __str__(self) -> str:
        return f"{self.bank} {self.kind} {self.value if isinstance(self.value, str) else 'foreign'}"


def other_payment(till: Till) -> PaymentAttempt:
    return payments.start(make_order(make_stranger(), "شعبه بازار"), till.gateway)


def other_token(till: Till) -> str:
    return other_payment(till).token


def other_number(till: Till) -> str:
    return str(other_payment(till).order_number)


RETURNS = [
    Return("never", S.ABANDONED),
    Return("late", S.SETTLED),
    Return("ref_id", S.ABANDONED, other_token),
    Return("ref_id", S.ABANDONED, "AF82041a2Bf6989c7fF9"),
    Return("sale_order_id", S.ABANDONED, other_number),
    Return("sale_order_id", S.ABANDONED, "1"),
    Return("final_amount", S.SETTLED, "1"),
    Return("final_amount", S.SETTLED, "99999999999"),
    Return("code", S.CANCELLED, "17"),
    Return("code", S.FAILED, "41"),
    Return("code", S.FAILED, "421"),
    Return("code", S.FAILED, "48"),
    Return("code", S.FAILED, "12"),
    Return("code", S.SETTLED, "34"),
    Return("code", S.SETTLED, "987654"),
    # This bank lists what was paid and never confirmed, so that no way back is needed.
    Return("never", S.SETTLED, bank="zarinpal"),
    Return("ref_id", S.SETTLED, other_token, "zarinpal"),
    Return("code", S.SETTLED, "NOK", "zarinpal"),
    Return("code", S.SETTLED, "OK?", "zarinpal"),
    Return("ref_id", S.ABANDONED, other_token, "parsian"),
    Return("sale_order_id", S.ABANDONED, other_number, "parsian"),
    Return("final_amount", S.SETTLED, "1", "parsian"),
    Return("code", S.CANCELLED, "-138", "parsian"),
    Return("code", S.FAILED, "51", "parsian"),
    Return("code", S.SETTLED, "-1", "parsian"),
]


@pytest.mark.parametrize("row", RETURNS, ids=str)
def test_a_way_back_that_goes_wrong_ends_with_the_money_where_both_books_say(
    till: Till, row: Return
) -> None:
    till.gateway = row.bank
    attempt = till.send()
    value = row.value if isinstance(row.value, str) else row.value(till)
    till.bank.fault(CALLBACK, row.kind, value=value, seconds=0.1)
    if row.kind == "never":
        with pytest.raises(IndexError):
            till.pay(attempt)
    else:
        till.bring(till.pay(attempt))
    assert till.ends() == [row.end]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", [GATEWAY, *(other.name for other in OTHERS)])
def test_two_browsers_bring_the_same_callback_and_the_bank_is_asked_once(
    till: Till, live_server: Any, settings: Any, name: str
) -> None:
    """The panel's «duplicate» posts the first copy itself, to a portal that really listens."""
    settings.BASE_URL = live_server.url.replace("localhost", "127.0.0.1")
    till.gateway = name
    attempt = till.send()
    till.bank.fault(CALLBACK, "duplicate")
    fields = till.pay(attempt)
    assert till.states() == [S.SETTLED]
    till.bring(fields)
    assert attempt.events.filter(kind="callback").count() == 2
    assert till.ends() == [S.SETTLED]


def test_every_fault_that_the_panel_knows_has_its_rows() -> None:
    assert {row.kind for row in [*WIRE, *REFUSED]} == set(FAULT_KINDS)
    assert {row.kind for row in RETURNS} | {"duplicate"} == {*CALLBACK_KINDS, "code"}
    assert {"17", "41", "43", "45", "48", "421"} <= set(CODES)


def test_every_operation_of_the_banks_has_its_rows_or_is_never_asked(till: Till) -> None:
    in_rows = {PAY, VERIFY, SETTLE, INQUIRY, REVERSAL, CALLBACK}
    for other in OTHERS:
        in_rows |= {other.start, other.confirm, *other.by_person}
    assert set(server.OPERATIONS) == in_rows | NEVER_ASKED
    till.back()
    till.ends()
    # The bank's books hold the sales of the tests before, too; some ask it as no portal does.
    own = [sale for sale in till.bank.ledger()["sales"] if sale["ref_id"] not in till.before]
    asked = {name for sale in own for name in sale["counts"]}
    assert {PAY, VERIFY, SETTLE} <= asked
    assert not NEVER_ASKED & asked
