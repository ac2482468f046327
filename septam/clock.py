"""The portal's one clock.

Demo and test modes may move it (`make clock AT=1402/12/25`): the offset stands in one database row, so
that web, worker and every process agree. Production never reads that row.
"""

import time
from datetime import UTC, date, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from django.conf import settings

TEHRAN = ZoneInfo("Asia/Tehran")
# A process asks the database for the offset at most this often (seconds).
_REFRESH = 1.0


class _Offset:
    """The offset as this process last read it."""

    value = timedelta(0)
    read_at = float("-inf")


def offset() -> timedelta:
    """How far the portal's clock stands from the machine's; zero in production."""
    if settings.PRODUCTION:
        return timedelta(0)
    if time.monotonic() - _Offset.read_at > _REFRESH:
        from septam.models import ClockOffset

        seconds = ClockOffset.objects.values_list("seconds", flat=True).first()
        _Offset.value = timedelta(seconds=seconds or 0)
        _Offset.read_at = time.monotonic()
    return _Offset.value


def machine_now() -> datetime:
    """The machine's own clock, which nothing moves: for limits, leases of processes and heartbeats."""
    return datetime.now(UTC)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return machine_now() + offset()


def today() -> date:
    """The present day in Tehran."""
    return now().astimezone(TEHRAN).date()


def in_tehran(moment: datetime) -> datetime:
    """The same moment on Tehran's clock."""
    return moment.astimezone(TEHRAN)


def move_to(moment: datetime | None) -> timedelta:
    """Make `moment` the present (None: real time) for every process; returns the offset.

    Raises RuntimeError in production.
    """
    from septam.models import ClockOffset

    if settings.PRODUCTION:
        raise RuntimeError("the clock can be moved in demo and test modes only")
    # Rounded up: never a moment before the one that was asked for, which may be another day.
    seconds = 0 if moment is None else ceil((moment - machine_now()).total_seconds())
    ClockOffset.objects.update_or_create(pk=1, defaults={"seconds": seconds})
    forget()
    return timedelta(seconds=seconds)


def forget() -> None:
    """Read the offset anew at the next question (after the row changed or a test rolled back)."""
    _Offset.read_at = float("-inf")
