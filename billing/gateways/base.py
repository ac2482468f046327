"""What a bank's gateway must be able to do, in words that hold for every bank.

A gateway never raises for what happens on the wire: it answers *unknown*, and whoever asked asks again.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Protocol

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string


class Outcome(Enum):
    """What the bank says about money. Only UNKNOWN may be asked again; it is never a failure."""

    PAID = "paid"
    NOT_PAID = "not_paid"
    REVERSED = "reversed"
    UNKNOWN = "unknown"


class Step(Enum):
    """The two halves of a confirmation; a bank without a settle half answers it PAID."""

    VERIFY = "verify"
    SETTLE = "settle"


class Return(Enum):
    """What a callback claims; it is only ever a claim."""

    PAID = "paid"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True)
class NewPayment:
    """A payment to be started; the amount in whole rial, the moment in Tehran time."""

    order_number: int
    amount_rial: int
    moment: datetime
    callback_url: str
    description: str = ""


@dataclass(frozen=True)
class Started:
    """The bank's answer to a start: a token, or the code of its refusal (empty: no answer at all)."""

    token: str = ""
    code: str = ""
    # The bank has seen this number before; another one may be tried once.
    number_was_used: bool = False


@dataclass(frozen=True)
class BankForm:
    """The form that takes the payer's browser to the bank, by POST."""

    url: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Callback:
    """What the payer's browser brought back. Nothing in it is trusted but as a name of an attempt."""

    token: str
    order_number: int
    claim: Return
    code: str
    reference: str = ""
    masked_card: str = ""
    card_hash: str = ""
    final_amount_rial: int | None = None


@dataclass(frozen=True)
class Sale:
    """A sale as the bank knows it."""

    order_number: int
    reference: str
    amount_rial: int


@dataclass(frozen=True)
class Answer:
    """What the bank said of a sale; the code is kept in the history."""

    outcome: Outcome
    code: str = ""


@dataclass(frozen=True)
class CodeText:
    """A bank's code: its class (S done, U the payer's card, R unknown, C our configuration, F final) and words."""

    kind: str
    text: str = ""


class Gateway(Protocol):
    """One bank behind one contract."""

    title: str | Promise

    def start(self, payment: NewPayment) -> Started:
        """Ask for a payment page. May not be repeated with the same order number."""

    def form(self, token: str, mobile: str) -> BankForm:
        """How the payer gets to the bank's page."""

    def parse_callback(self, post: Mapping[str, str]) -> Callback | None:
        """The callback in our words; None where it names no payment."""

    def confirm(self, sale: Sale, step: Step) -> Answer:
        """Verify or settle; may be repeated."""

    def inquire(self, sale: Sale) -> Answer:
        """Ask without changing anything."""

    def reverse(self, sale: Sale) -> Answer:
        """Give the money of a verified, unsettled sale back. Only ever on a person's word."""

    def explain(self, code: str) -> CodeText:
        """A code in words for the payer."""


@dataclass
class _Registry:
    made: dict[tuple[Any, ...], Gateway] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


_registry = _Registry()


def names() -> list[str]:
    """The gateways that the settings name, the preferred one first."""
    return list(settings.GATEWAYS)


def gateway(name: str) -> Gateway:
    """The gateway of that name, made once a process. Raises KeyError for a name that no setting has."""
    options = settings.GATEWAYS[name]
    key = (name, *sorted((option, str(value)) for option, value in options.items()))
    with _registry.lock:
        if key not in _registry.made:
            given = {option: value for option, value in options.items() if option != "class"}
            _registry.made[key] = import_string(options["class"])(**given)
        return _registry.made[key]
