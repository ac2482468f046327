"""What is wrong right now and needs a person: each app registers who looks, the office's first page shows it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Alarm:
    """One line for the office's first page: what is wrong, where to go, and which permission shows it."""

    text: str | Promise
    path: str
    permission: str


Watch = Callable[[], Iterable[Alarm]]
_watches: list[Watch] = []


def register(watch: Watch) -> None:
    """Let `watch` say what is wrong in its app; call it from an AppConfig's ready()."""
    if watch not in _watches:
        _watches.append(watch)


def current() -> list[Alarm]:
    """Everything that is wrong now, in the order of registration."""
    return [alarm for watch in _watches for alarm in watch()]
