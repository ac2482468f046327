"""What the worker does with the outbox: claim, send one by one, and ask what became of them.

A message is marked `sending` in a commit of its own just before the call. A worker killed in between
leaves that mark: a message with a local id is then repeated safely, one by template becomes `unknown`.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from notifications import notices
from notifications.models import SmsMessage, SmsState
from notifications.outbox import secret_maker
from notifications.providers import registry
from notifications.providers.base import (
    AlarmError,
    Delivery,
    OutgoingSms,
    ProviderError,
    RefusedError,
    SmsProvider,
    UnknownOutcomeError,
)
from notifications.texts import text_of
from septam import clock, failpoints

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 3600))
# While a person has to act (credit, key) the queue waits without losing messages.
ALARM_PAUSE = timedelta(minutes=5)
POLLS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 180, 1440))
POLL_WINDOW = timedelta(hours=47)
# How much later than this worker's another's clock may have been read.
SLACK = timedelta(minutes=5)


def provider() -> SmsProvider:
    """The preferred provider, one a process."""
    return registry.provider(registry.offered()[0])


def send_due(limit: int = 20) -> int:
    """Send up to `limit` messages that are due, the most urgent first; returns how many were tried."""
    _recover_interrupted()
    claimed = _claim(limit)
    for message in claimed:
        _send(message)
    return len(claimed)


def _claim(limit: int) -> list[SmsMessage]:
    due = SmsMessage.objects.filter(
        _is_free(), _has_come("next_try_at", BACK_OFF[-1]), state=SmsState.QUEUED
    )
    with failpoints.commit("sms.claim"):
        ordered = due.select_for_update(skip_locked=True).order_by("priority", "next_try_at")
        rows = list(ordered[:limit])
        # Another worker may have claimed a row between the clock and the lock: the locked row tells.
        present = clock.machine_now()
        mine = [row for row in rows if not _is_held(row, present)]
        for row in mine:
            row.leased_until = present + LEASE
        SmsMessage.objects.bulk_update(mine, ["leased_until"])
    return mine


def _is_free() -> Q:
    """Rows that no living worker holds.

    Leases go by the machine's clock, which no demo moves. One further ahead than a worker can have written is
    of a clock that was put right since; twice the lease, as another worker may have read it a moment later.
    """
    present = clock.machine_now()
    far = present + 2 * LEASE
    return Q(leased_until=None) | Q(leased_until__lte=present) | Q(leased_until__gt=far)


def _is_held(row: SmsMessage, present: datetime) -> bool:
    return row.leased_until is not None and present < row.leased_until <= present + 2 * LEASE


def _has_come(field: str, longest: timedelta) -> Q:
    """The moment in `field` has come; one further ahead than `longest` is of a demo clock that was moved back."""
    now = clock.now()
    return Q(**{f"{field}__lte": now}) | Q(**{f"{field}__gt": now + longest + SLACK})


def _recover_interrupted() -> None:
    """Rows that a dead worker left in `sending`: repeat what cannot double, else leave as unknown."""
    stuck = SmsMessage.objects.filter(_is_free(), state=SmsState.SENDING)
    for row in stuck[:100]:
        state = SmsState.UNKNOWN if _by_template(row) else SmsState.QUEUED
        stuck.filter(pk=row.pk).update(state=state, leased_until=None, error="interrupted")
        failpoints.hit("sms.recovered")


def _send(message: SmsMessage) -> None:
    mine = SmsMessage.objects.filter(
        pk=message.pk, state=SmsState.QUEUED, leased_until=message.leased_until
    )
    if message.valid_until <= clock.now():
        mine.update(state=SmsState.DEAD, leased_until=None, error="too late")
        failpoints.hit("sms.expired")
        return
    # The lease begins anew: the messages before it may have used it up, and a row that is being sent under
    # a lease that ran out would be taken for a dead worker's.
    lease = clock.machine_now() + LEASE
    attempts = message.attempts + 1
    if not mine.update(state=SmsState.SENDING, attempts=attempts, leased_until=lease):
        return
    failpoints.hit("sms.sending")
    message.attempts, message.leased_until = attempts, lease
    try:
        provider_id = provider().send(_outgoing(message))
        failpoints.hit("sms.answered")
    except ProviderError as problem:
        _failed(message, problem)
    else:
        _sent(message, provider_id)


def _outgoing(message: SmsMessage) -> OutgoingSms:
    values = dict(message.values)
    maker = secret_maker(message.event)
    if maker is not None:
        values |= maker(message)
    text = text_of(message.event)
    tokens = text.token_values(values) if _by_template(message) else {}
    body = text.rendered(values) if maker is not None else message.text
    template = text.template if tokens else ""
    return OutgoingSms(message.mobile, body, message.pk, template, tokens)


def _by_template(message: SmsMessage) -> bool:
    return message.event not in settings.SMS_BY_LINE and bool(text_of(message.event).tokens)


def _sent(message: SmsMessage, provider_id: str) -> None:
    now = clock.now()
    SmsMessage.objects.filter(pk=message.pk).update(
        state=SmsState.SENT,
        provider_id=provider_id,
        sent_at=now,
        next_try_at=now + POLLS[0],
        leased_until=None,
        error="",
    )
    failpoints.hit("sms.sent")


def _failed(message: SmsMessage, problem: ProviderError) -> None:
    state, wait = _after(message, problem)
    if state != SmsState.QUEUED or isinstance(problem, AlarmError):
        logger.error("sms %s (%s): %s %s", message.pk, message.event, state, problem.code)
    SmsMessage.objects.filter(pk=message.pk).update(
        state=state,
        next_try_at=clock.now() + wait,
        leased_until=None,
        error=f"{type(problem).__name__} {problem.code}"[:200],
    )
    failpoints.hit("sms.failed")


def _after(message: SmsMessage, problem: ProviderError) -> tuple[SmsState, timedelta]:
    if isinstance(problem, RefusedError):
        return SmsState.DEAD, timedelta(0)
    if isinstance(problem, UnknownOutcomeError) and _by_template(message):
        return SmsState.UNKNOWN, timedelta(0)
    if isinstance(problem, AlarmError):
        return SmsState.QUEUED, ALARM_PAUSE
    return SmsState.QUEUED, BACK_OFF[min(message.attempts - 1, len(BACK_OFF) - 1)]


def poll_delivery(limit: int = 500) -> int:
    """Ask what became of sent messages; returns how many were asked about."""
    now = clock.now()
    waiting = SmsMessage.objects.filter(
        _has_come("next_try_at", POLLS[-1]), state=SmsState.SENT, sent_at__gt=now - POLL_WINDOW
    )
    rows = list(waiting.order_by("sent_at")[:limit])
    if not rows:
        return 0
    try:
        found = provider().deliveries([row.provider_id for row in rows])
        failpoints.hit("sms.deliveries.answered")
    except ProviderError as problem:
        logger.warning("sms delivery could not be asked: %s", problem.code)
        return 0
    for row in rows:
        _note_delivery(row, found.get(row.provider_id, Delivery.UNKNOWN), now)
    return len(rows)


_FINAL = {
    Delivery.DELIVERED: SmsState.DELIVERED,
    Delivery.UNDELIVERED: SmsState.UNDELIVERED,
    Delivery.BLOCKED: SmsState.UNDELIVERED,
}


def _note_delivery(row: SmsMessage, delivery: Delivery, now: datetime) -> None:
    state = _FINAL.get(delivery, SmsState.SENT)
    with failpoints.commit("sms.delivery"):
        changed = SmsMessage.objects.filter(pk=row.pk, state=SmsState.SENT).update(
            state=state, provider_status=delivery, polled_at=now, next_try_at=_next_poll(row, now)
        )
        if changed and delivery == Delivery.BLOCKED and row.user_id:
            notices.add(row.user_id, "sms.blocked", _("SMS blocked"), _("How to unblock SMS"))


def _next_poll(row: SmsMessage, now: datetime) -> datetime:
    # Sent «in the future» means that the demo clock was moved back since.
    sent_at = min(row.sent_at or now, now)
    later = next((poll for poll in POLLS if poll > now - sent_at), POLLS[-1])
    return max(sent_at + later, now + POLLS[0])
