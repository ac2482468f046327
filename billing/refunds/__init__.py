"""Refunds («استرداد وجه»): `opening` opens cases, `steps` takes them to their end, `money_in` says how much may be returned."""

from billing.refunds.opening import (
    open_for_duplicate,
    open_for_overpaid,
    open_for_request,
    open_for_unplaced,
)

__all__ = [
    "open_for_duplicate",
    "open_for_overpaid",
    "open_for_request",
    "open_for_unplaced",
]
