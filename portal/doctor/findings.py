"""A thing that was looked at and how it stands; a look that fails is a finding, too."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How a thing stands: as it should, worth knowing, or wrong."""

    GOOD = "good"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One line of the report; `text` says what is wrong and what to do about it."""

    level: Level
    about: str
    text: str


Look = Callable[[], Iterable[Finding]]


def good(about: str, text: str) -> Finding:
    """As it should be."""
    return Finding(Level.GOOD, about, text)


def note(about: str, text: str) -> Finding:
    """Worth knowing; the portal works."""
    return Finding(Level.NOTE, about, text)


def wrong(about: str, text: str) -> Finding:
    """Must be mended."""
    return Finding(Level.WRONG, about, text)


def judged(is_good: bool, about: str, text: str, otherwise: str) -> Finding:
    """Good with `text`, else wrong with `otherwise`."""
    return good(about, text) if is_good else wrong(about, otherwise)


def safely(about: str, look: Look) -> Iterator[Finding]:
    """What the look finds; where it breaks off, that. The error's own text could hold a secret, its name cannot."""
    try:
        yield from look()
    except Exception as problem:
        yield wrong(about, f"could not be looked at ({type(problem).__name__})")
