"""Digits of the three alphabets: Latin inside the portal, Persian on the screen.

``str.isdigit()`` and ``\\d`` accept far more than these thirty characters (even «²»), so whatever comes in
goes through :func:`to_latin` first and is validated with ASCII rules after.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

PERSIAN = "۰۱۲۳۴۵۶۷۸۹"
ARABIC = "٠١٢٣٤٥٦٧٨٩"
LATIN = "0123456789"
THOUSANDS_MARK = "٬"
DECIMAL_MARK = "٫"
MINUS = "−"

_TO_LATIN = str.maketrans(PERSIAN + ARABIC, LATIN + LATIN)
_TO_PERSIAN = str.maketrans(LATIN + ARABIC, PERSIAN + PERSIAN)


# Somebody's own words stand in «…»; digits that are joined to Latin letters belong to a code or a name.
_AS_TYPED = "«[^»]*»|[0-9]*[A-Za-z](?:[-_./]?[0-9A-Za-z])*"

_LETTER = re.compile("[A-Za-z]")


def to_latin(text: str) -> str:
    """The text with Persian and Arabic digits as Latin ones; everything else is untouched."""
    return text.translate(_TO_LATIN)


def to_persian(value: str | int) -> str:
    """The text or number with Latin and Arabic digits as Persian ones."""
    return str(value).translate(_TO_PERSIAN)


def numbers_to_persian(text: str, kept: str = "") -> str:
    """A sentence with its numbers in Persian digits; names in «…», codes with Latin letters and `kept` stay as typed.

    `kept` is the beginning of a regular expression, without groups and with its last «|».
    """
    parts = _as_typed(kept).split(text)
    return "".join(part if place % 2 else to_persian(part) for place, part in enumerate(parts))


@lru_cache(maxsize=4)
def _as_typed(kept: str) -> re.Pattern[str]:
    return re.compile(f"({kept}{_AS_TYPED})")


def shown_again(typed: Any) -> Any:
    """What was typed into a box for a number or is kept for it, as the box shows it: in Persian digits.

    A code with Latin letters, and whatever is no text, stay as they are.
    """
    return to_persian(typed) if isinstance(typed, str) and not _LETTER.search(typed) else typed


def group(number: int) -> str:
    """A whole number in Persian digits, in groups of three with «٬» (U+066C): «۶٬۹۳۲٬۴۰۰»."""
    return to_persian(f"{number:,}").replace(",", THOUSANDS_MARK).replace("-", MINUS)


def decimal(number: Decimal | float) -> str:
    """A number with its decimals, none of them idle zeros: «۳۸٫۵»."""
    shown = f"{Decimal(number):f}"
    shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    return to_persian(shown).replace(".", DECIMAL_MARK)


def is_number(text: str) -> bool:
    """Whether the text is Latin digits and nothing else (for use after :func:`to_latin`)."""
    return text.isascii() and text.isdigit()


def row_number(text: str) -> int | None:
    """The number of a row that a form or an address sends; None for what can be none.

    Python reads no number of thousands of digits, and no row has one of more than eighteen.
    """
    return int(text) if is_number(text) and len(text) <= 18 else None
