"""Runs each job of forgetting on the database that `bench.forgetting_rows` filled; prints what it cost, as JSON.

python -m bench.forgetting_run ROWS DUE
"""

import json
import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

import django

django.setup()

from django.db import connection

from septam import jobs
from septam.models import Forgotten

# Tables of at most so many rows are read as they lie.
SMALL = 1_000
_SCAN = re.compile(
    r"(Seq Scan on \w+|Index(?: Only)? Scan(?: Backward)? using \w+|Bitmap Index Scan on \w+)"
)


@dataclass
class Cost:
    """One run of a job: rows forgotten, seconds, the longest transaction, rows read by Postgres, whole tables read."""

    count: int = 0
    seconds: float = 0.0
    longest: float = 0.0
    read: int = 0
    scans: dict[str, int] = field(default_factory=dict)
    plans: list[str] = field(default_factory=list)


class Watch(threading.Thread):
    """Looks from outside how long the job's transactions have lasted."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.longest, self.ended = pid, 0.0, threading.Event()

    def run(self) -> None:
        """Until it is ended."""
        try:
            while not self.ended.wait(0.003):
                found = _asked(
                    "SELECT extract(epoch FROM clock_timestamp() - xact_start)::float FROM pg_stat_activity"
                    " WHERE pid = %s AND xact_start IS NOT NULL", [self.pid],
                )  # fmt: skip
                self.longest = max(self.longest, *(one for (one,) in found), 0.0)
        finally:
            connection.close()  # this thread's own


def _asked(sql: str, values: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall()) if cursor.description else []


def _reads() -> dict[str, tuple[int, int, int]]:
    """By table: rows read by scans, rows fetched by an index, rows that it has."""
    _asked("SELECT pg_stat_force_next_flush()")
    _asked("SELECT 1")
    rows = _asked(
        "SELECT relname, seq_tup_read, coalesce(idx_tup_fetch, 0), n_live_tup FROM pg_stat_user_tables"
    )
    return {name: (scanned, fetched, live) for name, scanned, fetched, live in rows}


@contextmanager
def _statements() -> Iterator[list[tuple[str, Any]]]:
    """What the job asks, each kind of statement once."""
    kept: dict[str, Any] = {}

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("SELECT", "UPDATE", "DELETE")):
            kept.setdefault(sql, params)
        return execute(sql, params, many, context)

    found: list[tuple[str, Any]] = []
    with connection.execute_wrapper(note):
        yield found
    found.extend(kept.items())


def run(name: str) -> Cost:
    """One run of the job."""
    ((pid,),) = _asked("SELECT pg_backend_pid()")
    before, watch, cost = _reads(), Watch(pid), Cost()
    counted = Forgotten.objects.filter(pk__startswith=name).values_list("rows", flat=True)
    done = sum(counted)
    watch.start()
    begun = time.monotonic()
    with _statements() as statements:
        answer = next(job for job in jobs.registered() if job.name == name).work()
    cost.seconds = time.monotonic() - begun
    watch.ended.set()
    watch.join()
    taken = answer if isinstance(answer, int) and answer else sum(counted.all()) - done
    cost.count, cost.longest = taken, watch.longest
    for table, (scanned, fetched, live) in _reads().items():
        seen = scanned - before[table][0], fetched - before[table][1]
        cost.read += sum(seen)
        if seen[0] and live > SMALL:
            cost.scans[table] = seen[0]
    cost.plans = sorted({one for sql, values in statements for one in _plan(sql, values)})
    return cost


def _plan(sql: str, values: Any) -> list[str]:
    return [scan for (line,) in _asked(f"EXPLAIN {sql}", values) for scan in _SCAN.findall(line)]


def finish(name: str, upto: int) -> None:
    """All that was due is forgotten: a job with a mark stands behind it, another runs until it finds nothing."""
    if upto:
        Forgotten.objects.filter(pk=name).update(upto=upto)
        return
    while run(name).count:
        pass


def measure(rows: int, due: int) -> dict[str, Any]:
    """By job: a run with much to do, and one with nothing to do."""
    half = rows // 2 + due
    marks = {
        "sms.empty": half, "accounts.forget_mobiles": half, "billing.redact_invoices": half,
        "accounts.forget_unused": 1_000_000 + half, "notices.forget": due, "inspections.forget_photos": due,
    }  # fmt: skip
    found = {}
    for job in jobs.registered():
        if not re.search(r"purge|forget|empty|redact|anonymise", job.name):
            continue
        busy = run(job.name)
        finish(job.name, marks.get(job.name, 0))
        run(job.name)
        found[job.name] = {
            "every": job.every.total_seconds(), "busy": asdict(busy), "idle": asdict(run(job.name)),
        }  # fmt: skip
        print(f"bench: {job.name}: {found[job.name]}", file=sys.stderr, flush=True)
    return found


if __name__ == "__main__":
    print(json.dumps(measure(*map(int, sys.argv[1:3]))))
