"""«پیامک من کجاست؟»: what this browser asked to be sent, and what it may be told of that.

The true state of a message tells that an account exists and whether a phone is on. It is therefore told to
whoever gave proof: the browser that registered a number which nobody has signed in with yet, and one that
signed in to the account before. Any other is told how messages leave just now, in the same words whether
there is such an account or not.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from accounts import limits, signing_in
from accounts.models import User
from notifications import standing
from notifications.standing import Phase, Standing
from septam import clock, durations

REGISTRATION, RECOVERY, CODE = "registration", "recovery", "code"
PASSWORDS = (REGISTRATION, RECOVERY)
_EVENTS = {
    REGISTRATION: "registration.password",
    RECOVERY: "recovery.password",
    CODE: "login.code",
}
_SESSION = "asked_sms"
_REGISTERED = "registered_here"
# So long a message that is under way is waited for before another is offered.
PATIENCE = timedelta(minutes=2)
# From here on support is the way.
LONG = timedelta(hours=1)


@dataclass(frozen=True)
class Asked:
    """What was asked for: `account` as it was typed, in its one form; no ids where there is no such account."""

    why: str
    account: str
    at: datetime
    user_id: int
    message_id: int

    @property
    def is_long_ago(self) -> bool:
        """Whether an hour has passed."""
        return clock.now() - self.at >= LONG

    @property
    def again_url(self) -> str:
        """Where another one is asked for, with the account filled in."""
        page = "accounts:sign_in_code" if self.why == CODE else "accounts:recover"
        return f"{reverse(page)}?{urlencode({'account': self.account})}"


@dataclass(frozen=True)
class Told:
    """What this browser is told: the message's standing if it may know it, else whether sending is slow."""

    asked: Asked
    standing: Standing | None
    is_slow: bool
    wait: str

    @property
    def has_arrived(self) -> bool:
        """Whether it is known to be on the phone."""
        return self.standing is not None and self.standing.phase == Phase.DELIVERED


def note(request: HttpRequest, why: str, account: str, user: User | None) -> None:
    """Keep in the session what it has just asked for; of each kind the newest."""
    message_id = standing.newest_id(user.pk, _EVENTS[why]) if user else 0
    kept = request.session.get(_SESSION, {})
    kept["code" if why == CODE else "password"] = {
        "why": why,
        "account": account,
        "at": clock.now().isoformat(),
        "user": user.pk if user else 0,
        "message": message_id,
    }
    request.session[_SESSION] = kept
    if why == REGISTRATION and user is not None:
        request.session[_REGISTERED] = user.pk


def forget(request: HttpRequest) -> None:
    """Whoever came in needs no message any more."""
    request.session.pop(_SESSION, None)
    request.session.pop(_REGISTERED, None)


def asks(request: HttpRequest) -> list[Asked]:
    """What this browser asked for, the newest first."""
    found = [_read(kept) for kept in request.session.get(_SESSION, {}).values()]
    return sorted(found, key=lambda asked: asked.at, reverse=True)


def newest(request: HttpRequest, *whys: str) -> Asked | None:
    """The newest of these kinds; None where nothing was asked for."""
    return next((asked for asked in asks(request) if asked.why in whys), None)


def _read(kept: dict[str, Any]) -> Asked:
    at = datetime.fromisoformat(kept["at"])
    return Asked(kept["why"], kept["account"], at, kept["user"], kept["message"])


def told(request: HttpRequest, asked: Asked) -> Told:
    """What this browser may be told of what it asked for, and when it may ask again."""
    client = limits.client_of(request, asked.user_id or None)
    known = standing.of(asked.message_id) if _has_proof(request, asked, client) else None
    return Told(asked, known, standing.is_slow(), _wait(asked, known, client))


def _has_proof(request: HttpRequest, asked: Asked, client: limits.Client) -> bool:
    if not asked.user_id:
        return False
    if client.device:
        return True
    nobody_yet = User.objects.filter(pk=asked.user_id, first_signed_in_at=None)
    return request.session.get(_REGISTERED) == asked.user_id and nobody_yet.exists()


def _wait(asked: Asked, known: Standing | None, client: limits.Client) -> str:
    """How long to wait before asking again, in words; empty for not at all."""
    secret = limits.Secret.CODE if asked.why == CODE else limits.Secret.PASSWORD
    by_limits = limits.wait_to_send(secret, signing_in.find(asked.account).text.lower(), client)
    over = known is not None and known.is_over
    # At most PATIENCE: a demo clock may have been moved back since.
    left = min(asked.at + PATIENCE - clock.now(), PATIENCE)
    patient = 0.0 if over else left.total_seconds()
    seconds = max(by_limits, patient)
    return durations.in_words(seconds) if seconds > 0 else ""
