"""Queries of the hottest pages, whose SQL is made once a process; only the values differ from one request to the next.

Django makes the SQL of a queryset anew each time. For a wide row with its relations that costs several times what
Postgres needs to answer. A prepared query is written as a queryset all the same, and gives the same objects.
"""

import copy
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connections
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable

Row = TypeVar("Row", bound=Model)
Value = int | str | datetime | date | Sequence[int]
_FIRST_MARK = 8_765_432_100


class _Compiled(NamedTuple):
    compiler: Any
    sql: str
    params: tuple[Any, ...]
    # Of each parameter, the number of the value that goes there; -1: a constant of the query.
    sources: tuple[int, ...]
    # How columns become Python values; the same for every row that ever comes.
    converters: dict[int, Any]


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
        """The rows. A list of ids needs a query for each length that comes; an empty one matches nothing."""
        shape = tuple(-1 if _is_single(value) else len(value) for value in values)  # type: ignore[arg-type]
        if 0 in shape:
            return []
        compiled = self._compiled.get(shape)
        if compiled is None:
            compiled = self._compiled[shape] = self._compile(values)
        flat = _flat(values)
        filled = tuple(
            constant if source < 0 else flat[source]
            for constant, source in zip(compiled.params, compiled.sources, strict=True)
        )
        return list(ModelIterable(_Rows(compiled, filled)))  # type: ignore[arg-type]  # all it looks at

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
        converters = compiler.get_converters([column for column, *_more in compiler.select])
        return _Compiled(compiler, sql, tuple(params), sources, converters)


class _Rows:
    """What Django's iterable over models asks of a queryset."""

    db = "default"
    _known_related_objects: dict[Any, Any] = {}  # never filled

    def __init__(self, compiled: _Compiled, params: tuple[Any, ...]) -> None:
        self.query = self
        self._compiler = copy.copy(compiled.compiler)
        # The one that compiled it was another thread's.
        self._compiler.connection = connections[self.db]
        self._compiler.as_sql = lambda: (compiled.sql, params)
        self._compiler.get_converters = lambda _columns: compiled.converters

    def get_compiler(self, using: str) -> Any:
        return self._compiler


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
