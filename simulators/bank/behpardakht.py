"""Behpardakht Mellat's SOAP operations: which code answers what, and what it does to the sale.

The bank publishes no map for some cells; those are the choices of this simulator: a sale that is
asked for with a wrong reference is 42, settle and reversal before verify are 44, an order number
that came with correct credentials is used up even if the request is then refused.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from simulators.bank.ledger import Decision, Ledger, State
from simulators.bank.merchant import Merchant
from simulators.pages import TEHRAN

PAY = "bpPayRequest"
VERIFY = "bpVerifyRequest"
SETTLE = "bpSettleRequest"
VERIFY_SETTLE = "bpVerifySettleRequest"
INQUIRY = "bpInquiryRequest"
REVERSAL = "bpReversalRequest"

UNKNOWN_MERCHANT = "21"
WRONG_CREDENTIALS = "24"
WRONG_AMOUNT = "25"
AMOUNT_ABOVE_LIMIT = "19"
WRONG_FORMAT = "32"
WRONG_DATE = "35"
REPEATED_ORDER = "41"
SALE_NOT_FOUND = "42"
ALREADY_VERIFIED = "43"
VERIFY_NOT_FOUND = "44"
ALREADY_SETTLED = "45"
REVERSED = "48"
FOREIGN_CALLBACK = "62"
WRONG_PAYER = "417"
LONGEST_ADDITIONAL_DATA = 1000
REF_ID_LETTERS = "0123456789ABCDEFabcdef"

_NEVER_PAID: dict[State, Decision] = dict.fromkeys(
    (State.REQUESTED, State.CANCELLED, State.DECLINED), (SALE_NOT_FOUND, None)
)
DECISIONS: Mapping[str, Mapping[State, Decision]] = {
    VERIFY: _NEVER_PAID
    | {
        State.SOLD: ("0", State.VERIFIED),
        State.VERIFIED: (ALREADY_VERIFIED, None),
        State.SETTLED: (ALREADY_SETTLED, None),
        State.REVERSED: (REVERSED, None),
    },
    SETTLE: _NEVER_PAID
    | {
        State.SOLD: (VERIFY_NOT_FOUND, None),
        State.VERIFIED: ("0", State.SETTLED),
        State.SETTLED: (ALREADY_SETTLED, None),
        State.REVERSED: (REVERSED, None),
    },
    VERIFY_SETTLE: _NEVER_PAID
    | {
        State.SOLD: ("0", State.SETTLED),
        # It only says that a verify exists; the settle half is not recorded.
        State.VERIFIED: (ALREADY_VERIFIED, None),
        State.SETTLED: (ALREADY_SETTLED, None),
        State.REVERSED: (REVERSED, None),
    },
    INQUIRY: _NEVER_PAID
    | {
        State.SOLD: ("0", None),
        State.VERIFIED: ("0", None),
        State.SETTLED: ("0", None),
        State.REVERSED: (REVERSED, None),
    },
    REVERSAL: _NEVER_PAID
    | {
        State.SOLD: (VERIFY_NOT_FOUND, None),
        State.VERIFIED: ("0", State.REVERSED),
        State.SETTLED: (ALREADY_SETTLED, None),
        State.REVERSED: (REVERSED, None),
    },
}
OPERATIONS: Mapping[str, str] = {
    PAY: "درخواست پرداخت",
    VERIFY: "تأیید",
    SETTLE: "واریز",
    VERIFY_SETTLE: "تأیید و واریز",
    INQUIRY: "استعلام",
    REVERSAL: "برگشت",
}


@dataclass(frozen=True)
class Call:
    """One operation with its fields as text; a field that was left out is absent."""

    operation: str
    fields: Mapping[str, str]

    def number(self, name: str) -> int:
        """A field that the schema has already proved to be a long."""
        return int(self.fields[name])

    def text(self, name: str) -> str:
        """A string field, empty if it was left out."""
        return self.fields.get(name, "")


class Behpardakht:
    """Answers calls that the schema has accepted, with the code as text."""

    def __init__(self, merchant: Merchant, ledger: Ledger, now: Callable[[], int]) -> None:
        self._merchant = merchant
        self._ledger = ledger
        self._now = now

    def perform(self, call: Call) -> str:
        """Carry the call out; "0,<RefId>" for a started payment, else a code."""
        refusal = self._check_credentials(call)
        if refusal:
            return refusal
        if call.operation == PAY:
            return self._pay(call)
        return self._ledger.decide(
            call.number("terminalId"),
            call.number("saleOrderId"),
            call.number("saleReferenceId"),
            DECISIONS[call.operation],
            SALE_NOT_FOUND,
            self._now(),
        )

    def _check_credentials(self, call: Call) -> str:
        if call.number("terminalId") != self._merchant.terminal:
            return UNKNOWN_MERCHANT
        known = (self._merchant.user, self._merchant.password)
        if (call.text("userName"), call.text("userPassword")) != known:
            return WRONG_CREDENTIALS
        return ""

    def _pay(self, call: Call) -> str:
        terminal, order_id = call.number("terminalId"), call.number("orderId")
        if not self._ledger.claim_order(terminal, order_id):
            return REPEATED_ORDER
        refusal = self._check_payment(call)
        if refusal:
            return refusal
        amount, callback = call.number("amount"), call.text("callBackUrl")
        ref_id = "A" + "".join(secrets.choice(REF_ID_LETTERS) for _ in range(18)) + "f"
        self._ledger.open(terminal, order_id, amount, callback, ref_id, self._now())
        return f"0,{ref_id}"

    def _check_payment(self, call: Call) -> str:
        checks = (
            (call.number("amount") > 0, WRONG_AMOUNT),
            (call.number("amount") <= self._merchant.largest_amount, AMOUNT_ABOVE_LIMIT),
            (_is_moment(call.text("localDate"), 8, "%Y%m%d"), WRONG_DATE),
            (_is_moment(call.text("localTime"), 6, "%H%M%S"), WRONG_FORMAT),
            (len(call.text("additionalData")) <= LONGEST_ADDITIONAL_DATA, WRONG_FORMAT),
            (self._merchant.owns(call.text("callBackUrl")), FOREIGN_CALLBACK),
            (re.fullmatch(r"[0-9]*", call.text("payerId")) is not None, WRONG_PAYER),
        )
        return next((code for holds, code in checks if not holds), "")


def _is_moment(text: str, length: int, pattern: str) -> bool:
    if not re.fullmatch(rf"[0-9]{{{length}}}", text):
        return False
    try:
        datetime.strptime(text, pattern).replace(tzinfo=TEHRAN)
    except ValueError:
        return False
    return True
