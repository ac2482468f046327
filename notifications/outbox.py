"""The door to SMS: a row in the caller's transaction; the worker sends it afterwards.

A sensitive event's row (password, one-time code) holds no secret: whoever registered for the event makes
it at the moment of sending, and the text is never stored.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from notifications import preferences
from notifications.models import SmsMessage, SmsState
from notifications.texts import text_of
from septam import clock
from septam.postgres.prepared import Statement
from septam.postgres.prepared_writes import Insert

SecretMaker = Callable[[SmsMessage], dict[str, str]]

_makers: dict[str, SecretMaker] = {}
_NEW = Insert(SmsMessage, ignore_conflicts=True)
# What nearly every step of a request asks for. Its last condition is the index's.
_WITHDRAW = Statement(
    """
UPDATE notifications_smsmessage SET state = 'withdrawn', leased_until = NULL, next_try_at = NULL
WHERE state = 'queued' AND about = ANY($1) AND about <> ''
""",
    "text[]",
)
# How long a message is of use, and how soon it must leave (1 is first).
_CODES = (
    "login.code",
    "support.code",
    "account.mobile_code",
    "account.mobile_code_call",
    "account.not_mine_code",
)
_LIFETIME = dict.fromkeys(_CODES, timedelta(minutes=settings.LOGIN_CODE_MINUTES))
_USUAL_LIFETIME = timedelta(hours=24)
_PRIORITY = dict.fromkeys(_CODES, 1) | {"registration.password": 2, "recovery.password": 2}
# Codes, passwords, what an owner waits for, reminders. Somebody sits before the screen for the urgent ones.
PRIORITIES = (1, 2, 5, 9)
URGENT = 2
_REMINDERS = {
    "visit.tomorrow", "visit.proposal_reminder", "certificate.expiring", "certificate.last_day", "cart.lapsing",
    "revisit.closing", "proforma.reminder",
}  # fmt: skip


def register_secret(event: str, maker: SecretMaker) -> None:
    """Let `maker` make the secret values of this event at sending; it commits what it must remember."""
    _makers[event] = maker


def secret_maker(event: str) -> SecretMaker | None:
    """Who makes the secrets of an event; None for an event without any."""
    return _makers.get(event)


def queue(
    event: str,
    mobile: str,
    values: Mapping[str, str] | None = None,
    *,
    user_id: int | None = None,
    once_key: str = "",
    about: str = "",
    valid_until: datetime | None = None,
) -> SmsMessage | None:
    """Put one SMS into the outbox, in the caller's transaction.

    With a `once_key` that was used before nothing is added and None returned, so that an effect that
    happens twice sends once; the same for an optional message that its owner switched off. `about` names
    the thing that it speaks of («request:12»), for `withdraw`. After `valid_until` it is not sent any more;
    None: a day, and a code for its few minutes. Raises KeyError for an unknown event or a missing value.
    """
    if not preferences.wants(user_id, event):
        return None
    message = made(
        event, mobile, values, user_id=user_id, once_key=once_key, about=about, valid_until=valid_until
    )  # fmt: skip
    try:
        with transaction.atomic():
            message.save(force_insert=True)
    except IntegrityError:
        if not once_key:
            raise
        return None
    return message


def made(
    event: str,
    mobile: str,
    values: Mapping[str, str] | None = None,
    *,
    user_id: int | None = None,
    once_key: str = "",
    about: str = "",
    valid_until: datetime | None = None,
) -> SmsMessage:
    """The same message, not written yet: notifications.telling queues several at once."""
    given = dict(values or {})
    sensitive = event in _makers
    now = clock.now()
    return SmsMessage(
        event=event,
        mobile=mobile,
        user_id=user_id,
        values=given,
        text="" if sensitive else text_of(event).rendered(given),
        sensitive=sensitive,
        priority=_priority(event),
        created_at=now,
        next_try_at=now,
        valid_until=valid_until or now + lifetime(event),
        once_key=once_key,
        about=about,
    )


def queue_once(messages: Sequence[SmsMessage]) -> None:
    """Put these into the outbox in one statement; those that `queue` would not add are left out."""
    off = preferences.unwanted((one.user_id, one.event) for one in messages)
    wanted = [one for one in messages if (one.user_id, one.event) not in off]
    _NEW(wanted)


def withdraw(
    *,
    about: str | Collection[str] = "",
    events: Collection[str] = (),
    once_keys: Collection[str] = (),
) -> int:
    """Take back what a change made wrong before it left, in the caller's transaction; returns how many.

    Either all that is `about` a thing or some (of these `events` only, where given) or those of `once_keys`. What is
    already being sent goes out. A key of a message that was taken back may be used again.
    """
    things = [about] if isinstance(about, str) else list(about)
    if about and not events and not once_keys:
        return _WITHDRAW.run(things)
    waiting = SmsMessage.objects.filter(state=SmsState.QUEUED)
    if about:
        waiting = waiting.filter(about__in=things)
    if events:
        waiting = waiting.filter(event__in=events)
    if once_keys:
        waiting = waiting.filter(once_key__in=once_keys).exclude(once_key="")
    if not (about or once_keys):
        raise ValueError("name what the messages are about, or their keys")
    return waiting.update(state=SmsState.WITHDRAWN, leased_until=None, next_try_at=None)


def leave_number(user_id: int, old: str, new: str = "") -> None:
    """What still waits for `old` in this account's name: its secrets are taken back, the rest goes to `new`.

    Without a new number all of it is taken back: whoever has the old one now reads nothing of the account.
    """
    waiting = SmsMessage.objects.filter(user_id=user_id, mobile=old, state=SmsState.QUEUED)
    gone = waiting.filter(sensitive=True) if new else waiting
    gone.update(state=SmsState.WITHDRAWN, leased_until=None, next_try_at=None)
    if new:
        waiting.update(mobile=new)


def lifetime(event: str) -> timedelta:
    """How long a message of this event is of use."""
    return _LIFETIME.get(event, _USUAL_LIFETIME)


def _priority(event: str) -> int:
    return _PRIORITY.get(event, 9 if event in _REMINDERS else 5)
