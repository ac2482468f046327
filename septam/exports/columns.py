"""A column of a file: its heading, where its value is found, and how it stands there.

Amounts are whole rial, numbers plain Latin digits; a moment fills two columns, in Tehran's time: Gregorian with the
hour, and the Jalali day.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from septam import jalali
from septam.exports.safe_cells import safe

Cell = str | int | None
Text = str | Promise


@dataclass(frozen=True)
class Column:
    """`source` is the path of a field or an expression of the database; `convert` makes of its value what is meant."""

    title: Text
    source: Any
    choices: type[models.TextChoices] | None = None
    is_moment: bool = False
    convert: Callable[[Any], Any] | None = None

    def headings(self) -> list[str]:
        """One heading, or two of a moment."""
        if not self.is_moment:
            return [str(self.title)]
        gregorian, jalali_day = _("Gregorian"), _("Jalali")
        return [f"{self.title} ({gregorian})", f"{self.title} ({jalali_day})"]

    def cells(self, value: Any) -> list[Cell]:
        """The value as it stands in the file."""
        if self.convert is not None and value is not None:
            value = self.convert(value)
        if self.is_moment:
            return list(_moment(value))
        if isinstance(value, bool):
            return [_("yes") if value else _("no")]
        if value is None or isinstance(value, int):
            return [value]
        text = str(value)
        if self.choices is not None and text in self.choices.values:
            return [str(self.choices(text).label)]
        return [safe(text)]


def moment(title: Text, source: Any, convert: Callable[[Any], Any] | None = None) -> Column:
    """The column of a moment or of a day."""
    return Column(title, source, is_moment=True, convert=convert)


def _moment(value: Any) -> tuple[str, str]:
    if value is None:
        return "", ""
    if isinstance(value, datetime):
        return f"{jalali.tehran(value):%Y-%m-%d %H:%M:%S}", jalali.latin_date(value)
    return f"{value:%Y-%m-%d}", jalali.latin_date(value)


def headings(columns: Sequence[Column]) -> list[str]:
    """The first line of the file."""
    return [heading for column in columns for heading in column.headings()]


def lines(columns: Sequence[Column], values: Iterable[Sequence[Any]]) -> Iterator[list[Cell]]:
    """The lines of values in the order of the columns."""
    for row in values:
        yield [cell for column, value in zip(columns, row, strict=True) for cell in column.cells(value)]  # fmt: skip


def all_lines(columns: Sequence[Column], rows: models.QuerySet[Any], chunk: int) -> Iterator[list[Cell]]:  # fmt: skip
    """The headings, then the rows as one reading of the database sees them, through a cursor of the server."""
    yield list(headings(columns))
    values = rows.values_list(*(column.source for column in columns))
    yield from lines(columns, values.iterator(chunk_size=chunk))
