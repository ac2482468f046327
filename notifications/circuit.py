"""Which providers can be asked now: what one worker learnt of an outage, all of them know (a row, not memory).

A provider rests after failures in a row while nobody had a good answer, and at once where the next message would
meet the same (credit, key, an address that is shut out). Rests go by the machine's clock.
"""

import threading
import time
from datetime import timedelta

from django.db import connection

from notifications.models import SmsProviderState
from notifications.providers import registry
from notifications.providers.base import AlarmError, ProviderError, RetryError
from septam import clock, failpoints

TOLERATED = 3
REST = timedelta(minutes=1)
ALARM_REST = timedelta(minutes=5)
LONGEST_REST = timedelta(hours=1)
# A good answer is written this often, and keeps failures of one machine from stopping all.
NOTED_EVERY_SECONDS = 5.0
WELL_WITHIN = timedelta(seconds=15)

_FAILED = """
INSERT INTO notifications_smsproviderstate AS s
    (name, failures, failed_at, failure, rests_until, credit_unit, credit_is_low)
VALUES (%(name)s, 1, %(now)s, %(failure)s, CASE WHEN %(at_once)s THEN %(until)s::timestamptz END, '', FALSE)
ON CONFLICT (name) DO UPDATE SET
    failures = s.failures + 1, failed_at = %(now)s, failure = %(failure)s,
    rests_until = CASE
        WHEN %(at_once)s
            OR s.failures + 1 >= %(tolerated)s AND s.answered_at > %(well)s IS NOT TRUE
        THEN %(until)s::timestamptz ELSE s.rests_until END
RETURNING rests_until > %(now)s
"""


_ANSWERED = """
INSERT INTO notifications_smsproviderstate AS s (name, failures, answered_at, failure, credit_unit, credit_is_low)
VALUES (%(name)s, 0, %(now)s, '', '', FALSE)
ON CONFLICT (name) DO UPDATE SET failures = 0, answered_at = %(now)s
"""


class _Memory(threading.local):
    """What this thread wrote last of each provider, so that it does not write at every message."""

    def __init__(self) -> None:
        self.noted_at: dict[str, float] = {}


_memory = _Memory()


def available() -> tuple[str, ...]:
    """The offered providers that do not rest, the preferred one first."""
    present = clock.machine_now()
    # One further ahead than any rest was written by a clock that was put right since.
    resting = SmsProviderState.objects.filter(
        rests_until__gt=present, rests_until__lte=present + LONGEST_REST
    )
    names = set(resting.values_list("name", flat=True))
    return tuple(name for name in registry.offered() if name not in names)


def answered(name: str) -> None:
    """The provider took a message, or refused it for the message's own sake: it is well."""
    last = _memory.noted_at.get(name)
    if last is not None and time.monotonic() - last < NOTED_EVERY_SECONDS:
        return
    _memory.noted_at[name] = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERED, {"name": name, "now": clock.machine_now()})
    failpoints.hit("sms.provider_answered")


def failed(name: str, problem: ProviderError) -> bool:
    """Count a failure; returns whether the provider rests now."""
    if isinstance(problem, AlarmError) and problem.one_kind:
        return False
    _memory.noted_at.pop(name, None)
    at_once = isinstance(problem, AlarmError) or _pause(problem) is not None
    now = clock.machine_now()
    with connection.cursor() as cursor:
        cursor.execute(
            _FAILED,
            {
                "name": name,
                "now": now,
                "failure": f"{type(problem).__name__} {problem.code}"[:80],
                "at_once": at_once,
                "until": now + _rest(problem),
                "tolerated": TOLERATED,
                "well": now - WELL_WITHIN,
            },
        )
        rests = bool(cursor.fetchone()[0])
    failpoints.hit("sms.provider_failed")
    return rests


def _rest(problem: ProviderError) -> timedelta:
    wanted = ALARM_REST if isinstance(problem, AlarmError) else _pause(problem) or REST
    return min(wanted, LONGEST_REST)


def _pause(problem: ProviderError) -> timedelta | None:
    return problem.pause if isinstance(problem, RetryError) else None


def forget() -> None:
    """Write anew at the next answer (tests)."""
    _memory.noted_at.clear()
