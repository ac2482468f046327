"""Digits of the three alphabets: Latin inside the portal, Persian on the screen.

``str.isdigit()`` and ``\\d`` accept far more than these thirty characters (even «²»), so whatever comes in
goes through :func:`to_latin` first and is validated with ASCII rules after.
"""

from __future__ import annotations

PERSIAN = "۰۱۲۳۴۵۶۷۸۹"
ARABIC = "٠١٢٣٤٥٦٧٨٩"
LATIN = "0123456789"
THOUSANDS_MARK = "٬"
DECIMAL_MARK = "٫"
MINUS = "−"

_TO_LATIN = str.maketrans(PERSIAN + ARABIC, LATIN + LATIN)
_TO_PERSIAN = str.maketrans(LATIN + ARABIC, PERSIAN + PERSIAN)


def to_latin(text: str) -> str:
    """The text with Persian and Arabic digits as Latin ones; everything else is untouched."""
    return text.translate(_TO_LATIN)


def to_persian(value: str | int) -> str:
    """The text or number with Latin and Arabic digits as Persian ones."""
    return str(value).translate(_TO_PERSIAN)


def group(number: int) -> str:
    """A whole number in Persian digits, in groups of three with «٬» (U+066C): «۶٬۹۳۲٬۴۰۰»."""
    return to_persian(f"{number:,}").replace(",", THOUSANDS_MARK).replace("-", MINUS)


def is_number(text: str) -> bool:
    """Whether the text is Latin digits and nothing else (for use after :func:`to_latin`)."""
    return text.isascii() and text.isdigit()
