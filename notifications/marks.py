"""How a message's row follows it: the result of one and the beginning of the next in one commit.

A row says `sending` before the provider is called, so that a killed worker leaves a trace of every call it may have
made. The mark of the next message commits what became of the one before it: one commit a message, and whoever is
killed leaves at most the message that it was busy with.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from notifications.models import SmsMessage, SmsState
from septam import failpoints

TOO_LATE = "too late"
# The states that a result may follow. A lease that ran out may have made the row unknown or queued meanwhile.
BUSY = (SmsState.SENDING, SmsState.UNKNOWN, SmsState.QUEUED)

_TYPES = (
    "bigint", "text[]", "timestamptz", "text", "smallint", "timestamptz", "timestamptz", "timestamptz",
    "timestamptz", "text", "text", "text",
)  # fmt: skip
_ROW = "(" + ", ".join(f"%s::{kind}" for kind in _TYPES) + ")"
_WRITE = """
UPDATE notifications_smsmessage m SET
    state = v.state, attempts = v.attempts, next_try_at = v.next_try_at, leased_until = v.leased_until,
    tried_at = v.tried_at, sent_at = v.sent_at, provider = v.provider, provider_id = v.provider_id, error = v.error
FROM (VALUES {rows}) AS v (
    id, was, held, state, attempts, next_try_at, leased_until, tried_at, sent_at, provider, provider_id, error
)
WHERE m.id = v.id AND m.state = ANY (v.was) AND (v.held IS NULL OR m.leased_until = v.held)
RETURNING m.id
"""


@dataclass(frozen=True)
class Mark:
    """What a row is to say next, provided that it stands where it is expected."""

    id: int
    was: tuple[str, ...]
    held: datetime | None
    state: str
    attempts: int
    next_try_at: datetime | None = None
    leased_until: datetime | None = None
    tried_at: datetime | None = None
    sent_at: datetime | None = None
    provider: str = ""
    provider_id: str = ""
    error: str = ""

    def values(self) -> tuple[Any, ...]:
        """In the order of the statement."""
        return (
            self.id, list(self.was), self.held, str(self.state), self.attempts, self.next_try_at,
            self.leased_until, self.tried_at, self.sent_at, self.provider, self.provider_id, self.error[:200],
        )  # fmt: skip


def begin(message: SmsMessage, provider: str, lease: datetime, now: datetime) -> Mark:
    """The message goes to `provider` now, under a lease of its own. Whoever holds the row tells by `held`."""
    return Mark(
        message.pk,
        (message.state,),
        message.leased_until,
        SmsState.SENDING,
        # A substitute's try belongs to the same round.
        message.attempts + (message.state == SmsState.QUEUED),
        next_try_at=message.next_try_at,
        leased_until=lease,
        tried_at=message.tried_at or now,
        provider=provider,
    )


def write(marks: Iterable[Mark]) -> set[int]:
    """Write all marks in one statement, which commits by itself; returns the ids of those that took effect."""
    wanted = list(marks)
    if not wanted:
        return set()
    rows = ", ".join([_ROW] * len(wanted))
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE.format(rows=rows), [value for mark in wanted for value in mark.values()]
        )
        written = {id for (id,) in cursor.fetchall()}
    _pass_points([mark for mark in wanted if mark.id in written])
    return written


def _pass_points(written: list[Mark]) -> None:
    for mark in written:
        if mark.state == SmsState.SENDING:
            failpoints.hit("sms.sending")
        elif mark.state == SmsState.SENT:
            failpoints.hit("sms.sent")
        elif mark.error == TOO_LATE:
            failpoints.hit("sms.expired")
        else:
            failpoints.hit("sms.failed")
