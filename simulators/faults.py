"""Faults that a simulator commits on demand: a queue per operation, kept across restarts.

A fault is an object with ``operation`` (a name, or ``*``), ``kind``, and optionally ``value``,
``seconds``, ``count`` (default 1) and ``executed``. Kinds:

=========== ============================================================== ==================
kind        what the caller meets                                          done by default?
=========== ============================================================== ==================
before      the connection closes without an answer                        no
after       the connection closes without an answer                        yes
delay       the right answer after ``seconds``; executed=false waits first yes
http_502    an HTML page of a proxy with status 502                        no
malformed   half an answer that no parser accepts                          yes
empty       an answer without a result                                     yes
code        the code in ``value``                                          no
html        a page of HTML with status 200                                 yes
huge        twenty million bytes of text                                   yes
=========== ============================================================== ==================

``executed`` overrides the last column. A simulator may add kinds of its own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulators.store import Store
from simulators.web import BadRequestError, DroppedError, Response

EXECUTED_BY_DEFAULT = {
    "before": False,
    "after": True,
    "delay": True,
    "http_502": False,
    "malformed": True,
    "empty": True,
    "code": False,
    "html": True,
    "huge": True,
}
HUGE = 20_000_000
MAINTENANCE_PAGE = "<html><body><h1>در دست تعمیر</h1></body></html>".encode()
PROXY_PAGE = b"<html><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(frozen=True)
class Fault:
    """One fault as it is queued."""

    operation: str
    kind: str
    value: str = ""
    seconds: float = 0
    executed: bool | None = None
    count: int = 1
    id: int = 0

    @property
    def is_executed(self) -> bool:
        """Whether the operation is carried out although its answer is spoiled."""
        if self.executed is None:
            return EXECUTED_BY_DEFAULT.get(self.kind, True)
        return self.executed

    def as_json(self) -> dict[str, Any]:
        """The shape that GET /_control/faults shows."""
        return {
            "id": self.id,
            "operation": self.operation,
            "kind": self.kind,
            "value": self.value,
            "seconds": self.seconds,
            "executed": self.is_executed,
            "count": self.count,
        }


def read_fault(item: object, operations: Mapping[str, str], kinds: Mapping[str, str]) -> Fault:
    """A fault from JSON or a form; raises BadRequestError for what no operation or kind knows."""
    if not isinstance(item, dict):
        raise BadRequestError("a fault is an object")
    if item.get("operation", "*") not in {"*", *operations}:
        raise BadRequestError(f"operation must be * or one of {', '.join(operations)}")
    if item.get("kind") not in kinds:
        raise BadRequestError(f"kind must be one of {', '.join(kinds)}")
    try:
        fault = Fault(
            operation=item.get("operation", "*"),
            kind=item["kind"],
            value=str(item.get("value") or ""),
            seconds=float(item.get("seconds") or 0),
            executed=None if item.get("executed") is None else bool(item["executed"]),
            count=int(item.get("count") or 1),
        )
    except (TypeError, ValueError) as error:
        raise BadRequestError("seconds and count must be numbers") from error
    if fault.kind == "code" and not fault.value:
        raise BadRequestError("kind code needs a value")
    return fault


def _from_row(row: sqlite3.Row) -> Fault:
    executed = None if row["executed"] is None else bool(row["executed"])
    return Fault(
        row["operation"],
        row["kind"],
        row["value"],
        row["seconds"],
        executed,
        row["remaining"],
        row["id"],
    )


class FaultQueue:
    """Faults in the order in which they were asked for; each is used up ``count`` times."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, faults: list[Fault]) -> None:
        """Put the faults at the end of the queue."""
        with self._store.transaction() as database:
            database.executemany(
                "INSERT INTO faults (operation, kind, value, seconds, executed, remaining)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [(f.operation, f.kind, f.value, f.seconds, f.executed, f.count) for f in faults],
            )

    def all(self) -> list[Fault]:
        """What is still waiting, next first."""
        with self._store.transaction() as database:
            return [_from_row(row) for row in database.execute("SELECT * FROM faults ORDER BY id")]

    def clear(self) -> None:
        """Forget everything that waits."""
        with self._store.transaction() as database:
            database.execute("DELETE FROM faults")

    def take(self, operation: str, *, any_operation: bool = True) -> Fault | None:
        """The next fault for this operation, used up once; ``*`` counts unless told otherwise."""
        names = (operation, "*" if any_operation else operation)
        with self._store.transaction() as database:
            row = database.execute(
                "SELECT * FROM faults WHERE operation IN (?, ?) ORDER BY id LIMIT 1", names
            ).fetchone()
            if row is None:
                return None
            database.execute(
                "UPDATE faults SET remaining = remaining - 1 WHERE id = ?", (row["id"],)
            )
            database.execute("DELETE FROM faults WHERE remaining <= 0")
        return _from_row(row)


def run_with_fault(
    fault: Fault | None,
    execute: Callable[[], Response],
    spoil: Callable[[Fault], Response],
    wait: Callable[[float], object],
) -> Response:
    """Execute the operation as the fault demands; ``spoil`` makes answers in the protocol's shape."""
    if fault is None:
        return execute()
    if fault.kind == "delay":
        return _delayed(fault, execute, wait)
    if fault.is_executed:
        execute()
    if fault.kind in ("before", "after"):
        raise DroppedError
    if fault.kind == "http_502":
        return Response(PROXY_PAGE, 502)
    if fault.kind == "html":
        return Response(MAINTENANCE_PAGE)
    if fault.kind == "huge":
        return Response(b"0" * HUGE, content_type="text/plain")
    return spoil(fault)


def _delayed(
    fault: Fault, execute: Callable[[], Response], wait: Callable[[float], object]
) -> Response:
    if not fault.is_executed:
        wait(fault.seconds)
        return execute()
    response = execute()
    wait(fault.seconds)
    return response
