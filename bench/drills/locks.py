"""While migrations run: which locks each of them holds on tables with rows, and how long others wait meanwhile.

Two watchers beside the migrating connection. One looks a hundred times a second which strong locks it holds; the other
asks in turn for the lock of a writer on each large table, as the portal does, and notes how long it waited for it: by
Postgres's own timer, because on a busy machine the watcher itself stands still for longer than most locks last.
"""

import contextlib
import itertools
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg2
import psycopg2.errors

# Those that keep others from reading or from writing.
STRONG = {
    "AccessExclusiveLock": "nobody reads or writes",
    "ExclusiveLock": "nobody writes",
    "ShareRowExclusiveLock": "nobody writes",
    "ShareLock": "nobody writes",
}
PROBED = (
    "accounts_user", "septam_sites_place", "inspections_visitrequest", "billing_order", "notifications_smsmessage",
)  # fmt: skip
EVERY = 0.01
# Seconds that Postgres waits for a lock before the watcher asks anew; what is shorter counts as nothing.
TICK = 0.05
_HELD = """
SELECT c.relname, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
WHERE l.pid = %s AND l.granted AND c.relkind = 'r' AND c.reltuples > 1000 AND l.mode = ANY(%s)
"""


@dataclass
class Seen:
    """Of one migration: seconds in all, seconds by table and lock, and the longest wait of a writer by table."""

    seconds: float = 0.0
    held: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    waits: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @property
    def longest(self) -> tuple[float, str]:
        """The longest wait for a table that this migration locked: any other wait is the machine's own."""
        locked = {table for table, _mode in self.held}
        waits = ((took, table) for table, took in self.waits.items() if table in locked)
        return max(waits, default=(0.0, ""))


class Watch:
    """What is noted, by the name of the migration that runs."""

    def __init__(self, url: str, pid: int) -> None:
        self._url, self._pid = url, pid
        self._over = threading.Event()
        self.current = ""
        self.seen: dict[str, Seen] = defaultdict(Seen)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Both watchers, until the context ends."""
        threads = [threading.Thread(target=one) for one in (self._look, self._probe)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def _look(self) -> None:
        with closing(psycopg2.connect(self._url)) as line, line.cursor() as cursor:
            line.autocommit = True
            last = time.monotonic()
            while not self._over.wait(EVERY):
                cursor.execute(_HELD, [self._pid, list(STRONG)])
                now, name = time.monotonic(), self.current
                for table, mode in cursor.fetchall():
                    self.seen[name].held[table, mode] += now - last
                last = now

    def _probe(self) -> None:
        with closing(psycopg2.connect(self._url)) as line, line.cursor() as cursor:
            line.autocommit = True
            cursor.execute(f"SET lock_timeout = '{TICK * 1000:.0f}ms'")
            while not self._over.wait(EVERY):
                for table in PROBED:
                    name = self.current
                    waited = TICK * ticks(cursor, table)
                    # Whoever waited was kept by the migration that ran when it began.
                    waits = self.seen[name].waits
                    waits[table] = max(waits[table], waited)


def ticks(cursor: Any, table: str) -> int:
    """How many times in a row Postgres gave up waiting for the table, each after TICK, until a writer got it."""
    for number in itertools.count():
        with contextlib.suppress(psycopg2.errors.LockNotAvailable):
            # Of no row, so that it waits for nothing but the table.
            cursor.execute(f"UPDATE {table} SET id = id WHERE false")
            return number
    raise AssertionError("unreachable")
