"""Passwords and codes made at the moment of sending: the outbox holds only whom they are for."""

from accounts import login_codes, passwords
from accounts.mobile import proving
from accounts.models import User
from notifications import outbox
from notifications.models import SmsMessage


class NotTheirNumber(Exception):
    """The account has another mobile by now, or is closed: its secret goes nowhere else."""


def register() -> None:
    """Tell the outbox who makes the secrets of sensitive messages."""
    outbox.register_secret("registration.password", _password)
    outbox.register_secret("recovery.password", _password)
    outbox.register_secret("login.code", _code)
    for event in proving.EVENTS:
        outbox.register_secret(event, proving.secret_of)


def _password(message: SmsMessage) -> dict[str, str]:
    return {"pw": passwords.make_pending(_owner_of(message), message.pk)}


def _code(message: SmsMessage) -> dict[str, str]:
    _owner_of(message)
    return {"code": login_codes.make(int(message.values["device"]))}


def _owner_of(message: SmsMessage) -> int:
    """Whose secret it is. A message may have waited, or be sent again, after the number changed hands."""
    owners = User.objects.filter(pk=message.user_id or 0, mobile=message.mobile, is_active=True)
    owner_id = owners.values_list("pk", flat=True).first()
    if owner_id is None:
        raise NotTheirNumber(f"message {message.pk}")
    return owner_id
