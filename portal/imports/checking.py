"""Goes through a file in pieces, so that its length costs time and no memory, and says what it would do.

A dry run and the run itself go the same way; the digest of what each line does to which row tells whether anything
was changed in between.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Any

from django.utils.translation import gettext as _

from accounts.models import User
from portal.imports.reading import lines_of
from portal.imports.tables import ADD, CHANGE, FAULT, SAME, Line, Table, in_words
from septam.digits import to_persian
from septam.text import search_key

PIECE = 1_000
MOST_FAULTS = 200
MOST_SAMPLES = 50


@dataclass
class Outcome:
    """What a file does: how many lines of each sort, the first faults and changes, and the digest of it all."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[list[str]] = field(default_factory=list)
    samples: list[list[str]] = field(default_factory=list)
    digest: Any = field(default_factory=hashlib.sha256)

    @property
    def plan(self) -> str:
        """The digest."""
        return str(self.digest.hexdigest())

    def columns(self) -> dict[str, Any]:
        """As a row of ReferenceImport keeps it."""
        return {
            "lines": self.counts.total(), "added": self.counts[ADD], "changed": self.counts[CHANGE],
            "unchanged": self.counts[SAME], "faulty": self.counts[FAULT], "plan": self.plan,
            "report": {"faults": self.faults, "samples": self.samples},
        }  # fmt: skip

    def take(self, line: Line, table: Table) -> None:
        """Count a line that was judged."""
        self.counts[line.action] += 1
        seen = (line.number, line.action, line.before, line.after, line.faults)
        self.digest.update(repr(seen).encode())
        titles = {one.name: str(one.title) for one in table.columns}
        for column, cell, message in line.faults[: MOST_FAULTS - len(self.faults)]:
            self.faults.append([str(line.number), titles.get(column, column), cell, message])
        if line.action in (ADD, CHANGE) and len(self.samples) < MOST_SAMPLES:
            key = _called(table, line)
            new = [table.said(name, value) for name, value in _cells(table, line)]
            before, after = map("\n".join, (line.before, new if line.action == ADD else line.after))
            self.samples.append([str(line.number), line.action, key, before, after])


def _cells(table: Table, line: Line) -> Iterator[tuple[str, Any]]:
    """Each value of the file that a new row gets."""
    return ((one.name, line.values[one.name]) for one in table.columns if one.name in line.values)


def _called(table: Table, line: Line) -> str:
    """The line's key as people write it: names in place of ids and search keys, days in Jalali."""
    columns = [column.name for column in table.columns]
    by_id = {f"{name}_id": name for name in columns} | {"search_key": "city"}
    values = [line.values.get(by_id.get(name, name)) for name in table.key]
    return " – ".join(in_words(one) for one in values if one not in (None, ""))


def go_through(table: Table, file: IO[bytes], user: User, *, write: bool) -> Outcome:
    """Judge every line of the file, and write what is to be written; inside the caller's transaction.

    Raises FileFault for what concerns the whole file.
    """
    outcome, seen = Outcome(), dict[tuple[str, int], int]()
    for piece in _pieces(lines_of(file, table)):
        for line in piece:
            _refuse_twice(line, table, seen)
        table.judge(piece)
        if write or table.judges_by_writing:
            table.write([line for line in piece if not line.faults], user)
        for line in piece:
            outcome.take(line, table)
    return outcome


def _pieces(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while piece := list(islice(lines, PIECE)):
        yield piece


def _refuse_twice(line: Line, table: Table, seen: dict[tuple[str, int], int]) -> None:
    """A key, or a value that only one row may have, that an earlier line of the file has already."""
    if line.faults:
        return
    wanted: list[tuple[str, Any]] = [(table.key[0], table.key_of(line))]
    wanted += [
        (name, search_key(str(line.values[name])))
        for name in getattr(table, "unique", ())
        if name in line.values
    ]
    for place, (name, value) in enumerate(wanted):
        first = seen.setdefault((f"{place}", hash(value)), line.number)
        if first != line.number:
            message = _("Line %(line)s has the same.") % {"line": to_persian(first)}
            line.refuse(
                name if name in line.values else table.columns[0].name,
                message,
                line.values.get(name, ""),
            )
