"""Queries of the hottest pages, whose SQL is made once a process; only the values differ from one request to the next.

Django makes the SQL of a queryset anew each time. For a wide row with its relations that costs several times what
Postgres needs to answer. A prepared query is written as a queryset all the same, and gives the same objects.

Postgres, too, works out once for each connection how to answer (PREPARE), unless PREPARED_ON_SERVER is off.
"""

import copy
import hashlib
import itertools
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any, Generic, NamedTuple, TypeVar

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable

Row = TypeVar("Row", bound=Model)
Value = int | str | datetime | date | Sequence[int]
# Of a bigint; Postgres refuses what is larger.
_MOST = 2**63 - 1
_FIRST_MARK = 8_765_432_100
_serials = itertools.count()
_PLACES = re.compile(r"%s|%%")
_NUMBERED = re.compile(r"\$(\d+)")
# The type of a value that goes into a column as it is: Postgres takes the column's.
AS_COLUMN = "unknown"
# The order counts: a moment is a date to Python.
_TYPES = ((datetime, "timestamptz"), (date, "date"), (int, "bigint"), (str, "text"))


class _Compiled(NamedTuple):
    compiler: Any
    sql: str
    params: tuple[Any, ...]
    # Of each parameter, the number of the value that goes there; -1: a constant of the query.
    sources: tuple[int, ...]
    # How columns become Python values; the same for every row that ever comes.
    converters: dict[int, Any]
    # Whether several columns make one value (a key of several columns).
    composite: bool
    # The types of the values, as Postgres names them.
    types: tuple[str, ...]
    # Like no other's of this process.
    serial: int


class Prepared(Generic[Row]):
    """`Prepared(build)(*values)` gives `list(build(*values))`.

    The values are numbers, texts, moments or lists of ids that stand in conditions as they are. Whatever else decides the
    query's shape (None, a flag, a limit, a text for `contains`) belongs into another prepared query; where a value is not
    found among the parameters, the first call raises TypeError.
    """

    def __init__(self, build: Callable[..., QuerySet[Row]]) -> None:
        self._build = build
        self._compiled: dict[tuple[int, ...], _Compiled] = {}

    def __call__(self, *values: Value) -> list[Row]:
        """The rows. A list of ids needs a query for each length that comes; an empty one matches nothing.

        Nor does a number that no row can have: some stand in addresses that anybody may type.
        """
        shape = tuple(-1 if _is_single(value) else len(value) for value in values)  # type: ignore[arg-type]
        flat = _flat(values)
        if 0 in shape or any(isinstance(one, int) and one > _MOST for one in flat):
            return []
        compiled = self._compiled.get(shape)
        if compiled is None:
            compiled = self._compiled[shape] = self._compile(values)
        return list(ModelIterable(_Rows(compiled, flat)))  # type: ignore[arg-type]  # all it looks at

    def first(self, *values: Value) -> Row | None:
        """The first row, or None."""
        return next(iter(self(*values)), None)

    def _compile(self, values: Sequence[Value]) -> _Compiled:
        marks, marked = _marked(values)
        query = self._build(*marked).query
        compiler = query.get_compiler("default")
        sql, params = compiler.as_sql()
        sources = tuple(_source_of(param, marks) for param in params)
        if set(range(len(marks))) - set(sources):
            raise TypeError("a value of a prepared query does not stand in its conditions as it is")
        columns = [column for column, *_more in compiler.select]
        converters, composite = compiler.get_converters(columns), compiler.has_composite_fields(columns)  # fmt: skip
        types = tuple(_type_of(mark) for mark in marks)
        return _Compiled(compiler, sql, tuple(params), sources, converters, composite, types, next(_serials))  # fmt: skip


class _Rows:
    """What Django's iterable over models asks of a queryset."""

    db = "default"
    _known_related_objects: dict[Any, Any] = {}  # never filled

    def __init__(self, compiled: _Compiled, values: list[Any]) -> None:
        self.query = self
        self._compiler = copy.copy(compiled.compiler)
        # The one that compiled it was another thread's.
        connection = self._compiler.connection = connections[self.db]
        on_server = settings.PREPARED_ON_SERVER
        self._compiler.as_sql = lambda: (
            _execute(compiled, values, connection) if on_server else _filled(compiled, values)
        )
        self._compiler.get_converters = lambda _columns: compiled.converters
        self._compiler.has_composite_fields = lambda _columns: compiled.composite

    def get_compiler(self, using: str) -> Any:
        return self._compiler


def _filled(compiled: _Compiled, values: list[Any]) -> tuple[str, tuple[Any, ...]]:
    """The query with its values in their places."""
    params = (
        constant if source < 0 else values[source]
        for constant, source in zip(compiled.params, compiled.sources, strict=True)
    )
    return compiled.sql, tuple(params)


