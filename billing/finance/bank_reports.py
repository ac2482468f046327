"""How each bank names the columns and states of its report: `data/bank_reports.csv`, read once a process.

Another bank, or another spelling of a column, is a line of that file. Names are compared by their search key
(`septam.text`), without what stands in brackets, so letters, spaces and half-spaces do not matter.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache

from django.conf import settings

from septam.text import search_key

FILE = "bank_reports.csv"
ANY_GATEWAY = "*"
STATES = {"is_paid": "paid", "is_reversed": "reversed", "is_failed": "failed"}


@dataclass(frozen=True)
class Column:
    """One column that we look for; the first of its names is the one that people are told."""

    field: str
    names: tuple[str, ...]
    required: bool

    @property
    def keys(self) -> frozenset[str]:
        """Its names as they are compared."""
        return frozenset(map(name_key, self.names))


@dataclass(frozen=True)
class Report:
    """The form of one bank's report."""

    gateway: str
    columns: tuple[Column, ...]

    def positions(self, header: list[str]) -> dict[str, int]:
        """Where each column stands in a row of headings; a column that is not there is left out."""
        keys = [name_key(cell) for cell in header]
        found: dict[str, int] = {}
        for column in self.columns:
            place = next((at for at, key in enumerate(keys) if key in column.keys), None)
            if place is not None:
                found[column.field] = place
        return found

    def missing(self, positions: dict[str, int]) -> list[str]:
        """The names of the columns that must be there and are not."""
        return [c.names[0] for c in self.columns if c.required and c.field not in positions]


def name_key(text: str) -> str:
    """A heading or state in the form in which two spellings are equal; «مبلغ (ریال)» is «مبلغ»."""
    return search_key(re.sub(r"[(\[].*?[)\]]", "", text).replace("_", "").replace(".", ""))


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with (settings.BASE_DIR / "data" / FILE).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, strict=True))


@cache
def reports() -> dict[str, Report]:
    """The forms of all reports, by gateway."""
    found: dict[str, list[Column]] = {}
    for row in _rows():
        if row["gateway"] != ANY_GATEWAY:
            names = tuple(row["names"].split("|"))
            column = Column(row["field"], names, row["required"] == "true")
            found.setdefault(row["gateway"], []).append(column)
    return {name: Report(name, tuple(columns)) for name, columns in found.items()}


@cache
def outcomes() -> dict[str, str]:
    """What a state in a report means, by its search key: paid, reversed or failed."""
    return {
        name_key(name): STATES[row["field"]]
        for row in _rows()
        if row["gateway"] == ANY_GATEWAY
        for name in row["names"].split("|")
    }
