"""How a message's row follows it: the result of one and the beginning of the next in one commit.

A row says `sending` before the provider is called, so that a killed worker leaves a trace of every call it may have
made. The mark of the next message commits what became of the one before it: one commit a message, and whoever is
killed leaves at most the message that it was busy with. The statements are prepared once for each connection, which
halves their cost; a pooler between worker and Postgres must keep sessions.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db import connection

from notifications.models import SmsMessage, SmsState
from septam import failpoints

TOO_LATE = "too late"

# A result may follow `unknown` or `queued`, too: a lease that ran out may have made the row so meanwhile.
_PREPARE = """
PREPARE sms_begin (bigint, text, timestamptz, timestamptz, timestamptz, text) AS
    UPDATE notifications_smsmessage SET
        state = 'sending', attempts = attempts + (state = 'queued')::int, leased_until = $4, tried_at = $5,
        provider = $6
    WHERE id = $1 AND state = $2 AND leased_until = $3;
PREPARE sms_sent (bigint, timestamptz, timestamptz, timestamptz, text, text) AS
    UPDATE notifications_smsmessage SET
        state = 'sent', sent_at = $2, next_try_at = $3, tried_at = $4, provider = $5, provider_id = $6,
        leased_until = NULL, error = ''
    WHERE id = $1 AND state IN ('sending', 'unknown', 'queued');
PREPARE sms_put (bigint, text, timestamptz, text, timestamptz, timestamptz, text, text) AS
    UPDATE notifications_smsmessage SET
        state = $4, next_try_at = $5, tried_at = $6, provider = $7, error = $8, leased_until = NULL
    WHERE id = $1 AND state = $2 AND leased_until = $3
"""


@dataclass(frozen=True)
class Begin:
    """The message goes to `provider` now, under a lease of its own; of the row as it was when it was read."""

    statement: ClassVar[str] = "EXECUTE sms_begin (%s, %s, %s, %s, %s, %s)"
    message: SmsMessage
    provider: str
    lease: datetime
    tried_at: datetime

    def values(self) -> tuple[Any, ...]:
        """In the order of the statement."""
        row = self.message
        return (row.pk, str(row.state), row.leased_until, self.lease, self.tried_at, self.provider)


@dataclass(frozen=True)
class Sent:
    """The provider has the message."""

    statement: ClassVar[str] = "EXECUTE sms_sent (%s, %s, %s, %s, %s, %s)"
    message: SmsMessage
    at: datetime
    ask_at: datetime
    provider: str
    provider_id: str

    def values(self) -> tuple[Any, ...]:
        """In the order of the statement."""
        row = self.message
        return (row.pk, self.at, self.ask_at, row.tried_at, self.provider, self.provider_id)


@dataclass(frozen=True)
class Put:
    """The message was not sent, or perhaps: where it stands now. Only while this worker still holds the row."""

    statement: ClassVar[str] = "EXECUTE sms_put (%s, %s, %s, %s, %s, %s, %s, %s)"
    message: SmsMessage
    state: SmsState
    error: str
    next_try_at: datetime | None = None
    provider: str = ""

    def values(self) -> tuple[Any, ...]:
        """In the order of the statement. What is queued for anybody has not been tried."""
        row = self.message
        is_anew = self.state == SmsState.QUEUED and not self.provider
        return (
            row.pk, str(row.state), row.leased_until, str(self.state), self.next_try_at,
            None if is_anew else row.tried_at, self.provider, self.error[:200],
        )  # fmt: skip


Mark = Begin | Sent | Put


class _Prepared(threading.local):
    """The connection of this thread that knows the statements."""

    on: object = None


_prepared = _Prepared()


def write(marks: Sequence[Mark]) -> bool:
    """Write all marks in one transaction that commits by itself; returns whether the last one took effect."""
    if not marks:
        return False
    with connection.cursor() as cursor:
        if _prepared.on is not connection.connection:
            cursor.execute(_PREPARE)
            _prepared.on = connection.connection
        # Of several statements in one message Postgres makes one transaction.
        values = [value for mark in marks for value in mark.values()]
        cursor.execute(";".join([mark.statement for mark in marks]), values)
        took_effect = bool(cursor.rowcount == 1)
    _pass_points(marks)
    return took_effect


def _pass_points(marks: Sequence[Mark]) -> None:
    for mark in marks:
        if isinstance(mark, Begin):
            failpoints.hit("sms.sending")
        elif isinstance(mark, Sent):
            failpoints.hit("sms.sent")
        elif mark.error == TOO_LATE:
            failpoints.hit("sms.expired")
        else:
            failpoints.hit("sms.failed")
