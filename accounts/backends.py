"""How Django itself would check a password; the portal's own sign-in is accounts.signing_in."""

from datetime import datetime
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.models import Session
from django.db.models import QuerySet, Subquery
from django.http import HttpRequest

from accounts import signing_in
from accounts.models import User
from notifications import announcements, notices
from septam import sessions
from septam.postgres.prepared import Prepared


def _with_unread_notices(user_id: int) -> QuerySet[User]:
    # The toolbar shows the number on every page: the statement that finds who is signed in counts it along.
    # So does the top of every page with the edition of the announcements.
    return User.objects.filter(pk=user_id).annotate(
        unread_notices=notices.unread_count(), announced=announcements.edition_beside()
    )


_BY_ID = Prepared(_with_unread_notices)


def _with_session(user_id: int, key: str, now: datetime) -> QuerySet[User]:
    session = Session.objects.filter(session_key=key, expire_date__gt=now)
    return _with_unread_notices(user_id).annotate(
        session_data=Subquery(session.values("session_data")[:1])
    )


# For septam.sessions, which asks for a session and its person at once.
WITH_SESSION = Prepared(_with_session)


class PasswordBackend(ModelBackend):
    """Mobile or username with a password, under the same limits as the sign-in page."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """The account that the password opens; None without a request, whose client is what limits count."""
        if request is None or not username or not password:
            return None
        return signing_in.by_password(request, signing_in.find(username), password).user

    def get_user(self, user_id: int) -> User | None:
        """Who is signed in, with the number of unread notices; None for somebody who may not be any more."""
        user = sessions.taken_along(int(user_id)) or _BY_ID.first(int(user_id))
        return user if user is not None and self.user_can_authenticate(user) else None
