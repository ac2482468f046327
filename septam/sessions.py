"""Sessions in the database, as Django keeps them; the query that begins every request of a known visitor is prepared."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session

from septam import clock
from septam.prepared import Prepared

_BY_KEY = Prepared(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now)  # type: ignore[misc]
)


class SessionStore(db.SessionStore):
    """See the module."""

    def _get_session_from_db(self) -> Session | None:
        found = _BY_KEY.first(self.session_key or "", clock.machine_now())
        if found is None:
            self._session_key = None
        return found
