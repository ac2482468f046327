"""What became of messages that a provider took: asked for by plan, and at once when the provider itself says so.

A provider's word by callback is unsigned: it only brings the question forward. A message that was delivered, or
was not, is never moved again.
"""

import logging
import time
from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import groupby

from notifications import notices
from notifications.models import SmsMessage, SmsState
from notifications.providers import registry
from notifications.providers.base import Delivery, ProviderError
from notifications.sending import FIRST_POLL
from septam import clock, failpoints

logger = logging.getLogger(__name__)
POLLS = (FIRST_POLL, *(timedelta(minutes=minutes) for minutes in (5, 30, 180, 1440)))
# Providers know what became of a message for two days.
POLL_WINDOW = timedelta(hours=47)
# Where a call failed, these messages are asked about again after this.
ASK_AGAIN = timedelta(minutes=2)
JOB_SECONDS = 20.0
MOST = 500
_FINAL = {
    Delivery.DELIVERED: SmsState.DELIVERED,
    Delivery.UNDELIVERED: SmsState.UNDELIVERED,
    Delivery.BLOCKED: SmsState.UNDELIVERED,
}


def poll() -> int:
    """Ask about what is due until nothing is, or the job has worked long enough; returns how many were asked about."""
    ends, total = time.monotonic() + JOB_SECONDS, 0
    while time.monotonic() < ends:
        count = poll_delivery()
        total += count
        if count < MOST:
            break
    return total


def poll_delivery(limit: int = MOST) -> int:
    """Ask once what became of up to `limit` sent messages; returns how many were asked about."""
    now = clock.now()
    due = SmsMessage.objects.filter(state=SmsState.SENT, next_try_at__lte=now)
    rows = list(due.order_by("next_try_at")[:limit])
    by_provider = sorted(rows, key=lambda row: row.provider)
    for name, group in groupby(by_provider, key=lambda row: row.provider):
        _ask(name or registry.offered()[0], list(group), now)
    return len(rows)


def _ask(name: str, rows: list[SmsMessage], now: datetime) -> None:
    try:
        provider = registry.provider(name)
    except ImportError:
        _note(rows, {}, None)
        return
    for start in range(0, len(rows), provider.most_ids):
        asked = rows[start : start + provider.most_ids]
        try:
            found = provider.deliveries([row.provider_id for row in asked])
            failpoints.hit("sms.deliveries.answered")
        except ProviderError as problem:
            logger.warning("sms delivery could not be asked of %s: %s", name, problem.code)
            _note(rows[start:], {}, now + ASK_AGAIN)
            return
        _note(asked, found, now + ASK_AGAIN)


def _note(rows: list[SmsMessage], found: dict[str, Delivery], again: datetime | None) -> None:
    """Write what was found; one that could not be asked is asked `again`."""
    now = clock.now()
    with failpoints.commit("sms.delivery"):
        locked = SmsMessage.objects.select_for_update().filter(state=SmsState.SENT)
        still = list(locked.filter(pk__in=[row.pk for row in rows]).order_by("pk"))
        for row in still:
            _read(row, found.get(row.provider_id), now, again)
        fields = ["state", "provider_status", "polled_at", "next_try_at"]
        SmsMessage.objects.bulk_update(still, fields)


def _read(
    row: SmsMessage, delivery: Delivery | None, now: datetime, again: datetime | None
) -> None:
    if delivery is None:
        row.next_try_at = again
        return
    row.state = _FINAL.get(delivery, SmsState.SENT)
    row.provider_status, row.polled_at = delivery, now
    row.next_try_at = None if delivery in _FINAL else _next_poll(row, now)
    if delivery == Delivery.BLOCKED and row.user_id:
        notices.tell_blocked(row.user_id)


def _next_poll(row: SmsMessage, now: datetime) -> datetime | None:
    """When to ask again; None once nobody knows any more."""
    # Sent «in the future» means that the demo clock was moved back since.
    sent_at = min(row.sent_at or now, now)
    later = next((poll for poll in POLLS if poll > now - sent_at), POLL_WINDOW)
    following = max(sent_at + later, now + FIRST_POLL)
    return following if following <= sent_at + POLL_WINDOW else None


def ask_soon(provider_ids: Collection[str]) -> int:
    """Let the next poll ask about these ids of a provider, as it says that something became of them."""
    sent = SmsMessage.objects.filter(state=SmsState.SENT, provider_id__in=provider_ids)
    changed = sent.update(next_try_at=clock.now())
    failpoints.hit("sms.asked_soon")
    return changed
