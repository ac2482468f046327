"""How often each public content changed: triggers count it, whoever writes (`portal/0002_editions`).

A request asks for all that it needs in one statement, which Postgres has planned beforehand.
"""

from django.db import InterfaceError, OperationalError

from septam.postgres.prepared import Statement

_NUMBERS = Statement(
    "SELECT name, count(*) FROM septam_edition WHERE name = ANY($1) GROUP BY name", "text[]"
)
_last: dict[str, int] = {}


def numbers(*names: str) -> tuple[int, ...]:
    """The edition of each of «prices», «criteria», «names», «announcements»: another one after every change."""
    found = dict(_NUMBERS.rows(list(names)))
    asked = {name: int(found.get(name, 0)) for name in names}
    _last.update(asked)
    return tuple(asked.values())


def number(name: str) -> int:
    """Of one alone."""
    return numbers(name)[0]


def numbers_or_last_known(*names: str) -> tuple[int, ...]:
    """While the database is away nothing changes: as this process knew them last; 0 for what it never asked."""
    try:
        return numbers(*names)
    except (OperationalError, InterfaceError):
        return tuple(_last.get(name, 0) for name in names)


def forget() -> None:
    """Know nothing (for tests, whose editions are rolled back)."""
    _last.clear()
