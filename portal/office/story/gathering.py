"""Joins the parts of a story into one, in order of time. The number of statements does not grow with it."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from portal.office.story import messages, money, talks, visits
from portal.office.story.entries import Entry, Part, Subject, Teller

_TELLERS: list[Teller] = [
    visits.steps, visits.calls, visits.times, visits.papers, messages.sms, messages.notices, money.orders,
    money.attempts, money.transfers, money.refunds, money.invoices, talks.threads, talks.complaints,
]  # fmt: skip


def register(teller: Teller) -> None:
    """Let another part be told."""
    if teller not in _TELLERS:
        _TELLERS.append(teller)


class PartCount(NamedTuple):
    """A kind of entry, how many there are, and whether it is shown."""

    part: Part
    how_many: int
    is_shown: bool


class Story(NamedTuple):
    """The entries that are shown, the oldest first, and the kinds that there are."""

    entries: list[Entry]
    parts: list[PartCount]


def of(subject: Subject, wanted: Iterable[str] = ()) -> Story:
    """All that this person may read of the request; of the wanted kinds only, where any are named."""
    found = sorted((one for tell in _TELLERS for one in tell(subject)), key=lambda one: one.at)
    chosen = {part for part in wanted if part in Part.values}
    counts = Counter(one.part for one in found)
    parts = [PartCount(part, counts[part], part in chosen) for part in Part if counts[part]]
    return Story([one for one in found if not chosen or one.part in chosen], parts)
