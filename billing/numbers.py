"""Numbers of orders, and of payments at the banks."""

import time
from datetime import datetime

from django.conf import settings
from django.db import connection

from septam import jalali


def _draw() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('billing_order_number')")
        return int(cursor.fetchone()[0])


def order_number(moment: datetime) -> str:
    """A new number for an order: Jalali year and month (yymm) and the sequence."""
    year, month, _day = jalali.parts(moment)
    return f"{year % 100:02}{month:02}{_draw():06}"


def bank_number() -> int:
    """A new number for a payment at a bank: the installation's prefix, UTC seconds, five of the sequence.

    Real seconds, not the portal's clock: a demo's moved clock, a reset or a restore must never bring back a
    number that the bank has seen.
    """
    return int(f"{settings.ORDER_NUMBER_PREFIX}{int(time.time()):010}{_draw() % 100_000:05}")
