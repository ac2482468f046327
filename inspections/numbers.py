"""Numbers that people read out: tracking numbers and certificate numbers, each with a check digit."""

import secrets
from datetime import datetime

from septam import jalali
from septam.digits import to_latin
from septam.postgres.prepared import Statement

# Letters and digits that nobody mistakes for one another.
_SHARE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_NEXT = Statement("SELECT nextval('inspections_request_number')")


def check_digit(digits: str) -> str:
    """ISO 7064 MOD 11,10: finds every single wrong digit and nearly every swapped pair."""
    product = 10
    for digit in digits:
        total = (product + int(digit)) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)


def is_valid(number: str) -> bool:
    """Whether the last digit is the check digit of the others."""
    return (
        number.isascii()
        and number.isdigit()
        and len(number) > 1
        and check_digit(number[:-1]) == number[-1]
    )


def tracking_number(moment: datetime) -> str:
    """A new tracking number of 12 digits: Jalali day (yymmdd), five of the sequence, check digit."""
    ((drawn,),) = _NEXT.rows()
    year, month, day = jalali.parts(moment)
    body = f"{year % 100:02}{month:02}{day:02}{drawn % 100_000:05}"
    return body + check_digit(body)


def certificate_number() -> str:
    """10 random digits and a check digit: says nothing about how many there are."""
    body = "".join(secrets.choice("0123456789") for _ in range(10))
    return body + check_digit(body)


def share_code() -> str:
    """The secret of a certificate's public address: three groups of four, 60 bits."""
    drawn = "".join(secrets.choice(_SHARE_ALPHABET) for _ in range(12))
    return "-".join((drawn[:4], drawn[4:8], drawn[8:]))


def as_share_code(typed: str) -> str:
    """What somebody typed or pasted as a share code, as codes are kept: capitals, three groups.

    Empty for anything else, and for digits alone: those are somebody's slip in a number.
    """
    signs = "".join(sign for sign in to_latin(typed).upper() if sign.isalnum())
    is_code = len(signs) == 12 and set(signs) <= set(_SHARE_ALPHABET) and not signs.isdigit()
    return "-".join((signs[:4], signs[4:8], signs[8:])) if is_code else ""
