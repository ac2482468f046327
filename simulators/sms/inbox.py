"""Messages that people sent to a line of the account; asking for the unread ones makes them read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from simulators.sms import codes
from simulators.store import Store

PAGE = 200

SCHEMA = """
CREATE TABLE IF NOT EXISTS incoming (
    messageid INTEGER PRIMARY KEY AUTOINCREMENT,
    message TEXT NOT NULL,
    sender TEXT NOT NULL,
    line TEXT NOT NULL,
    date INTEGER NOT NULL,
    was_read INTEGER NOT NULL DEFAULT 0
);
"""


class Inbox:
    """What came in, kept across restarts."""

    def __init__(self, store: Store, now: Callable[[], int]) -> None:
        self._store = store
        self._now = now

    def add(self, sender: str, line: str, message: str) -> None:
        """A person writes to a line."""
        with self._store.transaction() as database:
            database.execute(
                "INSERT INTO incoming (message, sender, line, date) VALUES (?, ?, ?, ?)",
                (message, sender, line, self._now()),
            )

    def read(self, line: str, was_read: bool) -> list[dict[str, Any]]:
        """The oldest hundred of a line; the unread ones are read from now on."""
        with self._store.transaction() as database:
            rows = database.execute(
                "SELECT * FROM incoming WHERE line = ? AND was_read = ? ORDER BY messageid LIMIT ?",
                (line, was_read, codes.MOST_RECEIVED),
            ).fetchall()
            database.executemany(
                "UPDATE incoming SET was_read = 1 WHERE messageid = ?",
                [(row["messageid"],) for row in rows],
            )
        return [_entry(row) for row in rows]

    def page(self, line: str, was_read: bool, number: int) -> list[dict[str, Any]]:
        """Two hundred of a line without a change."""
        with self._store.transaction() as database:
            rows = database.execute(
                "SELECT * FROM incoming WHERE line = ? AND was_read = ? ORDER BY messageid"
                " LIMIT ? OFFSET ?",
                (line, was_read, PAGE, PAGE * max(number - 1, 0)),
            ).fetchall()
        return [_entry(row) for row in rows]

    def count(self, line: str, was_read: bool, span: tuple[int, int]) -> int:
        """How many came in a span of time; to all lines for an empty one."""
        with self._store.transaction() as database:
            row = database.execute(
                "SELECT count(*) AS n FROM incoming WHERE ? IN ('', line) AND was_read = ?"
                " AND date BETWEEN ? AND ?",
                (line, was_read, *span),
            ).fetchone()
        return int(row["n"])

    def clear(self) -> None:
        """Forget everything."""
        with self._store.transaction() as database:
            database.execute("DELETE FROM incoming")


def _entry(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "messageid": row["messageid"],
        "message": row["message"],
        "sender": row["sender"],
        "receptor": row["line"],
        "date": row["date"],
    }
