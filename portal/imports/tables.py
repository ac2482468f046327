"""What an import knows of a kind of reference data: its columns, its key, and how a line becomes a row.

A table is a description with a few hooks; `checking` and `running` do the same with all of them. An import adds
and changes rows and deletes none; a column that a file leaves out, or an optional cell that is empty, stays as it is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from portal.imports.cells import Reader
from septam import jalali, money
from septam.digits import DECIMAL_MARK, to_persian
from septam.text import search_key

ADD, CHANGE, SAME, FAULT = "add", "change", "same", "fault"


@dataclass(frozen=True)
class Column:
    """A column: its name in the files of data/, its Persian heading, and how its cells are read."""

    name: str
    title: str | Promise
    read: Reader
    required: bool = False


@dataclass
class Line:
    """A line of the file: where it stands, what was read of it, what is wrong, and what would become of it."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[tuple[str, str, str]] = field(default_factory=list)
    action: str = FAULT
    before: tuple[Any, ...] = ()
    after: tuple[Any, ...] = ()
    row: Any = None
    fields: list[str] = field(default_factory=list)

    def refuse(self, column: str, message: str, cell: Any = "") -> None:
        """Note a fault of a column, beside the value that stood there."""
        self.faults.append((column, str(cell), message))
        self.action = FAULT


class Table:
    """A kind of reference data. Subclasses say what a line means (`judge`) and write what was judged (`write`)."""

    kind: ClassVar[str]
    title: ClassVar[str | Promise]
    model: ClassVar[type[models.Model]]
    columns: ClassVar[tuple[Column, ...]]
    # Columns of the files of data/ that follow from others.
    ignored: ClassVar[tuple[str, ...]] = ()
    key: ClassVar[tuple[str, ...]]
    hint: ClassVar[str | Promise] = ""
    may_add: ClassVar[bool] = True
    # A line of prices is judged by taking its step; a dry run takes it back.
    judges_by_writing: ClassVar[bool] = False
    # Other names of columns, as files of data/ have them.
    aliases: ClassVar[dict[str, str]] = {}
    most_lines: ClassVar[int] = 100_000

    @classmethod
    def may_import(cls, user: User) -> bool:
        """Whoever may change such rows one by one may change many, and new ones where he may add."""
        name = f"{cls.model._meta.app_label}.%s_{cls.model._meta.model_name}"
        return all(
            user.has_perm(name % verb)
            for verb in (("add", "change") if cls.may_add else ("change",))
        )

    @classmethod
    def said(cls, name: str, value: Any) -> str:
        """A value of a column with the column's heading; numbers and days of ours in Persian, texts as in the file."""
        title = next((str(one.title) for one in cls.columns if one.name == name), name)
        return f"{title}: {cls._value_said(name, value)}"

    @classmethod
    def _value_said(cls, name: str, value: Any) -> str:
        fields = {one.name: one for one in cls.model._meta.concrete_fields}
        choices = dict(fields[name].flatchoices) if name in fields else {}
        return str(choices[value]) if value in choices else in_words(value)

    def key_of(self, line: Line) -> tuple[Any, ...]:
        """What makes two lines of a file speak of the same row."""
        return tuple(line.values.get(name) for name in self.key)

    def judge(self, lines: list[Line]) -> None:
        """Find what is there already; set each line's action, `before` and what is to be written."""
        raise NotImplementedError

    def write(self, lines: list[Line], user: User) -> None:
        """Write the lines that were judged new or changed."""
        raise NotImplementedError

    def present(self) -> Iterator[dict[str, Any]]:
        """The present rows as the file has them, by names of columns."""
        raise NotImplementedError


def in_words(value: Any) -> str:
    """A cell's value as people read it; a text stands as it is, a code with Latin digits too."""
    if value is None or isinstance(value, bool):
        return "–" if value is None else (_("Yes") if value else _("No"))
    if isinstance(value, date):
        return jalali.format_date(value)
    if isinstance(value, int):
        return money.format_rial(value)
    if isinstance(value, Decimal):
        return to_persian(f"{value:f}").replace(".", DECIMAL_MARK)
    return " | ".join(map(in_words, value)) if isinstance(value, list | tuple) else str(value)


