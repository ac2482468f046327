"""How one cell of an import is read: Persian and Arabic letters and digits normalised, faults in Persian. Pure."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from septam import jalali
from septam.digits import is_number, to_latin, to_persian
from septam.text import clean, search_key

Reader = Callable[[str], Any]
_MOST_RIAL = 10**15
_FIRST_GREGORIAN_YEAR = 1700
_TRUE, _FALSE = ("true", "yes", "1", "بله", "بلی"), ("false", "no", "0", "خیر")


class CellFault(ValueError):
    """A cell that cannot be used, with the sentence that stands beside its value."""


def text(most: int) -> Reader:
    """A line of at most so many letters."""

    def read(cell: str) -> str:
        if len(cell) > most:
            raise CellFault(_("At most %(most)s letters.") % {"most": to_persian(most)})
        return cell

    return read


def code(most: int) -> Reader:
    """A code: Latin digits and letters, or whatever the data use, without inner spaces."""
    read_text = text(most)
    return lambda cell: read_text(to_latin(cell).replace(" ", "").upper())


def digits(count: int) -> Reader:
    """Exactly so many digits; fewer are led by zeros, which spreadsheets take away."""

    def read(cell: str) -> str:
        number = to_latin(cell)
        if not is_number(number) or len(number) > count:
            raise CellFault(_("Write %(count)s digits.") % {"count": to_persian(count)})
        return number.zfill(count)

    return read


def whole(least: int, most: int) -> Reader:
    """A whole number between the two, both included; thousands may be parted."""

    def read(cell: str) -> int:
        number = to_latin(cell).replace("٬", "").replace(",", "").replace(" ", "")
        if not is_number(number) or len(number) > 18 or not least <= int(number) <= most:
            limits = {"least": to_persian(least), "most": to_persian(f"{most:,}").replace(",", "٬")}
            raise CellFault(_("Write a whole number from %(least)s to %(most)s.") % limits)
        return int(number)

    return read


rial = whole(0, _MOST_RIAL)


def boolean(cell: str) -> bool:
    """«بله» or «خیر», true or false, 1 or 0."""
    word = to_latin(cell).lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise CellFault(_("Write “yes” or “no”."))


def day(cell: str) -> date:
    """A Jalali day like 1403/01/01, or a Gregorian one like 2024-03-20; told apart by the year."""
    latin = to_latin(cell)
    try:
        if latin[:4].isdigit() and int(latin[:4]) >= _FIRST_GREGORIAN_YEAR:
            return date.fromisoformat(latin.replace("/", "-"))
        found = jalali.parse_date(latin)
    except ValueError:
        found = None
    if found is None:
        raise CellFault(_("Write a day like 1403/01/01."))
    return found


def choice(choices: Mapping[Any, Any]) -> Reader:
    """One of the choices, by its stored value or by its Persian name."""
    known = {search_key(str(value)): value for value in choices}
    known |= {search_key(str(label)): value for value, label in choices.items()}

    def read(cell: str) -> Any:
        found = known.get(search_key(cell))
        if found is None:
            names = "، ".join(str(label) for label in choices.values())
            raise CellFault(_("Write one of these: %(names)s.") % {"names": names})
        return found

    return read


def several(reader: Reader) -> Reader:
    """Values parted by «|», each read alike; the same one twice is one."""
    return lambda cell: tuple(
        dict.fromkeys(reader(part) for part in map(clean, cell.split("|")) if part)
    )
