"""How old rows are forgotten: in small transactions, from the oldest on, a bounded number a run, and counted.

A job walks its table along the primary key from where it stopped, and stops at the first row that is young enough:
whatever the table's size, it reads only what it forgets. How far it came is written in the transaction that
forgot, so that a process that dies in between loses and repeats nothing.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from septam import clock
from septam.models import Forgotten

logger = logging.getLogger(__name__)
BATCH = 1000
MOST_BATCHES = 20
# Of rows that only go (sessions, codes, limits), which a day brings many more of.
MOST_DELETED = 100
Forget = Callable[[list[int]], int]


def before(days: int) -> datetime:
    """What was earlier has been kept for so many days."""
    return clock.now() - timedelta(days=days)


def walk(
    name: str, rows: QuerySet[Any], moment: str, until: datetime, forget: Forget, batch: int = 0, most: int = 0,
) -> int:  # fmt: skip
    """Let `forget` take the rows whose `moment` lies before `until`, `batch` (BATCH) ids at a time; returns how many it took.

    It is called `most` (MOST_BATCHES) times at most. `rows` is the whole table: what a row lacks is for `forget` to see.
    A row that `forget` leaves is not shown to it again.
    """
    return _repeat(
        name,
        lambda mark: _walked(
            mark, rows.filter(pk__gt=mark.upto), moment, until, forget, batch or BATCH
        ),
        most,
    )


def take(name: str, batch: Callable[[], int], most: int = 0) -> int:
    """Let `batch` forget what an index finds, at most a bounded number at a time, until it finds nothing.

    It is called `most` (MOST_BATCHES) times at most.
    """

    def counted(mark: Forgotten) -> tuple[bool, int]:
        count = batch()
        return count > 0, count

    return _repeat(name, counted, most)


def delete_lapsed(name: str, lapsed: QuerySet[Any]) -> int:
    """Delete these rows, BATCH at a time, in the order of the queryset; returns how many.

    A row that somebody holds is left for the next run.
    """

    def some() -> int:
        rows = lapsed.select_for_update(skip_locked=True, of=("self",))
        found = list(rows.values_list("pk", flat=True)[:BATCH])
        if found:
            lapsed.model._default_manager.filter(pk__in=found).delete()
        return len(found)

    return take(name, some, MOST_DELETED)


def _repeat(name: str, step: Callable[[Forgotten], tuple[bool, int]], most: int = 0) -> int:
    Forgotten.objects.bulk_create([Forgotten(name=name)], ignore_conflicts=True)
    total = 0
    for _batch in range(most or MOST_BATCHES):
        with transaction.atomic():
            mark = Forgotten.objects.select_for_update().get(pk=name)
            goes_on, count = step(mark)
            if count:
                mark.rows, mark.at = mark.rows + count, clock.now()
            mark.save(update_fields=["upto", "rows", "at"])
        total += count
        if not goes_on:
            break
    if total:
        logger.info("%s: %d forgotten", name, total)
    return total


def _walked(
    mark: Forgotten, ahead: QuerySet[Any], moment: str, until: datetime, forget: Forget, batch: int
) -> tuple[bool, int]:
    found = ahead.order_by("pk").values_list("pk", moment)[:batch]
    old = [pk for pk, _at in takewhile(lambda row: row[1] is not None and row[1] < until, found)]
    if not old:
        return False, 0
    mark.upto = old[-1]
    return len(old) == batch, forget(old)
