"""Passwords and codes made at the moment of sending: the outbox holds only whom they are for."""

from accounts import login_codes, passwords
from notifications import outbox
from notifications.models import SmsMessage


def register() -> None:
    """Tell the outbox who makes the secrets of sensitive messages."""
    outbox.register_secret("registration.password", _password)
    outbox.register_secret("recovery.password", _password)
    outbox.register_secret("login.code", _code)


def _password(message: SmsMessage) -> dict[str, str]:
    if message.user_id is None:
        raise ValueError(f"message {message.pk} names nobody to make a password for")
    return {"pw": passwords.make_pending(message.user_id, message.pk)}


def _code(message: SmsMessage) -> dict[str, str]:
    return {"code": login_codes.make(int(message.values["device"]))}
