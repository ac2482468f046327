"""Periodic jobs: a registry that apps fill at start, and the claim that makes N workers safe.

A worker takes a due job under a lease (`SKIP LOCKED`), runs it outside any transaction, and sets when it
is due next. A worker that dies leaves a lease that runs out. When a job is due goes by the portal's clock,
which a demo may move; its lease by the machine's.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from septam import clock
from septam.models import Job

logger = logging.getLogger(__name__)
Work = Callable[[], object]


@dataclass(frozen=True)
class Periodic:
    """A named piece of work that is due every `every`."""

    name: str
    every: timedelta
    work: Work
    lease: timedelta = timedelta(minutes=5)


_registry: dict[str, Periodic] = {}


def register(name: str, every: timedelta, work: Work) -> None:
    """Let the workers run `work` every `every`; call it from an AppConfig's ready()."""
    _registry[name] = Periodic(name, every, work)


def registered() -> list[Periodic]:
    """All jobs, in the order of their registration."""
    return list(_registry.values())


def run_due() -> int:
    """Run each due job once; returns how many ran. A failing job is logged and tried again when due."""
    known = _rows()
    ran = 0
    for periodic in registered():
        lease = _claim(periodic) if _is_ready(known[periodic.name], periodic) else None
        if lease is not None:
            _run(periodic, lease)
            ran += 1
    return ran


def run_now(name: str) -> None:
    """Run one job at once, for tests and the command line."""
    _registry[name].work()


def _rows() -> dict[str, Job]:
    """The row of each registered job; those that are missing are made, due at once."""
    rows = {row.name: row for row in Job.objects.all()}
    missing = [Job(name=p.name, due_at=clock.now()) for p in registered() if p.name not in rows]
    Job.objects.bulk_create(missing, ignore_conflicts=True)
    return {row.name: row for row in missing} | rows


def _is_ready(row: Job, periodic: Periodic) -> bool:
    """Whether the job is due and nobody holds it.

    What lies far ahead was written before a clock was moved back, and counts for nothing. Far is more than any
    other worker can have written a moment ago: its clock may have been read a little later than this one.
    """
    lease, present = row.leased_until, clock.machine_now()
    is_held = lease is not None and present < lease <= present + 2 * periodic.lease
    now = clock.now()
    return not is_held and not now < row.due_at <= now + periodic.every + periodic.lease


def _claim(periodic: Periodic) -> datetime | None:
    """Take the job, for as long as the moment that is returned; None where another worker was faster.

    The clock is read after the row is locked: a moment of before says nothing about a lease written since.
    """
    with transaction.atomic():
        rows = Job.objects.select_for_update(skip_locked=True)
        row = rows.filter(name=periodic.name).first()
        if row is None or not _is_ready(row, periodic):
            return None
        row.leased_until = clock.machine_now() + periodic.lease
        row.last_started_at = clock.now()
        row.save(update_fields=["leased_until", "last_started_at"])
    return row.leased_until


def _run(periodic: Periodic, lease: datetime) -> None:
    error = ""
    try:
        periodic.work()
    except Exception as problem:
        logger.exception("job %s failed", periodic.name)
        error = f"{type(problem).__name__}: {problem}"[:2000]
    now = clock.now()
    # Only under the own lease: one that ran out may be another worker's by now.
    held = Job.objects.filter(name=periodic.name, leased_until=lease)
    is_kept = held.update(
        leased_until=None, last_finished_at=now, due_at=now + periodic.every, last_error=error
    )
    if not is_kept:
        logger.warning("job %s took longer than its lease", periodic.name)
