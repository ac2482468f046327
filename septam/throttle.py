"""Limits that count in one atomic statement, so that parallel tries cannot slip through.

Windows run on real time: moving the demo clock frees nobody and locks nobody out.
"""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from django.db import connection

from septam import clock, forgetting
from septam.models import Throttle
from septam.postgres.prepared import Statement

_HIT = Statement(
    """
INSERT INTO septam_throttle AS t (key, window_ends, count) VALUES ($1, $3, 1)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN t.window_ends <= $2 THEN 1 ELSE t.count + 1 END,
    window_ends = CASE WHEN t.window_ends <= $2 THEN $3 ELSE t.window_ends END
RETURNING count, window_ends
""",
    "text", "timestamptz", "timestamptz",
)  # fmt: skip


@dataclass(frozen=True)
class Limit:
    """At most `times` tries of `name` per subject inside `seconds`."""

    name: str
    times: int
    seconds: int


@dataclass(frozen=True)
class Verdict:
    """Whether a try may go on, and else how many seconds to wait."""

    allowed: bool
    wait_seconds: int = 0

    @property
    def wait_minutes(self) -> int:
        """The waiting time in whole minutes, at least one."""
        return max(1, ceil(self.wait_seconds / 60))


def hit(limit: Limit, subject: str) -> Verdict:
    """Count one try of `subject`; it commits with the caller's transaction (none: at once)."""
    now = clock.machine_now()
    ends = now + timedelta(seconds=limit.seconds)
    ((count, window_ends),) = _HIT.rows(f"{limit.name}:{subject}"[:120], now, ends)
    if count <= limit.times:
        return Verdict(True)
    return Verdict(False, ceil((window_ends - now).total_seconds()))


def wait_of(limit: Limit, subject: str) -> int:
    """In how many seconds a try of `subject` would be allowed, 0 for at once; nothing is counted."""
    now = clock.machine_now()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT window_ends FROM septam_throttle WHERE key = %s AND count >= %s",
            [f"{limit.name}:{subject}"[:120], limit.times],
        )
        row = cursor.fetchone()
    return max(0, ceil((row[0] - now).total_seconds())) if row else 0


def hit_all(limits: list[tuple[Limit, str]]) -> Verdict:
    """Count one try against each limit; the longest wait of those exceeded is the answer."""
    verdicts = [hit(limit, subject) for limit, subject in limits]
    return max(verdicts, key=lambda verdict: verdict.wait_seconds)


def clear(limit: Limit, subject: str) -> None:
    """Forget the tries of `subject` (after a success)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM septam_throttle WHERE key = %s", [f"{limit.name}:{subject}"[:120]]
        )


def purge() -> int:
    """Forget windows that are over; returns how many."""
    over = Throttle.objects.filter(window_ends__lte=clock.machine_now()).order_by("window_ends")
    return forgetting.delete_lapsed("accounts.purge_limits", over)
