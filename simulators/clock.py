"""The clock of a simulator: the machine's time plus an offset that tests and the demo can move."""

from __future__ import annotations

import time

from simulators.store import Store

OFFSET = "clock_offset_seconds"


class MovableClock:
    """Unix seconds; the offset is kept in the store, so a restart does not jump back."""

    def __init__(self, store: Store) -> None:
        self._store = store
        with store.transaction() as database:
            row = database.execute(
                "SELECT value FROM settings WHERE name = ?", (OFFSET,)
            ).fetchone()
        self._offset = int(row["value"]) if row else 0

    @property
    def offset_seconds(self) -> int:
        """How far this clock stands before (or, negative, behind) the machine's."""
        return self._offset

    def now(self) -> int:
        """The simulator's present moment in whole Unix seconds."""
        return int(time.time()) + self._offset

    def move(self, offset_seconds: int) -> None:
        """Set the offset and remember it."""
        with self._store.transaction() as database:
            database.execute(
                "INSERT INTO settings VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (OFFSET, str(offset_seconds)),
            )
        self._offset = offset_seconds
