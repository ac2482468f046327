"""Makers for the tests of paying without a card."""

from datetime import timedelta
from typing import Any

from accounts.models import Role, User
from billing.models import BankTransfer, Order
from billing.transfers import matching, proformas, reports
from billing.transfers.reports import Facts
from septam import clock
from tests.billing.bank import make_order
from tests.people import make_owner, make_staff


def make_held_order(owner: User | None = None, *titles: str) -> Order:
    """An open order with a standing proforma."""
    owner = owner or make_owner()
    order = make_order(owner, *titles)
    proformas.ask(owner, order.number)
    return order


def facts(amount_rial: int, reference: str = "140312345678", **more: Any) -> Facts:
    """A transfer of yesterday."""
    day = clock.today() - timedelta(days=1)
    return Facts(amount_rial, more.pop("paid_on", day), reference, "شرکت نمونه", **more)


def make_transfer(amount_rial: int, reference: str = "140312345678", **more: Any) -> BankTransfer:
    """Money that finance found on the account's statement."""
    return matching.record(facts(amount_rial, reference, **more), make_finance("clerk"))


def make_report(order: Order, amount_rial: int, reference: str = "140312345678") -> BankTransfer:
    """What the order's owner says was transferred."""
    return reports.report(order.owner, order.number, facts(amount_rial, reference))


def make_finance(username: str = "finance-of-transfers") -> User:
    """The member of finance who decides in these tests, or another one: what one records another matches."""
    known = User.objects.filter(username=username).first()
    return known or make_staff(Role.FINANCE, username=username)
