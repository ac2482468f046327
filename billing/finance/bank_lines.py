"""Rows of a bank's report as typed lines: order number, reference, whole rial, day, hour and outcome.

Pure, without the database. A row that cannot be read is refused with its line; nothing is guessed and nothing
is left out silently, because a reconciliation that skips rows would hide exactly what it is made to find.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, time

from django.utils.translation import gettext_lazy as _

from billing.finance.bank_reports import Report, name_key, outcomes, reports
from billing.finance.file_reading import FileRefused, Row
from septam import jalali
from septam.digits import is_number, to_latin
from septam.forms.value_fields import MAX_RIAL
from septam.text import clean

# Banks write a title and the shop's name above the headings.
HEADINGS_WITHIN = 20
LONGEST_ORDER_NUMBER = 18
_MARKS = re.compile(r"[\s,٬،'_]")
_DATE = re.compile(r"(\d{2,4})[-/. ](\d{1,2})[-/. ](\d{1,4})|(\d{8})")
_HOUR = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?e\+?\d+", re.IGNORECASE)


@dataclass(frozen=True)
class BankLine:
    """One payment as the bank's report tells it; the amount in rial, day and hour on the bank's clock."""

    line: int
    order_number: int | None
    reference: str
    amount_rial: int
    day: date
    hour: time | None
    outcome: str


def read_lines(rows: list[Row], gateway: str, terminal: str = "") -> list[BankLine]:
    """The lines of a gateway's report. Raises FileRefused.

    `terminal`: our number at the bank; a report that names another one is somebody else's.
    """
    report = reports().get(gateway)
    if report is None:
        raise FileRefused("no_form", _("The form of this gateway's report is not known yet (data/bank_reports.csv)."))  # fmt: skip
    start, positions = _headings(rows, report)
    reader = _Reader(positions, terminal)
    lines = [reader.line(*row) for row in rows[start + 1 :]]
    found = _without_doubles(line for line in lines if line is not None)
    if not found:
        raise FileRefused("no_rows", _("The file has headings and no payment below them."))
    return found


def _headings(rows: list[Row], report: Report) -> tuple[int, dict[str, int]]:
    tries = [(at, report.positions(cells)) for at, (_line, cells) in enumerate(rows[:HEADINGS_WITHIN])]  # fmt: skip
    at, best = max(tries, key=lambda found: len(found[1]), default=(0, {}))
    missing = report.missing(best)
    if missing:
        raise _wrong_headings(rows, report, missing)
    return at, best


def _wrong_headings(rows: list[Row], report: Report, missing: list[str]) -> FileRefused:
    for other in reports().values():
        fits = (not other.missing(other.positions(cells)) for _at, cells in rows[:HEADINGS_WITHIN])
        if other is not report and any(fits):
            return FileRefused("other_bank", _("This file has the columns of another gateway; choose that gateway above."))  # fmt: skip
    return FileRefused("columns", _("The file lacks these columns: %(names)s"), names="، ".join(missing))  # fmt: skip


class _Reader:
    """Reads rows whose columns stand at known places."""

    def __init__(self, positions: dict[str, int], terminal: str) -> None:
        self.positions = positions
        self.terminal = terminal

    def line(self, number: int, cells: list[str]) -> BankLine | None:
        """One row; None for a line of sums, which names no payment."""
        values = {field: self._cell(cells, at) for field, at in self.positions.items()}
        order_number = _order_number(values.get("order_number", ""), number)
        reference = _reference(values.get("reference", ""), number)
        if order_number is None and not reference:
            if values.get("date"):
                raise FileRefused("no_key", _("Line %(line)s names neither an order number nor a reference."), line=number)  # fmt: skip
            return None
        if self.terminal and values.get("terminal") and values["terminal"] != self.terminal:
            raise FileRefused("terminal", _("Line %(line)s belongs to another terminal (%(found)s); this is not our file."), line=number, found=values["terminal"][:20])  # fmt: skip
        return BankLine(
            line=number, order_number=order_number, reference=reference,
            amount_rial=_amount(values["amount"], number), day=_day(values["date"], number),
            hour=_hour(values.get("time") or values["date"], number),
            outcome=_outcome(values.get("status"), number),
        )  # fmt: skip

    @staticmethod
    def _cell(cells: list[str], at: int) -> str:
        return to_latin(clean(cells[at])) if at < len(cells) else ""


def _order_number(text: str, line: int) -> int | None:
    digits = _MARKS.sub("", text)
    if digits in ("", "-", "0"):
        return None
    if _ROUNDED.fullmatch(digits):
        raise FileRefused("rounded", _("Line %(line)s has a rounded number (%(found)s): a spreadsheet program cut its digits. Send the bank's own file."), line=line, found=digits[:24])  # fmt: skip
    if not is_number(digits) or len(digits) > LONGEST_ORDER_NUMBER:
        raise FileRefused("order_number", _("Line %(line)s: %(found)s is not an order number."), line=line, found=digits[:24])  # fmt: skip
    return int(digits)


def _reference(text: str, line: int) -> str:
    found = _MARKS.sub("", text)
    if found in ("-", "0"):
        return ""
    if _ROUNDED.fullmatch(found):
        raise FileRefused("rounded", _("Line %(line)s has a rounded number (%(found)s): a spreadsheet program cut its digits. Send the bank's own file."), line=line, found=found[:24])  # fmt: skip
    if len(found) > 40 or not found.isascii():
        raise FileRefused("reference", _("Line %(line)s: %(found)s is not a bank reference."), line=line, found=found[:24])  # fmt: skip
    return found


def _amount(text: str, line: int) -> int:
    digits = _MARKS.sub("", text.removesuffix("ریال").removesuffix("IRR"))
    if not is_number(digits) or len(digits) > 18 or not 0 < int(digits) <= MAX_RIAL:
        raise FileRefused("amount", _("Line %(line)s: the amount %(found)s is not a whole number of rial."), line=line, found=text[:24] or "–")  # fmt: skip
    return int(digits)


def _day(text: str, line: int) -> date:
    found = _DATE.match(text)
    try:
        if found is None:
            raise ValueError(text)
        year, month, day = _numbers(found)
        return date(year, month, day) if year >= 1800 else jalali.to_gregorian(year, month, day)
    except ValueError:
        raise FileRefused("date", _("Line %(line)s: the date %(found)s cannot be read."), line=line, found=text[:24] or "–") from None  # fmt: skip


def _numbers(found: re.Match[str]) -> tuple[int, int, int]:
    if found[4]:
        return int(found[4][:4]), int(found[4][4:6]), int(found[4][6:])
    if len(found[1]) != 4:
        raise ValueError(found[0])
    return int(found[1]), int(found[2]), int(found[3])


def _hour(text: str, line: int) -> time | None:
    found = _HOUR.search(text)
    if found is None:
        return None
    try:
        return time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError:
        raise FileRefused("hour", _("Line %(line)s: the hour %(found)s cannot be read."), line=line, found=found[0]) from None  # fmt: skip


def _outcome(text: str | None, line: int) -> str:
    """A report without states lists what was paid."""
    if text is None:
        return "paid"
    outcome = outcomes().get(name_key(text))
    if outcome is None:
        raise FileRefused("status", _("Line %(line)s: the state «%(found)s» is not known."), line=line, found=text[:40])  # fmt: skip
    return outcome


def _without_doubles(lines: Iterable[BankLine]) -> list[BankLine]:
    """Each payment once. A row of payment and a row of its reversal are one reversed payment; any other
    repetition is refused."""
    kept: dict[int | str, BankLine] = {}
    for line in lines:
        key: int | str = line.order_number if line.order_number is not None else line.reference
        first = kept.get(key)
        if first is None or first.outcome == "failed" != line.outcome:
            kept[key] = line
        elif {first.outcome, line.outcome} == {"paid", "reversed"} and first.amount_rial == line.amount_rial:  # fmt: skip
            kept[key] = replace(first, outcome="reversed")
        elif line.outcome != "failed" or first.outcome == "failed":
            raise FileRefused("double", _("Lines %(first)s and %(second)s name the same payment (%(found)s)."), first=first.line, second=line.line, found=key)  # fmt: skip
    return list(kept.values())
