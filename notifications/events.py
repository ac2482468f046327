"""Every event of which an owner is told, from data/events.csv: when, whom, and where its notice leads.

The words of the SMS stand in data/sms_texts.csv, under the same names; an event without a row there has a notice
alone. `docs/messages.md` shows both files together, and a test holds all three and the code equal.
"""

import csv
from dataclasses import dataclass
from functools import cache

from django.conf import settings


@dataclass(frozen=True)
class Event:
    """One event: when it is told (Persian), to whom, and the name of the notice's address (empty: no notice)."""

    name: str
    when: str
    to: str
    notice: str


def event_of(name: str) -> Event:
    """The event of this name; raises KeyError for an unknown one."""
    return all_events()[name]


@cache
def all_events() -> dict[str, Event]:
    """Every event by its name, in the order of the file: that of an owner's journey."""
    path = settings.BASE_DIR / "data" / "events.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, strict=True)
        return {
            row["event"]: Event(row["event"], row["when"], row["to"], row["notice"]) for row in rows
        }
