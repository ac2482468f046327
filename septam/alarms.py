"""What is wrong right now and needs a person: each app registers who looks, the office's first page shows it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class Alarm:
    """One line for the office's first page: what is wrong, where to go, and which permission shows it."""

    text: str | Promise
    path: str
    permission: str


Watch = Callable[[], Iterable[Alarm]]
# Each with the permission of all its alarms; empty: they have several.
_watches: dict[Watch, str] = {}


def register(watch: Watch, permission: str = "") -> None:
    """Let `watch` say what is wrong in its app; call it from an AppConfig's ready().

    With `permission`, which all its alarms then have, it is not asked for people who may not see them.
    """
    _watches[watch] = permission


def current() -> list[Alarm]:
    """Everything that is wrong now, in the order of registration."""
    return [alarm for watch in _watches for alarm in watch()]


def seen_by(user: Any) -> list[Alarm]:
    """What is wrong now and this person may see to."""
    asked = [
        watch
        for watch, permission in _watches.items()
        if not permission or user.has_perm(permission)
    ]
    return [alarm for watch in asked for alarm in watch() if user.has_perm(alarm.permission)]
