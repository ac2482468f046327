"""What the services of Zarinpal and Parsian work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simulators.bank.counter import PaymentPages
from simulators.bank.exchange import Exchange
from simulators.bank.ledger import Ledger
from simulators.bank.merchant import Merchant


@dataclass
class BankService:
    """One bank behind the server: the merchant, the common books and faults, its own pages and the clock."""

    merchant: Merchant
    ledger: Ledger
    exchange: Exchange
    pages: PaymentPages
    now: Callable[[], int]
