"""What a bank's gateway must be able to do, in words that hold for every bank.

A gateway never raises for what happens on the wire: it answers *unknown*, and whoever asked asks again.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Literal, Protocol
from urllib.parse import urlencode

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
    # `09…` or empty; the key of the payer's saved cards at banks that want it with the start.
    mobile: str = ""


@dataclass(frozen=True)
class Started:
    """The bank's answer to a start: a token, or the code of its refusal (empty: no answer at all)."""

    token: str = ""
    code: str = ""
    # The bank has seen this number before; another one may be tried once.
    number_was_used: bool = False


@dataclass(frozen=True)
class BankForm:
    """The form that takes the payer's browser to the bank; by GET the fields become the address's query."""

    url: str
    fields: Mapping[str, str]
    method: Literal["post", "get"] = "post"

    @property
    def address(self) -> str:
        """Where a browser goes by GET: a plain link, which no policy on forms stops at the bank's redirects."""
        return f"{self.url}?{urlencode(self.fields)}" if self.fields else self.url


@dataclass(frozen=True)
class Callback:
    """What the payer's browser brought back. Nothing in it is trusted but as a name of an attempt."""

    token: str
    # None: this bank's callback names its token only.
    order_number: int | None
    claim: Return
    code: str
    reference: str = ""
    masked_card: str = ""
    card_hash: str = ""
    final_amount_rial: int | None = None


@dataclass(frozen=True)
class Sale:
    """A sale as the bank knows it; the reference is empty where the bank names it only when it confirms."""

    order_number: int
    token: str
    reference: str
    amount_rial: int


@dataclass(frozen=True)
class Answer:
    """What the bank said of a sale; the code is kept in the history.

    The reference and the card are filled by banks that name them when they confirm.
    """

    outcome: Outcome
    code: str = ""
    reference: str = ""
    masked_card: str = ""
    card_hash: str = ""
    # A confirmed sale with nothing left to settle.
    is_settled: bool = False


@dataclass(frozen=True)
class CodeText:
    """A bank's code: its class (S done, U the payer's card, R unknown, C our configuration, F final) and words."""

    kind: str
    text: str = ""


class Gateway(Protocol):
    """One bank behind one contract."""

    title: str | Promise
    # How the payer's browser comes back.
    callback_method: Literal["GET", "POST"]
    # Whether its page leads on to a bank's own, where the card's data are asked for.
    leads_on: bool
    # The callback's field that may hold a card number; kept only as the gateway masked it.
    card_field: str
    # What one payment may be at most; None: no limit is known.
    largest_rial: int | None
    # The shortest documented time from the sale to verify, and from verify to settle.
    confirm_within: timedelta
    settle_within: timedelta
    # How long after verify the bank gives the money back on our word, and whether also after settle.
    reverse_within: timedelta
    can_reverse_settled: bool
    # Whether `inquire` can ever say anything.
    can_inquire: bool

    def start(self, payment: NewPayment) -> Started:
        """Ask for a payment page. May not be repeated with the same order number."""

    def form(self, token: str, mobile: str) -> BankForm:
        """How the payer gets to the bank's page."""

    def parse_callback(self, fields: Mapping[str, str]) -> Callback | None:
        """The callback in our words; None where it names no payment."""

    def confirm(self, sale: Sale, step: Step) -> Answer:
        """Verify or settle; may be repeated. A bank without a settle half answers it PAID without asking."""

    def inquire(self, sale: Sale) -> Answer:
        """Ask without changing anything."""

    def reverse(self, sale: Sale) -> Answer:
        """Give the money of a confirmed sale back; PAID: the bank refuses and the sale stands.

        Only ever on a person's word.
        """

    def unconfirmed(self) -> frozenset[str]:
        """Tokens of sales that were paid and wait for our confirmation; empty where the bank keeps no list."""

    def explain(self, code: str) -> CodeText:
        """A code in words for the payer."""


@dataclass
class _Registry:
    made: dict[tuple[Any, ...], Gateway] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


_registry = _Registry()


def names() -> list[str]:
    """The gateways that are offered to payers, the preferred one first."""
    return [name for name in settings.GATEWAYS_ON if name in settings.GATEWAYS]


def known() -> list[str]:
    """Every gateway that the settings know; one that was switched off still answers for its attempts."""
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


def title_of(name: str) -> str:
    """A gateway's Persian title; the bare name where the settings do not know it any more."""
    return str(gateway(name).title) if name in known() else name
