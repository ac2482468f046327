"""Money. The unit everywhere is the whole rial as ``int``; toman (ten rial) is only ever spoken to people.

Should the country strike zeros off its currency, this is the module that changes.
"""

from __future__ import annotations

from septam.digits import group

RIAL_PER_TOMAN = 10
BASIS_POINTS = 10_000

_UNITS = (
    "", "یک", "دو", "سه", "چهار", "پنج", "شش", "هفت", "هشت", "نه", "ده", "یازده", "دوازده", "سیزده", "چهارده",
    "پانزده", "شانزده", "هفده", "هجده", "نوزده",
)  # fmt: skip
_TENS = ("", "", "بیست", "سی", "چهل", "پنجاه", "شصت", "هفتاد", "هشتاد", "نود")
_HUNDREDS = ("", "یکصد", "دویست", "سیصد", "چهارصد", "پانصد", "ششصد", "هفتصد", "هشتصد", "نهصد")
_SCALES = ((10**9, "میلیارد"), (10**6, "میلیون"), (10**3, "هزار"))
_MAX_IN_WORDS = 10**18


def format_rial(amount: int) -> str:
    """An amount in rial as people read it, without the unit: «۶٬۹۳۲٬۴۰۰»."""
    return group(amount)


def toman_line(amount: int) -> str:
    """The rial amount in toman, «۶۹۳٬۲۴۰ تومان»; empty where it would need a fraction of a toman."""
    toman, rest = divmod(amount, RIAL_PER_TOMAN)
    return "" if rest else f"{group(toman)} تومان"


def in_words(amount: int) -> str:
    """A whole amount in Persian words, without the unit: «شش میلیون و نهصد و سی و دو هزار و چهارصد».

    Raises ValueError from 10**18 on, where the words stop being readable.
    """
    if abs(amount) >= _MAX_IN_WORDS:
        raise ValueError("amount too large to write in words")
    if amount < 0:
        return f"منفی {in_words(-amount)}"
    return " و ".join(_word_parts(amount)) or "صفر"


def _word_parts(number: int) -> list[str]:
    for size, name in _SCALES:
        if number >= size:
            high, rest = divmod(number, size)
            return [f"{' و '.join(_word_parts(high))} {name}", *_word_parts(rest)]
    hundreds, rest = divmod(number, 100)
    tens, unit = (0, rest) if rest < len(_UNITS) else divmod(rest, 10)
    return [word for word in (_HUNDREDS[hundreds], _TENS[tens], _UNITS[unit]) if word]


def vat_of(base: int, basis_points: int) -> int:
    """Value added tax on a base in rial at a rate in basis points (9 % is 900); the fraction of a rial is cut.

    Raises ValueError for a negative base or rate: a correction negates the amounts of the invoice it corrects.
    """
    if base < 0 or basis_points < 0:
        raise ValueError("base and rate must not be negative")
    return base * basis_points // BASIS_POINTS
