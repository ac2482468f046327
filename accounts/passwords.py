"""Passwords: the 8 digits that are sent, the person's own, and how either is compared.

A password that was sent waits as a PendingPassword; the earlier one works until the new one is first used,
so that a stranger who asks for a new one locks nobody out. The 8 digits are weak by themselves: the limits
(accounts.limits) carry their strength.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import is_password_usable, make_password, verify_password
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.hashers import typed_password
from accounts.models import PendingPassword, Profile, User
from notifications import outbox
from septam import audit, clock
from septam.digits import to_latin

DIGITS = 8


def compare(raw: str, encoded: str) -> bool:
    """One real comparison of a typed password with a hash; nothing else in the portal computes one."""
    return verify_password(raw, encoded)[0]


def pretend(raw: str) -> None:
    """The work of one comparison, without an account or a password to compare with."""
    make_password(raw)


def matches(user: User | None, typed: str) -> bool:
    """Whether the password opens the account; a pending one becomes the password by its first use.

    A refusal costs two computations whether the account exists or not, whatever passwords it has.
    """
    raw = typed_password(typed)
    current = user.password if user and is_password_usable(user.password) else ""
    if current and compare(raw, current):
        return True
    pending = _pending(user)
    if pending is not None and compare(raw, pending.password):
        return _take_up(pending)
    for known in (current, pending):
        if not known:
            pretend(raw)
    return False


def _pending(user: User | None) -> PendingPassword | None:
    if user is None:
        return None
    return PendingPassword.objects.filter(user=user, expires_at__gt=clock.now()).first()


def _take_up(pending: PendingPassword) -> bool:
    """Make the pending password the account's own; of two at one moment the second finds it done."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=pending.user_id)
        if PendingPassword.objects.filter(pk=pending.pk, password=pending.password).delete()[0]:
            user.password = pending.password
            user.own_password = False
            user.save(update_fields=["password", "own_password"])
    return user.password == pending.password


def make_pending(user_id: int) -> str:
    """A fresh password of 8 digits, whose hash is committed before it is returned for sending."""
    password = str(secrets.randbelow(9 * 10 ** (DIGITS - 1)) + 10 ** (DIGITS - 1))
    now = clock.now()
    PendingPassword.objects.update_or_create(
        user_id=user_id,
        defaults={
            "password": make_password(password),
            "created_at": now,
            "expires_at": now + timedelta(hours=settings.PASSWORD_LIFETIME_HOURS),
        },
    )
    return password


def send_new(user: User, actor_id: int | None) -> bool:
    """Queue a fresh password by SMS; False where the account has no mobile or is closed."""
    if not user.mobile or not user.is_active:
        return False
    with transaction.atomic():
        outbox.queue("recovery.password", user.mobile, user_id=user.pk)
        audit.record(actor_id, "account.send_password", user)
    return True


def choose(user: User, typed: str) -> None:
    """Make an own password the account's; one that waits from an SMS is dropped."""
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


def purge_lapsed() -> None:
    """Forget passwords that were sent and never used in time."""
    PendingPassword.objects.filter(expires_at__lte=clock.now()).delete()
