"""Who wants nothing from which line: advertising blocked at the operator, or put on the list by the customer.

A message by a line to such a receiver is accepted, ends with status 14 and costs nothing. Approved
templates go by shared service lines and arrive all the same.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from simulators.sms import codes
from simulators.store import Store

ANY_LINE = "*"

SCHEMA = """
CREATE TABLE IF NOT EXISTS blocked (
    line TEXT NOT NULL,
    receptor TEXT NOT NULL,
    reason INTEGER NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (receptor, line)
);
"""


def is_blocked(database: sqlite3.Connection, receptor: str, line: str) -> bool:
    """Whether a message of this line would not reach the receiver."""
    if receptor == codes.ALWAYS_BLOCKED:
        return True
    found = database.execute(
        "SELECT 1 FROM blocked WHERE receptor = ? AND line IN (?, ?)", (receptor, line, ANY_LINE)
    ).fetchone()
    return found is not None


class BlockList:
    """The list, kept across restarts."""

    def __init__(self, store: Store, now: Callable[[], int]) -> None:
        self._store = store
        self._now = now

    def add(self, receptors: Sequence[str], line: str = ANY_LINE, reason: int = 10) -> None:
        """Put receivers on the list; who is on it stays as he is."""
        rows = [(line, receptor, reason, self._now()) for receptor in receptors]
        with self._store.transaction() as database:
            database.executemany("INSERT OR IGNORE INTO blocked VALUES (?, ?, ?, ?)", rows)

    def remove(self, receptors: Sequence[str], line: str = ANY_LINE) -> None:
        """Take receivers off the list of a line."""
        with self._store.transaction() as database:
            database.executemany(
                "DELETE FROM blocked WHERE receptor = ? AND line = ?",
                [(receptor, line) for receptor in receptors],
            )

    def all(self, line: str = ANY_LINE) -> list[sqlite3.Row]:
        """Who is on the list of a line, the newest first; on any list for ANY_LINE."""
        with self._store.transaction() as database:
            return database.execute(
                "SELECT * FROM blocked WHERE ? IN (?, line) ORDER BY since DESC, receptor",
                (line, ANY_LINE),
            ).fetchall()

    def has(self, receptor: str, line: str = ANY_LINE) -> bool:
        """Whether a message by this line would not arrive."""
        with self._store.transaction() as database:
            return is_blocked(database, receptor, line)

    def clear(self) -> None:
        """Empty the list."""
        with self._store.transaction() as database:
            database.execute("DELETE FROM blocked")
