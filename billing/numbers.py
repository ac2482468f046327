"""Numbers of orders, and of payments at the banks."""

import time
from datetime import datetime

from django.conf import settings

from septam import jalali
from septam.postgres.prepared import Statement

# Digits of an order's number before its draw from the sequence.
_YEAR_AND_MONTH = 4
_NEXT = Statement("SELECT nextval('billing_order_number')")


def _draw() -> int:
    return int(_NEXT.rows()[0][0])


def order_number(moment: datetime) -> str:
    """A new number for an order: Jalali year and month (yymm) and the sequence."""
    year, month, _day = jalali.parts(moment)
    return f"{year % 100:02}{month:02}{_draw():06}"


def bank_number(order_number: str = "") -> int:
    """A new number for a payment at a bank: the installation's prefix, UTC seconds, five of the sequence.

    The first payment of an order that was just made may go by the order's own draw: give its number.

    Real seconds, not the portal's clock: a demo's moved clock, a reset or a restore must never bring back a
    number that the bank has seen.
    """
    drawn = int(order_number[_YEAR_AND_MONTH:]) if order_number else _draw()
    return int(f"{settings.ORDER_NUMBER_PREFIX}{int(time.time()):010}{drawn % 100_000:05}")
