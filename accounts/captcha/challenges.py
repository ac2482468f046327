"""«کد امنیتی»: five digits in a picture, or a sum in words, each answered once; and the pass that follows.

The table is django-simple-captcha's; the picture is drawn here (accounts.captcha.drawing), because the
library seeds its noise with the public key, from which anybody can draw the same picture again.
"""

import re
import secrets
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from captcha.models import CaptchaStore
from django.conf import settings
from django.core import signing
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import CaptchaPass
from septam import clock, forgetting
from septam.digits import to_latin, to_persian
from septam.money import in_words

# Without ۰, which is lost among the dots.
_DIGITS = "123456789"
_SUM_MARK = "+"
_KEY = re.compile("[0-9a-f]{40}")
_TAKE = "DELETE FROM captcha_captchastore WHERE hashkey = %s RETURNING response, expiration"


class Outcome(StrEnum):
    """What became of an answer."""

    RIGHT = "right"
    WRONG = "wrong"
    EXPIRED = "expired"


class Question(NamedTuple):
    """A sum to be answered in place of the picture."""

    key: str
    text: str


def digits_challenge() -> tuple[str, str]:
    """What the picture shows, in Persian digits, and the answer in Latin ones."""
    answer = "".join(secrets.choice(_DIGITS) for _place in range(settings.CAPTCHA_LENGTH))
    return to_persian(answer), answer


def fresh_picture() -> str:
    """The key of a new picture."""
    return _store(*digits_challenge())


def fresh_question() -> Question:
    """A new sum in Persian words, for whoever cannot see the picture."""
    one, two = secrets.randbelow(40) + 11, secrets.randbelow(40) + 11
    key = _store(f"{one}{_SUM_MARK}{two}", str(one + two))
    text = _("How much is %(one)s plus %(two)s? Write the answer in digits.")
    return Question(key, text % {"one": in_words(one), "two": in_words(two)})


def _store(challenge: str, response: str) -> str:
    end = clock.now() + timedelta(minutes=settings.CAPTCHA_TIMEOUT)
    key = secrets.token_hex(20)
    CaptchaStore.objects.create(challenge=challenge, response=response, hashkey=key, expiration=end)
    return key


def shown_digits(key: str) -> str | None:
    """What the picture of this key shows; None for a key that is unknown, used, lapsed or a sum's."""
    challenge = _live_challenge(key)
    return None if challenge is None or _SUM_MARK in challenge else str(challenge)


def is_question(key: str) -> bool:
    """Whether this key is a live sum's; whoever answers says nothing of it that counts."""
    return _SUM_MARK in (_live_challenge(key) or "")


def _live_challenge(key: str) -> str | None:
    # A key of any other shape (one with a NUL, say) never reaches the database.
    if not _KEY.fullmatch(key):
        return None
    live = CaptchaStore.objects.filter(hashkey=key, expiration__gt=clock.now())
    return live.values_list("challenge", flat=True).first()


def answer(key: str, typed: str) -> Outcome:
    """Use up the challenge by one statement, right or wrong, and say which it was."""
    if not _KEY.fullmatch(key):
        return Outcome.EXPIRED
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [key])
        row = cursor.fetchone()
    if row is None or row[1] <= clock.now():
        return Outcome.EXPIRED
    return Outcome.RIGHT if compare(typed, row[0]) else Outcome.WRONG


def compare(typed: str, kept: str) -> bool:
    """One real comparison of an answer with what the challenge asked for."""
    given = "".join(to_latin(typed).split())
    return secrets.compare_digest(given.encode(), kept.encode())


def issue_pass(form: str) -> str:
    """A signed pass for this form, so that another field's fault does not ask for the digits again."""
    token = secrets.token_urlsafe(24)
    end = clock.now() + timedelta(minutes=settings.CAPTCHA_TIMEOUT)
    CaptchaPass.objects.create(token=token, form=form, expires_at=end)
    return signing.Signer(salt=f"captcha:{form}").sign(token)


def _passes(form: str, signed: str) -> QuerySet[CaptchaPass]:
    try:
        token = signing.Signer(salt=f"captcha:{form}").unsign(signed)
    except signing.BadSignature:
        return CaptchaPass.objects.none()
    return CaptchaPass.objects.filter(token=token, form=form, expires_at__gt=clock.now())


def has_pass(form: str, signed: str) -> bool:
    """Whether the pass is still good for this form."""
    return bool(signed) and _passes(form, signed).exists()


def use_pass(form: str, signed: str) -> bool:
    """Use up the pass; of many at one moment one finds it."""
    return bool(_passes(form, signed).delete()[0])


def purge() -> int:
    """Forget challenges and passes whose time is over; returns how many.

    The table of challenges holds those of ten minutes: it is read as it lies.
    """
    asked = CaptchaStore.objects.filter(expiration__lte=clock.now())
    passed = CaptchaPass.objects.filter(expires_at__lte=clock.now()).order_by("expires_at")
    return forgetting.delete_lapsed("accounts.purge_captchas", asked) + forgetting.delete_lapsed(
        "accounts.purge_captcha_passes", passed
    )
