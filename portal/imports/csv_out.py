"""The rows of a table as CSV lines, made one by one, in the columns that the import reads."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from portal.imports.tables import Column
from septam.exports.safe_cells import safe

# By it Excel knows that the file is UTF-8.
_MARK = "\ufeff"


def as_csv(columns: Iterable[Column], rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    """The headings in Persian, then a line a row; a text that looks like a formula is led by an apostrophe."""
    columns = list(columns)
    yield _MARK + _line([str(one.title) for one in columns])
    for row in rows:
        yield _line([_cell(row.get(one.name, "")) for one in columns])


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return safe(str(value)) if value is not None else ""


def _line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
