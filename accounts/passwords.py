"""Passwords: the 8 digits that are sent, the person's own, and how either is compared.

A password that was sent waits as a PendingPassword; the earlier one works until the new one is first used,
so that a stranger who asks for a new one locks nobody out. Whoever asks again because an SMS is late may
enter any of the last MOST_PENDING that come; the first one used ends the others. The 8 digits are weak by
themselves: the limits (accounts.limits) carry their strength.
"""

import re
import secrets
from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import is_password_usable, make_password, verify_password
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.hashers import typed_password
from accounts.models import PendingPassword, Profile, User
from notifications import outbox
from septam import audit, clock, forgetting
from septam.digits import is_number, to_latin

DIGITS = 8
# As many as a client may ask for in a quarter of an hour (limits.SEND): the first SMS to arrive then works.
MOST_PENDING = 3
# A message that is sent twice, because the first answer was lost, may have come with either password.
_MOST_OF_ONE_MESSAGE = 2
_BETWEEN_GROUPS = re.compile(r"[ .\-–]")


def compare(raw: str, encoded: str) -> bool:
    """One real comparison of a typed password with a hash; nothing else in the portal computes one."""
    return verify_password(raw, encoded)[0]


def pretend(raw: str) -> None:
    """The work of one comparison, without an account or a password to compare with."""
    make_password(raw)


def matches(user: User | None, typed: str) -> bool:
    """Whether the password opens the account; a pending one becomes the password by its first use.

    A refusal costs 1 + MOST_PENDING computations whether the account exists or not, whatever passwords it has.
    """
    raw, sent = typed_password(typed), _as_sent(typed)
    current = user.password if user and is_password_usable(user.password) else ""
    if current and compare(raw if user and user.own_password else sent, current):
        return True
    waiting = _pending(user)
    for pending in waiting:
        if compare(sent, pending.password):
            return _take_up(pending)
    for _nothing in range(1 + MOST_PENDING - len(waiting) - bool(current)):
        pretend(raw)
    return False


def _as_sent(typed: str) -> str:
    """The 8 digits of an SMS, also where they were typed or copied in groups: «۲۳۸۰ ۰۲۷۵», 23-80-02-75.

    An own password may have a space that means something, so only one that was sent is compared so.
    """
    raw = typed_password(typed)
    digits = _BETWEEN_GROUPS.sub("", raw)
    return digits if is_number(digits) and len(digits) == DIGITS else raw


def _pending(user: User | None) -> list[PendingPassword]:
    if user is None:
        return []
    live = PendingPassword.objects.filter(user=user, expires_at__gt=clock.now())
    return list(live.order_by("-pk")[:MOST_PENDING])


def _take_up(pending: PendingPassword) -> bool:
    """Make the pending password the account's own, and end the others; the second of two finds it done."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=pending.user_id)
        if PendingPassword.objects.filter(pk=pending.pk).delete()[0]:
            PendingPassword.objects.filter(user=user).delete()
            user.password = pending.password
            user.own_password = False
            user.save(update_fields=["password", "own_password"])
    # Two hashes of ours, nothing that was typed.
    # nosemgrep: secret-compared-letter-by-letter
    return user.password == pending.password


def make_pending(user_id: int, message_id: int | None = None) -> str:
    """A fresh password of 8 digits for this SMS, whose hash is committed before it is returned for sending."""
    password = str(secrets.randbelow(9 * 10 ** (DIGITS - 1)) + 10 ** (DIGITS - 1))
    encoded = make_password(password)
    now = clock.now()
    with transaction.atomic():
        # Two workers with two messages of one account: the second sees the first one's.
        User.objects.select_for_update().only("pk").get(pk=user_id)
        PendingPassword.objects.create(
            user_id=user_id,
            message_id=message_id,
            password=encoded,
            created_at=now,
            expires_at=now + timedelta(hours=settings.PASSWORD_LIFETIME_HOURS),
        )
        _forget_older(user_id)
    return password


def _forget_older(user_id: int) -> None:
    """Keep the newest MOST_PENDING; of one message, tried again and again, the last two alone."""
    kept: list[int] = []
    of_message: Counter[int | None] = Counter()
    rows = PendingPassword.objects.filter(user_id=user_id, expires_at__gt=clock.now())
    for pk, message_id in rows.order_by("-pk").values_list("pk", "message_id"):
        of_message[message_id] += 1
        if message_id is None or of_message[message_id] <= _MOST_OF_ONE_MESSAGE:
            kept.append(pk)
    PendingPassword.objects.filter(user_id=user_id).exclude(pk__in=kept[:MOST_PENDING]).delete()


def send_new(user: User, actor_id: int | None) -> bool:
    """Queue a fresh password by SMS; False where the account has no mobile or is closed."""
    if not user.mobile or not user.is_active:
        return False
    with transaction.atomic():
        outbox.queue("recovery.password", user.mobile, user_id=user.pk)
        audit.record(actor_id, "account.send_password", user)
    return True


def choose(user: User, typed: str) -> None:
    """Make an own password the account's; those that wait from an SMS are dropped."""
    with transaction.atomic():
        PendingPassword.objects.filter(user=user).delete()
        user.set_password(typed)
        user.own_password = True
        user.save(update_fields=["password", "own_password"])
        audit.record(user.pk, "account.change_password", user)


def refuse_own_numbers(password: str, user: User) -> None:
    """Refuse a password made of the owner's mobile (in any form), national id or username.

    Raises ValidationError of code `password_too_similar`, for accounts.forms to word.
    """
    digits = "".join(char for char in to_latin(password) if char.isdecimal())
    profile = Profile.objects.filter(user=user).first()
    # Without the leading zero, which +98 takes the place of.
    numbers = ((user.mobile or "")[1:], profile.national_id if profile else "")
    name = user.username.casefold()
    if any(number and number in digits for number in numbers) or name in password.casefold():
        raise ValidationError("", code="password_too_similar")


def purge_lapsed() -> int:
    """Forget passwords that were sent and never used in time; returns how many.

    The table holds a day's: it is read as it lies.
    """
    lapsed = PendingPassword.objects.filter(expires_at__lte=clock.now())
    return forgetting.delete_lapsed("accounts.purge_passwords", lapsed)