def _execute(
    compiled: _Compiled, values: list[Any], connection: BaseDatabaseWrapper
) -> tuple[str, tuple[Any, ...]]:
    """The call of the statement that the server knows."""
    call = _call(connection, compiled.serial, compiled.types, lambda raw: _text(compiled, raw))
    return call, tuple(values)


def _call(
    connection: BaseDatabaseWrapper, serial: int, types: Sequence[str], text: Callable[[Any], str]
) -> str:
    """How this connection calls a statement; where it does not know it yet, it is told."""
    # As Django does before each cursor: this comes before it, and may be what a request asks first.
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    raw = connection.connection
    # On Django's wrapper, beside the connection it is of: a new connection knows nothing.
    of, known = connection.__dict__.get("_prepared_statements", (None, {}))
    if of is not raw:
        of, known = connection.__dict__["_prepared_statements"] = (raw, {})
    call: str | None = known.get(serial)
    if call is None:
        with connection.wrap_database_errors:
            call = known[serial] = _tell(raw, types, text(raw))
    return call


def _tell(raw: Any, types: Sequence[str], text: str) -> str:
    listed = f" ({', '.join(types)})" if types else ""
    name = f"septam_{hashlib.sha256((listed + text).encode()).hexdigest()[:24]}"
    with raw.cursor() as cursor:  # not Django's: it is no query of the page
        cursor.execute("SELECT 1 FROM pg_prepared_statements WHERE name = %s", (name,))
        if cursor.fetchone() is None:
            # Without values, so it is taken as it stands: a text of ours, a digest, names of types.
            cursor.execute(f"PREPARE {name}{listed} AS {text}")  # nosemgrep: statement-of-pieces
    places = ", ".join("%s" for _type in types)
    return f"EXECUTE {name} ({places})" if places else f"EXECUTE {name}"


def _text(compiled: _Compiled, raw: Any) -> str:
    """The statement with numbers in the places of its values. Constants stay: partial indexes are chosen by them."""
    pieces = zip(compiled.params, compiled.sources, strict=True)
    with raw.cursor() as cursor:

        def written(place: re.Match[str]) -> str:
            if place[0] == "%%":
                return "%"
            constant, source = next(pieces)
            return f"${source + 1}" if source >= 0 else cursor.mogrify("%s", (constant,)).decode()

        return _PLACES.sub(written, compiled.sql)


class Statement:
    """A statement written by hand, with $1, $2 … for its values, whose types are named as Postgres names them."""

    def __init__(self, text: str, *types: str) -> None:
        self._text, self._types, self._serial = text, types, next(_serials)

    def rows(self, *values: Any) -> list[tuple[Any, ...]]:
        """What it gives; in the caller's transaction, as any statement."""
        connection = connections["default"]
        with connection.cursor() as cursor:
            self._execute(connection, cursor, values)
            return list(cursor.fetchall())

    def run(self, *values: Any) -> int:
        """Run one that gives nothing; returns how many rows it wrote."""
        connection = connections["default"]
        with connection.cursor() as cursor:
            self._execute(connection, cursor, values)
            return int(cursor.rowcount)

    def _execute(self, connection: BaseDatabaseWrapper, cursor: Any, values: Sequence[Any]) -> None:
        if settings.PREPARED_ON_SERVER:
            call = _call(connection, self._serial, self._types, lambda _raw: self._text)
            cursor.execute(call, values)
        else:
            named = {f"v{number}": value for number, value in enumerate(values, 1)}
            cursor.execute(_NUMBERED.sub(self._typed, self._text.replace("%", "%%")), named)

    def _typed(self, place: re.Match[str]) -> str:
        type_name = self._types[int(place[1]) - 1]
        written = f"%(v{place[1]})s"
        return written if type_name == AS_COLUMN else f"{written}::{type_name}"


def _type_of(value: Any) -> str:
    return next(name for kind, name in _TYPES if isinstance(value, kind))


def _is_single(value: Value) -> bool:
    return isinstance(value, int | str | date)


def _flat(values: Sequence[Value]) -> list[Any]:
    return [one for value in values for one in ((value,) if _is_single(value) else value)]  # type: ignore[union-attr]


def _marked(values: Sequence[Value]) -> tuple[list[Any], list[Any]]:
    """A value like no other in place of each, flat and as the query is given them."""
    marks: list[Any] = []
    marked: list[Any] = []
    for value in values:
        own = [_mark(one, len(marks) + number) for number, one in enumerate(_flat([value]))]
        marks += own
        marked.append(own[0] if _is_single(value) else own)
    return marks, marked


def _mark(value: Any, number: int) -> Any:
    if isinstance(value, datetime):
        return datetime(1907, 1, 1, 0, 0, number, tzinfo=UTC)
    if isinstance(value, date):
        return date(1907, 1, 1 + number)
    return _FIRST_MARK + number if isinstance(value, int) else f"\ue000 value {number} \ue000"


def _source_of(param: Any, marks: list[Any]) -> int:
    return next(
        (i for i, mark in enumerate(marks) if type(param) is type(mark) and param == mark), -1
    )
