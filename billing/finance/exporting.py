"""What finance takes out of a table, and the note of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.db import models, transaction

from accounts.models import User
from billing.finance.export_tables import ExportTable, day_bounds
from septam import audit, jalali
from septam.exports import columns
from septam.exports.columns import Cell
from septam.exports.files import CHUNK


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
        """The headings, then the rows."""
        return columns.all_lines(self.table.columns, self.rows(), CHUNK)

    def file_stem(self) -> str:
        """septam-orders-14030101-14030131"""
        first, last = (jalali.latin_date(day).replace("/", "") for day in (self.first, self.last))
        return f"septam-{self.table.name}-{first}-{last}"


def note(export: Export, actor: User, kind: str, count: int) -> None:
    """Audit that somebody takes these rows out; before the first of them leaves."""
    rows = export.rows()
    with transaction.atomic():
        audit.record(
            actor.pk, "finance.export", rows.model(), table=export.table.name, format=kind,
            first=export.first.isoformat(), last=export.last.isoformat(), state=export.state,
            gateway=export.gateway, rows=count,
        )  # fmt: skip
        _note_owners(rows, actor)


def _note_owners(rows: models.QuerySet[Any], actor: User) -> None:
    """Whose data goes out, so that each owner can read who took it."""
    ids = rows.values_list("pk", flat=True).iterator(chunk_size=CHUNK)
    while chunk := list(islice(ids, CHUNK)):
        audit.record(actor.pk, "finance.export", rows.model(), ids=chunk)
