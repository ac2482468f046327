"""Fixtures of the payment tests."""

from tests.billing.bank import bank, bank_server, banks
from tests.billing.till import till

__all__ = ["bank", "bank_server", "banks", "till"]
