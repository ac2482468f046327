"""The office's pages of money; Django finds them by this package's import."""

from billing.admin import (
    invoices,
    orders,
    payments,
    prices,
    reconciliation,
    refunds,
    shares,
    transfers,
)

__all__ = [
    "invoices",
    "orders",
    "payments",
    "prices",
    "reconciliation",
    "refunds",
    "shares",
    "transfers",
]
