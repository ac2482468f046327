"""A CSV file as lines, one at a time: encodings, separators, headings. Nothing here knows what the columns mean."""

import codecs
import csv
import io
from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext as _

from portal.imports.cells import CellFault
from portal.imports.tables import Line, Table
from septam.digits import to_persian
from septam.text import clean, search_key

MOST_BYTES = 20 * 1024 * 1024
_HEAD = 64 * 1024
_LONGEST_CELL = 4_000
# A CSV of ours leads a text that looks like a formula by this (septam.exports.safe_cells).
_MARK = "'"


class FileFault(Exception):
    """The file as a whole cannot be used; the sentences say why."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(*sentences)
        self.sentences = sentences


def lines_of(file: IO[bytes], table: Table) -> Iterator[Line]:
    """The lines of the file, read into the table's values; what is wrong with a cell stands in its line.

    Raises FileFault for what concerns the whole file: its kind, its headings, its length.
    """
    text = io.TextIOWrapper(file, encoding=_encoding(file), errors="strict", newline="")
    sample = text.readline(_HEAD)
    text.seek(0)
    reader = csv.reader(text, delimiter=max(",;\t", key=sample.count), strict=False)
    try:
        headings = next(reader, [])
        columns = _columns(headings, table)
        for count, cells in enumerate(_filled(reader), start=1):
            if count > table.most_lines:
                raise FileFault(_too_long(table))
            yield _line(reader.line_num, cells, columns, table)
    except (csv.Error, UnicodeDecodeError):
        raise FileFault(_("The file is no CSV that can be read; save it as “CSV UTF-8”.")) from None
    finally:
        text.detach()


def _too_long(table: Table) -> str:
    most = to_persian(f"{table.most_lines:,}").replace(",", "٬")
    return _("The file has more than %(most)s lines; send it in parts.") % {"most": most}


def _filled(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    return (cells for cells in reader if any(cell.strip() for cell in cells))


def _encoding(file: IO[bytes]) -> str:
    """UTF-8 with or without its mark, UTF-16 by its mark, else the Persian code page of Windows."""
    file.seek(0)
    head = file.read(_HEAD)
    is_wide = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")) or (
        b"\0" in head and not is_wide
    ):
        raise FileFault(_("This is no CSV file; in Excel, save it as “CSV UTF-8”."))
    file.seek(0)
    if is_wide:
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(_HEAD):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1256"
    finally:
        file.seek(0)
    return "utf-8-sig"


def _columns(headings: list[str], table: Table) -> list[str]:
    """The name of each column of the file, empty for one that is not read; all that is wrong is named at once."""
    known = {search_key(one.name): one.name for one in table.columns}
    known |= {search_key(str(one.title)): one.name for one in table.columns}
    known |= {search_key(old): new for old, new in table.aliases.items()}
    left_out = {search_key(name) for name in table.ignored}
    names = [clean(heading) for heading in headings]
    found = [known.get(search_key(name), "") for name in names]
    extra = [
        name
        for name, mine in zip(names, found, strict=True)
        if name and not mine and search_key(name) not in left_out
    ]
    missing = [str(one.title) for one in table.columns if one.required and one.name not in found]
    twice = sorted({name for name in found if name and found.count(name) > 1})
    sentences = {
        _("Columns are missing: %(names)s."): missing,
        _("Columns that are not known: %(names)s."): extra,
        _("Columns that stand twice: %(names)s."): twice,
    }
    faults = [
        sentence % {"names": "، ".join(names)} for sentence, names in sentences.items() if names
    ]
    if faults or not headings:
        raise FileFault(*(faults or [_("The file is empty.")]))
    return found


def _line(number: int, cells: list[str], columns: list[str], table: Table) -> Line:
    line = Line(number)
    if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
        line.refuse("", _("The line has more cells than there are headings."), cells[len(columns)])
    typed = {name: _cell(cell) for name, cell in zip(columns, cells, strict=False) if name}
    for column in table.columns:
        cell = typed.get(column.name, "")
        if not cell:
            if column.required:
                line.refuse(column.name, _("It is empty."))
            continue
        try:
            line.values[column.name] = column.read(cell)
        except CellFault as fault:
            line.refuse(column.name, str(fault), cell[:80])
    return line


def _cell(cell: str) -> str:
    return clean(cell[:_LONGEST_CELL].removeprefix(_MARK))
