"""Periodic jobs: a registry that apps fill at start, and the claim that makes N workers safe.

A worker takes a due job under a lease (`SKIP LOCKED`), runs it outside any transaction, and sets when it
is due next. A worker that dies leaves a lease that runs out.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

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
    _ensure_rows()
    ran = 0
    for periodic in registered():
        if _claim(periodic):
            _run(periodic)
            ran += 1
    return ran


def run_now(name: str) -> None:
    """Run one job at once, for tests and the command line."""
    _registry[name].work()


def _ensure_rows() -> None:
    known = set(Job.objects.values_list("name", flat=True))
    Job.objects.bulk_create(
        [Job(name=p.name, due_at=clock.now()) for p in registered() if p.name not in known],
        ignore_conflicts=True,
    )


def _claim(periodic: Periodic) -> bool:
    now = clock.now()
    free = Q(leased_until=None) | Q(leased_until__lt=now) | Q(leased_until__gt=now + periodic.lease)
    # due_at far ahead means that the demo clock was moved back: such a job is due as well.
    due = Q(due_at__lte=now) | Q(due_at__gt=now + periodic.every)
    with transaction.atomic():
        row = (
            Job.objects.select_for_update(skip_locked=True)
            .filter(free, due, name=periodic.name)
            .first()
        )
        if row is None:
            return False
        row.leased_until = now + periodic.lease
        row.last_started_at = now
        row.save(update_fields=["leased_until", "last_started_at"])
    return True


def _run(periodic: Periodic) -> None:
    error = ""
    try:
        periodic.work()
    except Exception as problem:
        logger.exception("job %s failed", periodic.name)
        error = f"{type(problem).__name__}: {problem}"[:2000]
    now = clock.now()
    Job.objects.filter(name=periodic.name).update(
        leased_until=None, last_finished_at=now, due_at=now + periodic.every, last_error=error
    )
