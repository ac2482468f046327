"""The door to SMS: a row in the caller's transaction; the worker sends it afterwards.

A sensitive event's row (password, one-time code) holds no secret: whoever registered for the event makes
it at the moment of sending, and the text is never stored.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from notifications.models import SmsMessage
from notifications.texts import text_of
from septam import clock

SecretMaker = Callable[[SmsMessage], dict[str, str]]

_makers: dict[str, SecretMaker] = {}
# How long a message is of use, and how soon it must leave (1 is first).
_LIFETIME = {"login.code": timedelta(minutes=settings.LOGIN_CODE_MINUTES)}
_USUAL_LIFETIME = timedelta(hours=24)
_PRIORITY = {"login.code": 1, "registration.password": 2, "recovery.password": 2}
_REMINDERS = {"visit.tomorrow", "visit.proposal_reminder", "certificate.expiring", "cart.lapsing"}


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
) -> SmsMessage | None:
    """Put one SMS into the outbox, in the caller's transaction.

    With a `once_key` that was used before nothing is added and None returned, so that an effect that
    happens twice sends once. Raises KeyError for an unknown event or a missing value.
    """
    given = dict(values or {})
    sensitive = event in _makers
    try:
        with transaction.atomic():
            return SmsMessage.objects.create(
                event=event,
                mobile=mobile,
                user_id=user_id,
                values=given,
                text="" if sensitive else text_of(event).rendered(given),
                sensitive=sensitive,
                priority=_priority(event),
                created_at=clock.now(),
                next_try_at=clock.now(),
                valid_until=clock.now() + _LIFETIME.get(event, _USUAL_LIFETIME),
                once_key=once_key,
            )
    except IntegrityError:
        if not once_key:
            raise
        return None


def _priority(event: str) -> int:
    return _PRIORITY.get(event, 9 if event in _REMINDERS else 5)
