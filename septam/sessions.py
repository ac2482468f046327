"""Sessions in the database, as Django keeps them; the query that begins every request of a known visitor is prepared.

Who is signed in stands in the session's signed text alone, so that it takes one statement to read that and another to
read the person. A process remembers whose session each key was when it last looked, and asks for both at once; the
person that comes along counts only if the text, as it stands now, names the same one (`taken_along`).
"""

import re
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db

from septam import clock
from septam.postgres.prepared import Statement

_BY_KEY = Statement(
    "SELECT session_data FROM django_session WHERE session_key = $1 AND expire_date > $2",
    "text", "timestamptz",
)  # fmt: skip


_KEY = re.compile("[a-z0-9]{8,40}")
# A person of this id, with `session_data` of the key, as long as it is valid; None where there is no such person.
Along = Callable[[int, str, datetime], Any]
_reader: list[Along] = []
# Whose session each key was. When it is full it begins anew: it spares a statement, no more.
_persons: dict[str, int] = {}
_MOST = 20_000
_here = threading.local()


class _Kept(NamedTuple):
    """All that a request needs of the row: making a model of it would cost more than asking for it."""

    session_data: str


def read_along(reader: Along) -> None:
    """Let `reader` ask for the session and its person at once; call it from an AppConfig's ready()."""
    _reader[:] = [reader]


def taken_along(person_id: int) -> Any:
    """The person that came along with this request's session, if it is this one; given out once."""
    person, _here.person = getattr(_here, "person", None), None
    return person if person is not None and person.pk == person_id else None


class SessionStore(db.SessionStore):
    """See the module."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        # A request begins: nobody of an earlier one is left.
        _here.person = None

    def load(self) -> dict[str, Any]:
        """What the session holds; whose it is, is remembered for the next time."""
        found: dict[str, Any] = super().load()
        person_id = str(found.get(SESSION_KEY, ""))
        if self.session_key and person_id.isdecimal():
            if len(_persons) >= _MOST:
                _persons.clear()
            _persons[self.session_key] = int(person_id)
        return found

    def _validate_session_key(self, key: str | None) -> bool:
        """Whether it can be a key of ours: a quoted cookie may hold anything, a NUL that Postgres refuses too."""
        return bool(key) and _KEY.fullmatch(str(key)) is not None

    def _get_session_from_db(self) -> _Kept | None:
        key, now = self.session_key or "", clock.machine_now()
        _here.person = None
        # Asked for once: another thread may empty the memory meanwhile.
        person_id = _persons.get(key)
        if person_id is not None and (kept := _with_person(person_id, key, now)):
            return kept
        for row in _BY_KEY.rows(key, now):
            return _Kept(*row)
        self._session_key = None
        return None


def _with_person(person_id: int, key: str, now: datetime) -> _Kept | None:
    person = _reader[0](person_id, key, now)
    if person is None or person.session_data is None:
        return None
    _here.person = person
    return _Kept(person.session_data)
