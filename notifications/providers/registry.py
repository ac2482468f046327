"""Which providers of SMS there are, and in which order they are used; which of them rests, circuit.py knows."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from notifications.providers.base import SmsProvider

CLASSES = {
    "kavenegar": "notifications.providers.kavenegar.Kavenegar",
    "smsir": "notifications.providers.smsir.SmsIr",
}


@cache
def provider(name: str) -> SmsProvider:
    """The provider of this name (or dotted class), one a process; also one that is offered no more.

    Raises ImportError for a name that nothing stands behind.
    """
    made: SmsProvider = import_string(CLASSES.get(name, name))()
    return made


def offered() -> tuple[str, ...]:
    """The names in SEPTAM_SMS_PROVIDERS, the preferred one first."""
    return tuple(settings.SMS_PROVIDERS)
