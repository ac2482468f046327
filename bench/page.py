"""A page that the bench of growth opens, and what it costs."""

from dataclasses import dataclass


@dataclass
class Page:
    """One address as somebody opens it."""

    kind: str
    who: str
    what: str
    path: str


@dataclass
class Cost:
    """What it costs: seconds of CPU, seconds of waiting for the database, number of queries; where it led."""

    cpu: float
    sql: float
    queries: int
    rows: int = 0
    led: bool = False
