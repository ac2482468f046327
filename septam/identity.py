"""Numbers that identify a person, a company, a place or a telephone line in Iran.

Each function takes what was typed (any digits, spaces, dashes), and returns the one form that is
stored, in Latin digits, or raises :class:`Invalid` with a message that says what is wrong and how to
put it right. Rules and vectors: the project's Iranian reference data; where common libraries differ
(postal codes with a 2 in the second half, ten equal digits as a national id), they are wrong.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from django.utils.translation import gettext_lazy as _

from septam.digits import is_number, to_latin, to_persian
from septam.text import clean

PERSON_LENGTH = 10
COMPANY_LENGTH = 11
ECONOMIC_LENGTHS = (11, 12, 14)
POSTAL_CODE_LENGTH = 10
MOBILE_LENGTH = 11
IBAN_DIGITS = 24
LANDLINE_LENGTH = 11

# One code a province since 2014.
_AREA_CODES = (
    "011 013 017 021 023 024 025 026 028 031 034 035 038 041 044 045 051 054 056 058 061 066 071 "
    "074 076 077 081 083 084 086 087"
)
AREA_CODES = frozenset(_AREA_CODES.split())

MESSAGES = {
    "digits": _("Write this number in digits only."),
    "landline_mobile": _("This is a mobile number; write a landline with its area code."),
    "person_length": _("A person's national ID has 10 digits; this one has %(count)s."),
    "person_checksum": _("This is no valid person's national ID; compare it with the card."),
    "company_length": _("A company's national ID has 11 digits; this one has %(count)s."),
    "company_checksum": _("This is no valid company's national ID; compare it with the papers."),
    "national_length": _(
        "A national ID has 10 (person) or 11 (company) digits; this one has %(count)s."
    ),
    "foreign_length": _(
        "A foreign national's code has %(least)s to %(most)s digits; this one has %(count)s."
    ),
    "foreign_zero": _("This is no valid foreign national's code."),
    "economic_length": _("An economic number has 11, 12 or 14 digits; this one has %(count)s."),
    "economic_invalid": _("This is no valid economic number."),
    "iban_length": _("An IBAN has IR and 24 digits; this one has %(count)s digits."),
    "iban_digits": _("Write the IBAN in digits only, with or without IR."),
    "iban_checksum": _("This is no valid IBAN; compare it with your bank's app or card."),
    "postal_length": _("A postal code has 10 digits; this one has %(count)s."),
    "postal_digits": _("The first five digits of a postal code hold no 0 or 2."),
    "postal_repeated": _("A postal code does not begin with four equal digits."),
    "mobile_length": _("A mobile number has 11 digits; this one has %(count)s."),
    "mobile_start": _("A mobile number begins with 09."),
    "mobile_landline": _("This is a landline; a mobile number begins with 09."),
    "mobile_foreign": _("This number is not Iranian; a mobile number begins with 09."),
    "landline_length": _("A landline with its area code has 11 digits; this one has %(count)s."),
    "landline_area_missing": _("Write the area code before the landline number."),
    "landline_area": _("%(area)s is no area code of a province."),
    "landline_start": _("After the area code, the number begins with 2 to 9."),
}


class Invalid(ValueError):
    """A number that cannot be right. ``code`` is a key of MESSAGES; ``params`` fill its message."""

    def __init__(self, code: str, params: Mapping[str, int | str] | None = None) -> None:
        self.code = code
        self.params = params or {}
        super().__init__(code, self.params)

    def __str__(self) -> str:
        """The message in the current language, with Persian digits."""
        shown = {name: to_persian(value) for name, value in self.params.items()}
        return str(MESSAGES[self.code]) % shown


def compact(typed: str) -> str:
    """The typed number in Latin digits without the spaces, dashes, dots and brackets people put in."""
    return re.sub(r"[\s\u200c\-‐-―−ـ._()/]+", "", to_latin(clean(typed)))


def _digits(typed: str) -> str:
    number = compact(typed)
    if not is_number(number):
        raise Invalid("digits")
    return number


def _require_length(number: str, lengths: Collection[int], code: str) -> None:
    if len(number) not in lengths:
        raise Invalid(code, {"count": len(number)})


def person_id(typed: str) -> str:
    """A person's national id (کد ملی): 10 digits; 8 or 9 typed ones are led by zeros."""
    number = _digits(typed)
    _require_length(number, (8, 9, PERSON_LENGTH), "person_length")
    count, number = len(number), number.zfill(PERSON_LENGTH)
    # Ten equal digits and an empty middle pass the checksum, but are nobody's.
    if len(set(number)) == 1 or number[3:9] == "000000" or person_check_digit(number) != number[9]:
        # Whoever left out a digit learns that first, not that the card says something else.
        if count < PERSON_LENGTH:
            raise Invalid("person_length", {"count": count})
        raise Invalid("person_checksum")
    return number


