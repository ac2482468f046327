"""A number that was silent for long may have come to somebody else: then an SMS alone opens the account no more.

Who signs in by a code or a password by SMS after DORMANT_DAYS without a sign-in, in a browser that the account does
not know, also writes the end of the national id. An own password, which no SMS carried, is proof enough; an account
without personal details has nothing to guard.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts import identity_check, limits
from accounts.models import Profile, User
from septam import audit, clock
from septam.throttle import Verdict, hit

_SESSION = "still_theirs"
# So long after the code or password the answer may be written.
_COUNTS = timedelta(minutes=10)


def must_show(request: HttpRequest, user: User, *, by_code: bool) -> bool:
    """Whether this sign-in is to be followed by the question."""
    seen = user.last_login or user.first_signed_in_at
    if user.is_staff or seen is None or (user.own_password and not by_code):
        return False
    is_silent = clock.now() - seen > timedelta(days=settings.DORMANT_DAYS)
    known = limits.client_of(request, user.pk).device
    return is_silent and not known and Profile.objects.filter(user=user).exists()


def remember(request: HttpRequest, user: User, **how: Any) -> None:
    """Keep in the session who is to answer, and how the sign-in goes on then."""
    request.session.cycle_key()
    request.session[_SESSION] = {"user": user.pk, "at": clock.now().timestamp(), **how}


def asked(request: HttpRequest) -> dict[str, Any]:
    """What was kept, while it counts; else nothing."""
    kept: dict[str, Any] = request.session.get(_SESSION, {})
    age = clock.now().timestamp() - kept.get("at", 0)
    return kept if 0 <= age <= _COUNTS.total_seconds() else {}


def check(request: HttpRequest, user: User, typed: str) -> tuple[Verdict, bool]:
    """Count a try, then compare; whether it was right. Five a day, whoever asks."""
    verdict = hit(limits.STILL_THEIRS, str(user.pk))
    end = Profile.objects.get(user=user).national_id[-identity_check.END_DIGITS :]
    passed = verdict.allowed and typed == end
    audit.record(user.pk, "account.still_theirs", user, passed=passed, limited=not verdict.allowed)
    if passed:
        request.session.pop(_SESSION, None)
    return verdict, passed
