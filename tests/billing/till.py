"""One owner with an order at the banks' counters: what the tests of faults and pitfalls play with."""

from typing import Any

import pytest

from accounts.models import User
from billing import gateways, payments
from billing.models import Order, PaymentAttempt
from tests.billing.balance import differences, sales_of
from tests.billing.bank import GATEWAY, Bank, browser_back, make_order
from tests.billing.passing_time import Clocks, unrest
from tests.people import make_owner


class Till:
    """The bank, both clocks, an owner and an order; `ends()` is what must hold when all is at rest."""

    def __init__(self, bank: Bank, gateway: str = GATEWAY) -> None:
        self.bank = bank
        self.gateway = gateway
        self.clocks = Clocks(bank)
        self.before = [sale["ref_id"] for sale in bank.ledger()["sales"]]
        self.owner: User = make_owner()
        self.order: Order = make_order(self.owner)
        self.attempt: PaymentAttempt | None = None

    def send(self) -> PaymentAttempt:
        """Begin a payment of the order."""
        self.attempt = payments.start(self.order, self.gateway)
        return self.attempt

    def pay(self, attempt: PaymentAttempt | None = None, choice: str = "pay") -> dict[str, str]:
        """Press a button at the bank; the fields of the way back, which nobody has brought yet."""
        chosen = attempt or self.send()
        form = gateways.gateway(chosen.gateway).form(chosen.token, "09121234567")
        return self.bank.walk(form, choice)

    def bring(self, fields: dict[str, str]) -> Any:
        """The way back with these fields."""
        return browser_back(fields, self.gateway)

    def back(self, **changes: str) -> Any:
        """Pay and come back, with these fields of the way back changed."""
        return self.bring({**self.pay(), **changes})

    def states(self) -> list[str]:
        """The states of the order's attempts, oldest first."""
        return list(self.order.attempts.order_by("pk").values_list("state", flat=True))

    def calls(self) -> list[tuple[str, str]]:
        """What the bank was asked about the last attempt, and what it answered."""
        assert self.attempt is not None
        return [(call["operation"], call["code"]) for call in self.bank.sale(self.attempt)["calls"]]

    def ends(self) -> list[str]:
        """Let everything come to rest: no difference between the books; returns the attempts' states."""
        self.clocks.rest()
        found = unrest() + differences(sales_of(self.bank.ledger(), before=self.before))
        assert not found, found
        return self.states()

    def is_paid(self) -> bool:
        """Whether the order's own money was settled."""
        self.order.refresh_from_db()
        return self.order.paid_at is not None


@pytest.fixture
def till(banks: Bank, settings: Any) -> Till:
    """A till at which an answer is waited for four tenths of a second."""
    settings.GATEWAYS = {
        name: {**options, "timeouts": (2, 0.4)} for name, options in settings.GATEWAYS.items()
    }
    return Till(banks)
