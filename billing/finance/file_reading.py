"""An uploaded CSV or XLSX as rows of text; what is neither, or is made to hurt, is refused in one sentence.

Nothing here knows what the cells mean. Pure: bytes in, rows out.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from septam.digits import to_persian

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 100 * 1024 * 1024
MAX_ENTRIES = 200
# Some days of a whole country; a sheet of as many costs a web process seven seconds to read.
MAX_ROWS = 50_000
MAX_COLUMNS = 60
# Where in an entry a declaration of entities would stand.
DECLARATIONS = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
Row = tuple[int, list[str]]


class FileRefused(Exception):
    """The file cannot be used; `message` says why, in the reader's language. `code` is for the log."""

    def __init__(self, code: str, message: str | Promise, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.params = {name: to_persian(str(value)) for name, value in params.items()}

    def __str__(self) -> str:
        return str(self.message) % self.params if self.params else str(self.message)


def read_rows(content: bytes) -> list[Row]:
    """The rows that hold anything, each with its line counted from 1. Raises FileRefused."""
    if not content.strip():
        raise FileRefused("empty", _("The file is empty."))
    if len(content) > MAX_BYTES:
        raise too_large()
    _refuse_other_kinds(content)
    rows = _sheet(content) if content.startswith(b"PK\x03\x04") else _csv(content)
    found = []
    for line, cells in enumerate(rows, start=1):
        if line > MAX_ROWS:
            raise FileRefused(
                "too_many_rows", _("The file has more than %(most)s rows; send fewer days at once."), most=MAX_ROWS
            )  # fmt: skip
        if any(cell.strip() for cell in cells):
            found.append((line, cells[:MAX_COLUMNS]))
    return found


def too_large() -> FileRefused:
    """The refusal of a file above MAX_BYTES; the form uses it before it reads the file."""
    most = MAX_BYTES // 1024 // 1024
    return FileRefused("too_large", _("The file is larger than %(most)s megabytes; send fewer days at once."), most=most)  # fmt: skip


def _refuse_other_kinds(content: bytes) -> None:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileRefused("old_excel", _("This is an old Excel file (xls); save it as xlsx or CSV."))  # fmt: skip
    head = content[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<", b"%pdf", b"{", b"[")):
        raise FileRefused("other_kind", _("This is neither a CSV nor an Excel file (xlsx)."))


def _csv(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    if "\0" in text:
        raise FileRefused("binary", _("This is neither a CSV nor an Excel file (xlsx)."))
    head = text[:20_000]
    delimiter = max(",;\t|", key=head.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error:
        raise FileRefused("broken_csv", _("The CSV file is broken; download it anew.")) from None


def _decoded(content: bytes) -> str:
    """UTF-8 or UTF-16 by its mark, else UTF-8, else the Persian code page of Windows."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1256", errors="replace")


def _sheet(content: bytes) -> Iterator[list[str]]:
    # A tenth of a web process's memory, and most processes never read a book.
    from openpyxl import load_workbook

    _refuse_bombs(content)
    try:
        # Measured by _refuse_bombs.
        # nosemgrep: file-of-others-unfolded-elsewhere
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            for row in sheet.iter_rows(max_col=MAX_COLUMNS, max_row=MAX_ROWS + 1, values_only=True):
                yield [_text_of(value) for value in row]
        finally:
            book.close()
    except FileRefused:
        raise
    # Whatever openpyxl and the parsers below it trip over (KeyError, ValueError, SyntaxError …) is the file's fault.
    except Exception:
        raise FileRefused("broken_sheet", _("The Excel file is broken or is not one; download it anew.")) from None  # fmt: skip


def _refuse_bombs(content: bytes) -> None:
    try:
        # Its list of sizes first.
        # nosemgrep: file-of-others-unfolded-elsewhere
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES or sum(e.file_size for e in entries) > MAX_UNPACKED:
                raise FileRefused("zip_bomb", _("Unpacked, the Excel file is too large; send fewer days at once."))  # fmt: skip
            for entry in entries:
                with archive.open(entry) as file:
                    if DECLARATIONS.search(file.read(64 * 1024)):
                        raise FileRefused("declarations", _("The Excel file is broken or is not one; download it anew."))  # fmt: skip
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError):
        raise FileRefused("broken_zip", _("The Excel file is broken or is not one; download it anew.")) from None  # fmt: skip


def _text_of(value: object) -> str:
    """A cell as it would stand in a CSV; moments in ISO form, whole numbers without a fraction."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, time):
        return value.strftime("%H:%M:%S")
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value)