def person_check_digit(number: str) -> str:
    """The tenth digit that belongs to the first nine of a person's national id."""
    rest = sum(int(digit) * (10 - place) for place, digit in enumerate(number[:9])) % 11
    return str(rest if rest < 2 else 11 - rest)


def company_id(typed: str) -> str:
    """A legal entity's national id (شناسه ملی): 11 digits."""
    number = _digits(typed)
    _require_length(number, (COMPANY_LENGTH,), "company_length")
    if number[3:9] == "000000" or company_check_digit(number) != number[10]:
        raise Invalid("company_checksum")
    return number


def company_check_digit(number: str) -> str:
    """The eleventh digit that belongs to the first ten of a legal entity's national id."""
    added = int(number[9]) + 2
    weights = (29, 27, 23, 19, 17) * 2
    total = sum(
        (int(digit) + added) * weight for digit, weight in zip(number, weights, strict=False)
    )
    return str(total % 11 % 10)


def national_id(typed: str) -> str:
    """A person's or a company's national id, told apart by its length."""
    number = _digits(typed)
    _require_length(number, (8, 9, PERSON_LENGTH, COMPANY_LENGTH), "national_length")
    return company_id(number) if len(number) == COMPANY_LENGTH else person_id(number)


def iban(typed: str) -> str:
    """An Iranian IBAN (شماره شبا): IR and 24 digits whose check is ISO 13616's, mod 97. IR may be left out."""
    number = compact(typed).upper().removeprefix("IR")
    if not is_number(number):
        raise Invalid("iban_digits")
    _require_length(number, (IBAN_DIGITS,), "iban_length")
    # The country and the check digits go to the end; I is 18 and R is 27.
    if int(f"{number[2:]}1827{number[:2]}") % 97 != 1:
        raise Invalid("iban_checksum")
    return f"IR{number}"


def foreign_id(typed: str, lengths: Collection[int]) -> str:
    """A foreign national's code (کد فراگیر); accepted lengths: settings.FOREIGN_ID_LENGTHS."""
    number = _digits(typed)
    if len(number) not in lengths:
        limits = {"least": min(lengths), "most": max(lengths), "count": len(number)}
        raise Invalid("foreign_length", limits)
    if len(set(number)) == 1:
        raise Invalid("foreign_zero")
    return number


def economic_number(typed: str) -> str:
    """An economic number: 12 digits, 14 for a person, or a company's 11-digit national id."""
    number = _digits(typed)
    _require_length(number, ECONOMIC_LENGTHS, "economic_length")
    if len(number) == COMPANY_LENGTH:
        return company_id(number)
    if len(set(number)) == 1:
        raise Invalid("economic_invalid")
    return number


def postal_code(typed: str) -> str:
    """A postal code: 10 digits, no 0 or 2 among the first five, not four equal ones at the start."""
    number = _digits(typed)
    _require_length(number, (POSTAL_CODE_LENGTH,), "postal_length")
    if len(set(number[:4])) == 1:
        raise Invalid("postal_repeated")
    if set(number[:5]) & set("02"):
        raise Invalid("postal_digits")
    return number


