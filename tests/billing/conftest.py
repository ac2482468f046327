"""Fixtures of the payment tests."""

from tests.billing.bank import bank, bank_server

__all__ = ["bank", "bank_server"]
