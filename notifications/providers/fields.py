"""Reading what a provider answers, and what is handed to it."""

import re
from typing import Any

from notifications.providers.base import UnknownOutcomeError

_MOBILE = re.compile(r"09[0-9]{9}")
_NUMBER = re.compile(r"[0-9]{1,19}")


def is_mobile(text: str) -> bool:
    """Whether this is a mobile in the one form that is stored and sent: 09 and nine Latin digits."""
    return bool(_MOBILE.fullmatch(text))


def whole(value: Any) -> int | None:
    """A whole number that came as a number or as digits; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return int(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else None


def message_id(value: Any) -> str:
    """The id that a provider gave to a message; raises UnknownOutcomeError where it is none."""
    found = whole(value)
    if found is None or found <= 0:
        raise UnknownOutcomeError("no-message-id")
    return str(found)


def entries_of(value: Any) -> list[dict[str, Any]]:
    """The objects of an answer that is a list of them or a single one; what is no object is left out."""
    listed = value if isinstance(value, list) else [value]
    return [one for one in listed if isinstance(one, dict)]
