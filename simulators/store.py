"""The small database of one simulator: one sqlite file in its data folder, safe for threads."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SHARED_SCHEMA = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS faults (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    operation TEXT NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL DEFAULT '',
    seconds REAL NOT NULL DEFAULT 0,
    executed INTEGER,
    remaining INTEGER NOT NULL
);
"""


class Store:
    """One connection behind one lock: every transaction is alone, and ends up on disk."""

    def __init__(self, folder: Path, schema: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(
            folder / "state.sqlite3", check_same_thread=False, isolation_level=None
        )
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode=WAL")
        # WAL with NORMAL survives a killed process, which is what a simulator has to survive.
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(SHARED_SCHEMA + schema)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Run the block alone; commit at its end, roll back if it raises."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close the file; a request that is still being served gets a database error."""
        with self._lock:
            self._connection.close()
