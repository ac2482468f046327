"""Writes an export as CSV or XLSX, row after row: memory stays flat however many rows there are."""

import csv
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

from django.db import models
from openpyxl import Workbook

from accounts.models import User
from billing.finance.export_tables import Cell, ExportTable, day_bounds
from billing.models import BankFile
from septam import audit, jalali

CHUNK = 2000
# More than this is taken in parts; an XLSX of it takes about half a minute.
MOST_ROWS = 200_000
BOM = "\ufeff"


@dataclass(frozen=True)
class Export:
    """What somebody wants to take out: a table, its days of Tehran (both included), and filters."""

    table: ExportTable
    first: date
    last: date
    state: str = ""
    gateway: str = ""

    def rows(self) -> models.QuerySet[Any]:
        """The chosen rows."""
        return self.table.chosen(*day_bounds(self.table, self.first, self.last), self.state, self.gateway)  # fmt: skip

    def count(self) -> int:
        """How many they are."""
        return self.rows().count()

    def lines(self) -> Iterator[list[Cell]]:
        """The headings, then the rows as one reading of the database sees them, through a cursor of the server."""
        yield list(self.table.headings())
        paths = [column.path for column in self.table.columns]
        yield from self.table.lines(self.rows().values_list(*paths).iterator(chunk_size=CHUNK))

    def file_name(self, ending: str) -> str:
        """septam-orders-14030101-14030131.csv"""
        first, last = (jalali.latin_date(day).replace("/", "") for day in (self.first, self.last))
        return f"septam-{self.table.name}-{first}-{last}.{ending}"


def note(export: Export, actor: User, kind: str, count: int) -> None:
    """Audit that somebody takes these rows out; before the first of them leaves."""
    audit.record(
        actor.pk, "finance.export", BankFile(), table=export.table.name, format=kind,
        first=export.first.isoformat(), last=export.last.isoformat(), state=export.state,
        gateway=export.gateway, rows=count,
    )  # fmt: skip


class _Echo:
    """For csv.writer: hands back the line instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(export: Export) -> Iterator[bytes]:
    """The file line by line: UTF-8 behind the mark by which Excel knows it."""
    writer = csv.writer(_Echo())
    yield BOM.encode()
    for cells in export.lines():
        yield writer.writerow(cells).encode()


def xlsx_file(export: Export) -> IO[bytes]:
    """The workbook in a temporary file that vanishes when it is closed."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(export.table.name)
    sheet.sheet_view.rightToLeft = True
    sheet.freeze_panes = "A2"
    for cells in export.lines():
        # Whole numbers beyond 15 digits lose their end in Excel: those are names of things, and text.
        sheet.append([str(c) if isinstance(c, int) and abs(c) >= 10**15 else c for c in cells])
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    book.save(file)
    file.seek(0)
    return file
