"""What dead workers and moved clocks leave in the outbox, put right."""

import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from notifications import claiming
from notifications.delivery import POLLS
from notifications.models import SmsMessage, SmsState
from notifications.outbox import PRIORITIES
from notifications.sending import BACK_OFF, repeats_safely
from septam import clock, failpoints

EVERY_SECONDS = 5.0
INTERRUPTED = "interrupted"


class _Last:
    """When this process swept last."""

    at = float("-inf")


def sweep_now_and_then() -> None:
    """Sweep, unless this process did so a moment ago."""
    if time.monotonic() - _Last.at >= EVERY_SECONDS:
        _Last.at = time.monotonic()
        sweep()


def sweep(limit: int = 500) -> int:
    """Rows that a dead worker left in `sending`: repeat what cannot double, else leave as unknown."""
    stuck = SmsMessage.objects.filter(claiming.is_free(), state=SmsState.SENDING)
    count = 0
    for row in stuck[:limit]:
        safe = repeats_safely(row, row.provider)
        held = stuck.filter(pk=row.pk, leased_until=row.leased_until)
        count += held.update(
            state=SmsState.QUEUED if safe else SmsState.UNKNOWN,
            next_try_at=clock.now() if safe else None,
            leased_until=None,
            error=f"{row.provider} {INTERRUPTED}".strip(),
        )
        failpoints.hit("sms.recovered")
    if not settings.PRODUCTION:
        _heed_moved_clock()
    return count


def _heed_moved_clock() -> None:
    """A moment far ahead was written before a demo's clock was moved back: it has come."""
    now = clock.now()
    queued = Q(state=SmsState.QUEUED, priority__in=PRIORITIES, next_try_at__gt=_far(now, BACK_OFF))
    sent = Q(state=SmsState.SENT, next_try_at__gt=_far(now, POLLS))
    for ahead in (queued, sent):
        SmsMessage.objects.filter(ahead).update(next_try_at=now)
        failpoints.hit("sms.clock_heeded")


def _far(now: datetime, steps: tuple[timedelta, ...]) -> datetime:
    """Further ahead than a worker that reads the same clock writes."""
    return now + steps[-1] + timedelta(minutes=5)
