"""Rows of the hottest steps, written by statements whose SQL is made once a process and planned once a connection.

For `save` and `bulk_create` Django makes the SQL anew each time, and Postgres plans it anew: together that costs more
than the writing. What is written is the same. As `bulk_create` they send no signals; as everywhere the caller's
transaction counts.
"""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from django.db import DatabaseError, connection
from django.db.models import Field, Model

from septam.postgres.prepared import AS_COLUMN, Statement

Row = TypeVar("Row", bound=Model)
# A statement is kept for each number of rows up to this; more rows take several statements.
MOST_AT_ONCE = 8


class Insert(Generic[Row]):
    """`Insert(Model)(rows)` does `Model.objects.bulk_create(rows)` for a model that numbers its rows by itself.

    The values are values, no expressions. With `ignore_conflicts` as there: no row learns its id.
    """

    def __init__(self, model: type[Row], *, ignore_conflicts: bool = False) -> None:
        self._model, self._ignores = model, ignore_conflicts
        self._statements: dict[int, Statement] = {}

    def __call__(self, rows: Sequence[Row]) -> None:
        """Write these new rows. Raises IntegrityError, as Django does."""
        for start in range(0, len(rows), MOST_AT_ONCE):
            self._write(rows[start : start + MOST_AT_ONCE])

    def one(self, row: Row) -> Row:
        """Write this new row, and give it back: as `Model.objects.create`."""
        self._write([row])
        return row

    def _write(self, rows: Sequence[Row]) -> None:
        statement = self._statements.get(len(rows)) or self._made(len(rows))
        fields = self._fields()
        values = [_saved(field, row, is_new=True) for row in rows for field in fields]
        if self._ignores:
            statement.run(*values)
            return
        for row, (key,) in zip(rows, statement.rows(*values), strict=True):
            row.pk = key
            row._state.adding, row._state.db = False, connection.alias

    def _fields(self) -> "list[Field[Any, Any]]":
        meta = self._model._meta
        return [field for field in meta.local_concrete_fields if field is not meta.auto_field]

    def _made(self, count: int) -> Statement:
        columns = [_quoted(field.column) for field in self._fields()]
        numbers = iter(range(1, count * len(columns) + 1))
        rows = [
            f"({', '.join(f'${next(numbers)}' for _column in columns)})" for _row in range(count)
        ]
        ending = "ON CONFLICT DO NOTHING" if self._ignores else f"RETURNING {_key(self._model)}"
        text = f"INSERT INTO {_table(self._model)} ({', '.join(columns)}) VALUES {', '.join(rows)} {ending}"  # noqa: S608  (names of columns)  # nosec B608
        return self._statements.setdefault(count, _statement(text, count * len(columns)))


class Update(Generic[Row]):
    """`Update(Model)(row, "state", "paid_at")` does `row.save(update_fields=["state", "paid_at"])`."""

    def __init__(self, model: type[Row]) -> None:
        self._model = model
        self._statements: dict[tuple[str, ...], Statement] = {}

    def __call__(self, row: Row, *names: str) -> None:
        """Write these fields of a row that is there. Raises DatabaseError where it is not, as Django does."""
        statement = self._statements.get(names) or self._made(names)
        values = [_saved(field, row, is_new=False) for field in self._fields(names)]
        if not statement.run(*values, row.pk):
            raise DatabaseError(f"no row of {self._model._meta.label} was written")

    def _fields(self, names: Sequence[str]) -> "list[Field[Any, Any]]":
        return [self._model._meta.get_field(name) for name in names]  # type: ignore[misc]  # columns all

    def _made(self, names: tuple[str, ...]) -> Statement:
        columns = ", ".join(
            f"{_quoted(field.column)} = ${number}" for number, field in enumerate(self._fields(names), 1)
        )  # fmt: skip
        key = f"{_key(self._model)} = ${len(names) + 1}"
        text = f"UPDATE {_table(self._model)} SET {columns} WHERE {key}"  # noqa: S608  (names of columns)  # nosec B608
        return self._statements.setdefault(names, _statement(text, len(names) + 1))


def _saved(field: "Field[Any, Any]", row: Model, *, is_new: bool) -> Any:
    return field.get_db_prep_save(field.pre_save(row, is_new), connection)


def _statement(text: str, values: int) -> Statement:
    return Statement(text, *[AS_COLUMN] * values)


def _table(model: type[Model]) -> str:
    return _quoted(model._meta.db_table)


def _key(model: type[Model]) -> str:
    return _quoted(model._meta.pk.column)


def _quoted(name: str | None) -> str:
    return connection.ops.quote_name(str(name))
