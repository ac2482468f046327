"""Writes lines as CSV or XLSX, row after row: memory stays flat however many rows there are."""

import csv
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

from septam.exports.columns import Cell

CHUNK = 2000
# More than this is taken in parts; an XLSX of it takes about half a minute.
MOST_ROWS = 200_000
# The mark by which Excel knows UTF-8.
BOM = "\ufeff"
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class _Echo:
    """For csv.writer: hands back the line instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(lines: Iterable[list[Cell]]) -> Iterator[bytes]:
    """The file line by line."""
    writer = csv.writer(_Echo())
    yield BOM.encode()
    for cells in lines:
        yield writer.writerow(cells).encode()


def xlsx_file(name: str, lines: Iterable[list[Cell]]) -> IO[bytes]:
    """The workbook in a temporary file that vanishes when it is closed; its one sheet reads from the right."""
    # A tenth of a web process's memory, and most processes never write a book.
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(name)
    sheet.sheet_view.rightToLeft = True
    sheet.freeze_panes = "A2"
    for cells in lines:
        # Whole numbers beyond 15 digits lose their end in Excel: those are names of things, and text.
        sheet.append([str(c) if isinstance(c, int) and abs(c) >= 10**15 else c for c in cells])
    file = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
    book.save(file)
    file.seek(0)
    return file


def download(kind: str, name: str, stem: str, lines: Iterable[list[Cell]]) -> HttpResponseBase:
    """The answer that carries the file `stem`.csv or `stem`.xlsx; `name` is its sheet's."""
    response: HttpResponseBase
    if kind == "xlsx":
        response = FileResponse(xlsx_file(name, lines), as_attachment=True, filename=f"{stem}.xlsx")
    else:
        response = StreamingHttpResponse(csv_lines(lines))
        response["Content-Disposition"] = f'attachment; filename="{stem}.csv"'
    response["Content-Type"] = TYPES[kind]
    response["Cache-Control"] = "no-store"
    return response
