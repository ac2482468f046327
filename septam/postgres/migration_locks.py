"""A migration that waits for a lock keeps everybody waiting who comes after it; so it waits shortly, and often.

A report that reads for minutes would otherwise stop the whole portal: the migration waits for the report, and all others
for the migration.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError
from psycopg2 import errors

# Milliseconds that others may wait behind a migration which itself waits; then it steps back.
WAIT = 800
# Seconds in between, in which the others go on; and how often it is tried: ten minutes and more.
PAUSE = 2.0
TRIES = 200
_IN_THE_WAY = (errors.LockNotAvailable, errors.DeadlockDetected)


@contextmanager
def waiting_shortly(connection: Any) -> Iterator[None]:
    """Within it every statement of the connection gives up after WAIT without a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{WAIT}ms"])
    try:
        yield
    finally:
        if connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")


def until_free(
    work: Callable[[], Any],
    tell: Callable[[str], object],
    pause: Callable[[float], object] = time.sleep,
) -> Any:
    """Do it again as long as somebody is in its way. Raises OperationalError after TRIES, and whatever else is wrong.

    A migration in a transaction left nothing behind; one without is made of steps that may be repeated.
    """
    for tries_left in reversed(range(TRIES)):
        try:
            return work()
        except OperationalError as error:
            if not tries_left or not isinstance(error.__cause__, _IN_THE_WAY):
                raise
            tell("A table is in use; trying again. Long ones stand in pg_stat_activity.")
            pause(PAUSE)
    raise AssertionError("unreachable")
