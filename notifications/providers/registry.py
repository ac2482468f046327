"""Which providers of SMS there are, in which order they are used, and which one rests because it does not answer."""

from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from notifications.providers.base import (
    AlarmError,
    ProviderError,
    RefusedError,
    RetryError,
    SmsProvider,
)
from septam import clock

CLASSES = {
    "kavenegar": "notifications.providers.kavenegar.Kavenegar",
    "smsir": "notifications.providers.smsir.SmsIr",
}
# So many failures in a row, and a provider is asked last for a while: each try may cost seconds, and a
# message whose outcome is unknown is not offered to anybody else.
TOLERATED = 3
REST = timedelta(minutes=1)

_failures: dict[str, int] = {}
_rests_until: dict[str, datetime] = {}


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


def in_order() -> tuple[str, ...]:
    """All that are offered, those that rest last."""
    return tuple(sorted(offered(), key=rests))


def rests(name: str) -> bool:
    """Whether this process has just met several failures of the provider in a row."""
    until = _rests_until.get(name)
    return until is not None and clock.machine_now() < until


def note(name: str, problem: ProviderError | None) -> None:
    """Remember how a call went: None, or a fault of the message alone, means that the provider is well."""
    if problem is None or _is_of_message(problem):
        forget(name)
        return
    _failures[name] = _failures.get(name, 0) + 1
    pause = problem.pause if isinstance(problem, RetryError) else None
    # No credit, a wrong key, an address that is shut out: the next message would meet the same.
    if _failures[name] >= TOLERATED or pause or isinstance(problem, AlarmError):
        _rests_until[name] = clock.machine_now() + (pause or REST)


def _is_of_message(problem: ProviderError) -> bool:
    is_of_kind = isinstance(problem, AlarmError) and problem.one_kind
    return is_of_kind or isinstance(problem, RefusedError)


def forget(name: str = "") -> None:
    """Let one provider be asked in its turn again; all of them without a name."""
    for memory in (_failures, _rests_until):
        if name:
            memory.pop(name, None)
        else:
            memory.clear()