_MOBILE = re.compile(r"(?:(?:\+|00)?98)?0?(9\d{9})", re.ASCII)
_LANDLINE = re.compile(r"(?:(?:\+|00)?98)?0?([1-8]\d)([2-9]\d{7})", re.ASCII)
_COUNTRY = re.compile(r"^(?:\+98|0098|98(?=.{9}))")
_AREA_PREFIX = re.compile(r"0[1-8]\d(?=.{10})", re.ASCII)


def _phone_digits(typed: str) -> str:
    """Digits of a phone number; a «+» survives where the country code begins."""
    number = compact(typed)
    if not is_number(number.replace("+", "")):
        raise Invalid("digits")
    return number


def _readings(number: str) -> list[str]:
    """The number, then the same without an area code that stood in the box before it was typed."""
    readings = [number]
    while found := _AREA_PREFIX.match(readings[-1]):
        readings.append(readings[-1][found.end() :])
    return readings


def _match_mobile(number: str) -> str | None:
    for reading in _readings(number):
        if found := _MOBILE.fullmatch(reading):
            return f"0{found[1]}"
    return None


def _match_landline(number: str) -> str | None:
    for reading in _readings(number):
        if found := _LANDLINE.fullmatch(reading):
            return f"0{found[1]}{found[2]}"
    return None


def mobile(typed: str) -> str:
    """A mobile number as 09xxxxxxxxx, from 9…, 09…, 98…, +98… or 0098…. Numbers are portable between
    operators, so no prefix after 09 is refused."""
    number = _phone_digits(typed)
    if found := _MOBILE.fullmatch(number):
        return f"0{found[1]}"
    if re.match(r"(?:\+|00)(?!98)", number):
        raise Invalid("mobile_foreign")
    national = _national(number)
    if national.startswith("09"):
        raise Invalid("mobile_length", {"count": _count(number)})
    raise Invalid("mobile_landline" if _match_landline(number) else "mobile_start")


def hidden_mobile(number: str) -> str:
    """A kept mobile with its middle hidden: enough to see which of two numbers it is. Empty for none."""
    return f"{number[:4]}•••{number[7:]}" if number else ""


def _national(number: str) -> str:
    """The number as it is dialled inside the country."""
    plain = _COUNTRY.sub("", number).replace("+", "")
    return plain if plain.startswith("0") else f"0{plain}"


def _count(number: str) -> int:
    """How many digits a message says were typed. The 0 that nobody typed counts where the country's code stood in
    its place, or where «11 digits» would be said to have 11."""
    typed = len(number.replace("+", ""))
    if _COUNTRY.match(number) or typed == MOBILE_LENGTH:
        return len(_national(number))
    return typed


def landline(typed: str, area_code: str = "") -> str:
    """A landline with its area code, 11 digits from 0. ``area_code`` (such as 021) is put before a bare
    local number; an area code that stands there twice, or before a full number, is dropped."""
    number = _phone_digits(typed)
    if area_code and re.fullmatch(r"[2-9]\d{7}", number, re.ASCII):
        number = area_code + number
    found = _match_landline(number)
    if found and found[:3] in AREA_CODES:
        return found
    raise _landline_fault(found or number)


def _landline_fault(number: str) -> Invalid:
    if re.fullmatch(r"[2-9]\d{7}", number, re.ASCII):
        return Invalid("landline_area_missing")
    national = _national(number)
    if national.startswith("09"):
        return Invalid("landline_mobile")
    if len(national) != LANDLINE_LENGTH:
        return Invalid("landline_length", {"count": _count(number)})
    if national[:3] not in AREA_CODES:
        return Invalid("landline_area", {"area": national[:3]})
    return Invalid("landline_start")


def phone(typed: str, area_code: str = "") -> str:
    """A mobile number or a landline, in the form of :func:`mobile` or :func:`landline`."""
    number = _phone_digits(typed)
    if found := _match_mobile(number):
        return found
    return mobile(number) if _national(number).startswith("09") else landline(number, area_code)
