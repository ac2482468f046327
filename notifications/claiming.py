"""Which messages a worker takes: the most urgent that are due, under a lease, skipping what others hold.

One statement walks the index of each priority up to the wanted number of rows, so that it costs the same for
ten waiting messages and for a million. A message waits behind an earlier one to the same number of the same
priority, and while its number has had its share of the span; codes and passwords wait for neither share nor
reminders. A tenth of each claim belongs to the lower priorities, so that none of them starves.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q

from notifications import circuit
from notifications.models import SmsMessage, SmsState
from notifications.outbox import PRIORITIES, URGENT
from notifications.providers import registry
from septam import clock, failpoints

LEASE = timedelta(minutes=2)
# A later message waits for an earlier one that will be tried again this soon, and passes one that rests longer.
KEEPS_ORDER = timedelta(minutes=2)

# While every provider rests nothing is touched: Postgres asks for that once, before it reads any row.
# Scalar subqueries on purpose: Postgres cannot turn them into a join over all that waits.
_CLAIM = """
WITH due AS MATERIALIZED (
    SELECT c.id, c.priority, c.next_try_at,
        row_number() OVER (PARTITION BY c.priority ORDER BY c.next_try_at, c.id) AS place
    FROM unnest(%(priorities)s::smallint[]) AS p (priority)
    CROSS JOIN LATERAL (
        SELECT m.id, m.priority, m.next_try_at
        FROM notifications_smsmessage m
        WHERE EXISTS (
                SELECT FROM unnest(%(providers)s::text[]) AS o (name)
                WHERE o.name NOT IN (
                    SELECT name FROM notifications_smsproviderstate
                    WHERE rests_until > %(present)s AND rests_until <= %(present)s + %(longest_rest)s
                )
            )
            AND m.state = 'queued' AND m.priority = p.priority AND m.next_try_at <= %(now)s
            AND (m.leased_until IS NULL OR m.leased_until <= %(present)s OR m.leased_until > %(far)s)
            AND (
                SELECT e.id FROM notifications_smsmessage e
                WHERE e.mobile = m.mobile AND e.id < m.id AND e.priority = m.priority
                    AND (e.state = 'sending' OR e.state = 'queued' AND e.next_try_at <= %(soon)s)
                    AND e.state IN ('queued', 'sending')
                ORDER BY e.id LIMIT 1
            ) IS NULL
            AND (
                m.priority <= %(urgent)s
                OR (
                    SELECT s.sent_at FROM notifications_smsmessage s
                    WHERE s.mobile = m.mobile AND s.sent_at <= %(now)s
                    ORDER BY s.id DESC OFFSET %(share)s - 1 LIMIT 1
                ) > %(span)s IS NOT TRUE
            )
        ORDER BY m.next_try_at
        LIMIT %(limit)s
        FOR UPDATE OF m SKIP LOCKED
    ) c
)
UPDATE notifications_smsmessage m SET leased_until = %(lease)s
FROM (
    SELECT id FROM due ORDER BY place > %(reserve)s, priority, next_try_at, id LIMIT %(limit)s
) chosen
WHERE m.id = chosen.id
RETURNING m.*
"""


def claim(limit: int) -> list[SmsMessage]:
    """Take up to `limit` due messages that nobody holds, the most urgent first."""
    with failpoints.commit("sms.claim"):
        _without_compiling()
        # A constant, its values apart.
        # nosemgrep: statement-of-pieces
        rows = list(SmsMessage.objects.raw(_CLAIM, claim_values(limit)))
    return sorted(rows, key=lambda row: (row.priority, row.next_try_at or row.created_at, row.pk))


def _without_compiling() -> None:
    """Postgres guesses that the statement reads all that waits, and would spend a second on compiling it."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")


def claim_values(limit: int) -> dict[str, Any]:
    """What the statement is told.

    Leases go by the machine's clock, which no demo moves. One further ahead than a worker can have written is
    of a clock that was put right since; twice the lease, as another worker may have read it a moment later.
    """
    now, present = clock.now(), clock.machine_now()
    return {
        "now": now,
        "soon": now + KEEPS_ORDER,
        "present": present,
        "far": present + 2 * LEASE,
        "lease": present + LEASE,
        "priorities": list(PRIORITIES),
        "urgent": URGENT,
        "share": settings.SMS_PER_NUMBER,
        "span": now - timedelta(minutes=settings.SMS_PER_NUMBER_MINUTES),
        "providers": list(registry.offered()),
        "longest_rest": circuit.LONGEST_REST,
        "limit": limit,
        "reserve": max(1, limit // 10),
    }


def let_go(messages: Sequence[SmsMessage]) -> None:
    """Give back what was claimed and not begun."""
    held = SmsMessage.objects.filter(
        pk__in=[message.pk for message in messages],
        state=SmsState.QUEUED,
        leased_until__in={message.leased_until for message in messages},
    )
    held.update(leased_until=None)
    failpoints.hit("sms.let_go")


def is_free() -> Q:
    """Rows that no living worker holds; see `claim_values`."""
    present = clock.machine_now()
    far = present + 2 * LEASE
    return Q(leased_until=None) | Q(leased_until__lte=present) | Q(leased_until__gt=far)


def explain(limit: int) -> str:
    """How Postgres would carry out the claim now, for tests and benches; changes nothing."""
    with connection.cursor() as cursor:
        # Two constants.
        # nosemgrep: statement-of-pieces
        cursor.execute("EXPLAIN " + _CLAIM, claim_values(limit))
        return "\n".join(line for (line,) in cursor.fetchall())
