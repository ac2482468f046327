"""Sessions in the database, as Django keeps them; the query that begins every request of a known visitor is prepared."""

import re
from typing import NamedTuple

from django.contrib.sessions.backends import db

from septam import clock
from septam.postgres.prepared import Statement

_BY_KEY = Statement(
    "SELECT session_data FROM django_session WHERE session_key = $1 AND expire_date > $2",
    "text", "timestamptz",
)  # fmt: skip


_KEY = re.compile("[a-z0-9]{8,40}")


class _Kept(NamedTuple):
    """All that a request needs of the row: making a model of it would cost more than asking for it."""

    session_data: str


class SessionStore(db.SessionStore):
    """See the module."""

    def _validate_session_key(self, key: str | None) -> bool:
        """Whether it can be a key of ours: a quoted cookie may hold anything, a NUL that Postgres refuses too."""
        return bool(key) and _KEY.fullmatch(str(key)) is not None

    def _get_session_from_db(self) -> _Kept | None:
        for row in _BY_KEY.rows(self.session_key or "", clock.machine_now()):
            return _Kept(*row)
        self._session_key = None
        return None
