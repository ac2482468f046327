"""«ورود»: finding the account that somebody names, trying its password, and beginning the session."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import login
from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts import limits, passwords
from accounts.models import User
from septam import audit, clock, identity
from septam.digits import to_latin
from septam.text import clean
from septam.throttle import Verdict, clear

BACKEND = "accounts.backends.PasswordBackend"
_BY_CODE = "signed_in_by_code_at"
# So long after a sign-in by code an own password can be set without the present one.
_CODE_COUNTS = timedelta(minutes=15)


@dataclass(frozen=True)
class Named:
    """What was typed for an account, in its one form, and the account if there is one."""

    text: str
    user: User | None

    @property
    def subject(self) -> str:
        """What limits count by: the account, or for an unknown one the typed name (as a hash)."""
        if self.user is not None:
            return str(self.user.pk)
        return salted_hmac("accounts.unknown", self.text.lower()).hexdigest()[:20]


@dataclass(frozen=True)
class Answer:
    """Who may come in; or nobody, and how long to wait where a limit was reached."""

    user: User | None
    verdict: Verdict


def find(typed: str) -> Named:
    """The account of a mobile (in any form) or a username (in any case)."""
    text = to_latin(clean(typed))
    try:
        mobile = identity.mobile(text)
    except identity.Invalid:
        return Named(text, _active().filter(username__iexact=text).first() if text else None)
    return Named(mobile, _active().filter(mobile=mobile).first())


def _active() -> QuerySet[User]:
    return User.objects.filter(is_active=True)


def by_password(request: HttpRequest, named: Named, typed: str) -> Answer:
    """Try a password: first the try is counted, then the hash is computed, never the other way round."""
    client = limits.client_of(request, named.user.pk if named.user else None)
    verdict = limits.may_try(named.subject, client)
    if not verdict.allowed:
        return Answer(None, verdict)
    if not passwords.matches(named.user, typed) or named.user is None:
        return Answer(None, verdict)
    clear(limits.TRY_CLIENT, f"{named.subject}:{client.key}")
    return Answer(User.objects.get(pk=named.user.pk), verdict)


def begin(request: HttpRequest, user: User, *, shared: bool = False, by_code: bool = False) -> None:
    """Sign the person in. A shared device's session ends with its browser, a member of staff's in hours.

    Neither a password nor a code by SMS ever marks the session as one with a second factor.
    """
    login(request, user, backend=BACKEND)
    if shared:
        request.session.set_expiry(0)
    elif user.is_staff:
        request.session.set_expiry(settings.OFFICE_SESSION_HOURS * 3600)
    if by_code:
        request.session[_BY_CODE] = clock.now().timestamp()
    # Django wrote the machine's time; how long an account was silent is told by the portal's clock.
    now = clock.now()
    User.objects.filter(pk=user.pk).update(
        last_login=now, first_signed_in_at=Coalesce("first_signed_in_at", Value(now))
    )
    audit.record(user.pk, "account.sign_in", user, by="code" if by_code else "password")


def person_of(request: HttpRequest) -> User:
    """The signed-in person as a row of this moment, with the profile where there is one."""
    return User.objects.select_related("profile").get(pk=request.user.pk or 0)


def came_by_code(request: HttpRequest) -> bool:
    """Whether this session began with a one-time code a short while ago."""
    at = request.session.get(_BY_CODE)
    return at is not None and 0 <= clock.now().timestamp() - at <= _CODE_COUNTS.total_seconds()


def end_everywhere(user: User) -> None:
    """Close every session of the account, on all devices."""
    user.end_sessions()
    audit.record(user.pk, "account.sign_out_everywhere", user)
