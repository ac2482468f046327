"""The file of a person's own data: JSON for programs, CSV for spreadsheets, a page to read, and papers that are made.

Nothing of it is kept on the server. Secrets (hashes, codes, tokens) stand in no table of it, and names of
staff only where an SMS told them.
"""

import json
import logging
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from septam import audit, clock, jalali, personal_data
from septam.digits import to_persian
from septam.exports.columns import Cell, headings, lines
from septam.exports.files import csv_lines
from septam.personal_data import Paper, Table

logger = logging.getLogger(__name__)
# Papers beyond this stay where they are: the newest come first, and each stands on its own page.
MOST_PAPER_BYTES = 20 * 1024 * 1024
_IN_MEMORY = 2 * 1024 * 1024
_CHUNK = 500
_FIRST = ("account", "profile")


def tables() -> list[Table]:
    """Every table of the download, the account first."""
    found = [table for keeper in reversed(personal_data.keepers()) for table in keeper.tables]
    return sorted(found, key=lambda table: table.stem not in _FIRST)


def write(owner: User) -> IO[bytes]:
    """The ZIP in a temporary file that vanishes when it is closed, written down in the audit log; outside a transaction.

    Papers are read after the transaction that reads the rows: they may lie across a network.
    """
    file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  (the response closes it)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with transaction.atomic():
            audit.record(owner.pk, "account.download", owner)
            _write_tables(archive, owner.pk)
            papers = [one for keeper in personal_data.keepers() for one in keeper.papers(owner.pk)]
        for paper, content in _read(papers, owner.pk):
            archive.writestr(f"papers/{paper.name}", content)
    file.seek(0)
    return file


def _write_tables(archive: zipfile.ZipFile, account_id: int) -> None:
    told: dict[str, list[dict[str, Any]]] = {}
    sections: list[SafeString] = []
    for table in tables():
        rows = _rows(table, account_id)
        told[table.stem] = [_named(table, row) for row in rows]
        cells = list(lines(table.columns, rows))
        if cells:
            sections.append(_section(table, cells))
            csv = csv_lines([list(headings(table.columns)), *cells])
            archive.writestr(f"csv/{table.stem}.csv", b"".join(csv))
    text = json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
    archive.writestr("data.json", text)
    archive.writestr("index.html", _page(sections))


def _rows(table: Table, account_id: int) -> list[tuple[Any, ...]]:
    values = table.rows(account_id).values_list(*(column.source for column in table.columns))
    return list(values.iterator(chunk_size=_CHUNK))


def _named(table: Table, row: tuple[Any, ...]) -> dict[str, Any]:
    return {column.source: value for column, value in zip(table.columns, row, strict=True)}


def _read(papers: Iterable[Paper], account_id: int) -> Iterator[tuple[Paper, bytes]]:
    """Those that fit; a file that is gone from the storage is left out."""
    left = MOST_PAPER_BYTES
    for paper in papers:
        try:
            with paper.file.open("rb") as stored:
                content = stored.read()
        except FileNotFoundError:
            logger.warning("paper %s of account %s is not in the storage", paper.name, account_id)
            continue
        left -= len(content)
        if left < 0:
            return
        yield paper, content


def _section(table: Table, cells: Iterable[list[Cell]]) -> SafeString:
    head = format_html_join("", "<th>{}</th>", ((one,) for one in headings(table.columns)))
    body = format_html_join("\n", "<tr>{}</tr>", ((_cells(row),) for row in cells))
    return format_html(
        "<h2>{}</h2>\n<table border=1>\n<tr>{}</tr>\n{}\n</table>\n", table.title, head, body
    )


def _cells(row: list[Cell]) -> SafeString:
    shown = ("" if cell is None else to_persian(str(cell)) for cell in row)
    return format_html_join("", "<td><bdi>{}</bdi></td>", ((cell,) for cell in shown))


def _page(sections: Iterable[SafeString]) -> str:
    body = format_html_join("\n", "{}", ((one,) for one in sections))
    return format_html(
        '<!DOCTYPE html>\n<html lang="fa" dir="rtl"><head><meta charset="utf-8"><title>{}</title></head>\n'
        "<body><h1>{}</h1>\n<p>{}</p>\n{}</body></html>\n",
        _("My data at Septam"), _("My data at Septam"),
        _("As it stood on %(day)s. Papers that are made already lie in the folder papers; the others are made on their own pages.")
        % {"day": jalali.format_date(clock.now())},
        body,
    )  # fmt: skip