class RowTable(Table):
    """A table whose lines are rows of one model: columns are fields, compared and written in bulk."""

    # Fields that no other row may share, beside the key; by name of the column.
    unique: ClassVar[tuple[str, ...]] = ()

    def rows(self, lines: list[Line]) -> Iterable[models.Model]:
        """The present rows that these lines may speak of."""
        raise NotImplementedError

    def row_key(self, row: Any) -> tuple[Any, ...]:
        """A present row's key, as `key_of` gives it."""
        return tuple(getattr(row, name) for name in self.key)

    def fields_of(self, line: Line) -> dict[str, Any]:
        """The fields of the row that the line names; columns that are none are left out."""
        names = {one.name for one in self.model._meta.concrete_fields}
        return {name: value for name, value in line.values.items() if name in names}

    def fresh(self, values: dict[str, Any]) -> Any:
        """A new row."""
        return self.model(**values)

    def judge(self, lines: list[Line]) -> None:
        """By key; a row that the file changes is no sample any more."""
        good = [line for line in lines if not line.faults]
        known = {self.row_key(row): row for row in self.rows(good)}
        taken = self._taken(good)
        for line in good:
            self._judge(line, known.get(self.key_of(line)))
            self._refuse_taken(line, taken)

    def _judge(self, line: Line, found: Any) -> None:
        values = self.fields_of(line)
        if found is None:
            if not self.may_add:
                line.refuse(self.key[0], self.unknown(), line.values.get(self.key[0]))
                return
            line.action, line.row = ADD, self.fresh(values)
            return
        line.row = found
        changed = {name: value for name, value in values.items() if getattr(found, name) != value}
        # A foreign key is told by the row's name before, and by the file's words after.
        names = {name: name.removesuffix("_id") for name in changed}
        line.before = tuple(self.said(one, getattr(found, one)) for one in names.values())
        line.after = tuple(
            self.said(one, line.values.get(one, changed[name])) for name, one in names.items()
        )
        if changed and "is_sample" not in values and getattr(found, "is_sample", False):
            changed["is_sample"] = False
        line.action, line.fields = (CHANGE if changed else SAME), sorted(changed)
        for name, value in changed.items():
            setattr(found, name, value)

    def unknown(self) -> str:
        """Why a line of a table that takes no new rows is refused."""
        raise NotImplementedError

    def _taken(self, lines: list[Line]) -> dict[tuple[str, Any], tuple[Any, ...]]:
        """Who has which name, however it is spelt: tables with names are small."""
        rows = self.model._default_manager.all() if self.unique and lines else ()
        return {
            (name, search_key(getattr(row, name))): self.row_key(row)
            for row in rows
            for name in self.unique
        }

    def _refuse_taken(self, line: Line, taken: dict[tuple[str, Any], tuple[Any, ...]]) -> None:
        for name in self.unique:
            value = line.values.get(name)
            holder = taken.get((name, search_key(str(value))), self.key_of(line))
            if holder != self.key_of(line):
                line.refuse(name, self.is_taken(), value)

    def is_taken(self) -> str:
        """Why a value that another row has is refused."""
        return _("Another row has this value already.")

    def write(self, lines: list[Line], user: User) -> None:
        """In bulk, each set of columns by one statement."""
        new = [line.row for line in lines if line.action == ADD]
        changed = [line for line in lines if line.action == CHANGE and line.fields]
        if new:
            self.model._default_manager.bulk_create(new)
        fields = sorted({name for line in changed for name in [*line.fields, *self.derived(line)]})
        if changed:
            self.model._default_manager.bulk_update([line.row for line in changed], fields)

    def derived(self, line: Line) -> list[str]:
        """Columns that follow from the changed ones; they were made anew in `judge`."""
        renew = getattr(line.row, "renew_keys", None)
        return renew() if renew else []
