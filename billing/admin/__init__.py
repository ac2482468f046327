"""The office's pages of money; Django finds them by this package's import."""

from billing.admin import orders, payments, prices, reconciliation, refunds

__all__ = ["orders", "payments", "prices", "reconciliation", "refunds"]
