"""«رمز یک‌بارمصرف»: a code of 6 digits by SMS, good for minutes and once, for the session that asked."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts.models import LoginCodeDevice, User
from notifications import outbox
from septam import clock, forgetting
from septam.digits import to_latin
from septam.keyed import is_hash_of, keyed_hash

DIGITS = 6
_SALT = "accounts.login_code"
MOST_TRIES = 5
# How many of a session's codes are good at a time: as many as it may ask for in a quarter of an hour (limits.SEND).
MOST_LIVE = 3


def request(user: User) -> LoginCodeDevice:
    """Queue a code for this account; the caller keeps the row's id in the asking session."""
    with transaction.atomic():
        device = LoginCodeDevice.objects.create(user=user, name="sms", expires_at=end())
        outbox.queue("login.code", str(user.mobile), {"device": str(device.pk)}, user_id=user.pk)
    return device


def make(device_id: int) -> str:
    """A fresh code for a waiting request, its hash committed before it is returned for sending.

    Made again for a message that is sent once more, the earlier code stays good beside it.
    """
    code = str(secrets.randbelow(10**DIGITS)).zfill(DIGITS)
    LoginCodeDevice.objects.filter(pk=device_id).update(
        code_hash=hash_of(device_id, code), earlier_hash=F("code_hash"), expires_at=end()
    )
    return code


def end() -> datetime:
    """Until when a code that is made now is good."""
    return clock.now() + timedelta(minutes=settings.LOGIN_CODE_MINUTES)


def hash_of(device_id: int, code: str) -> str:
    """The keyed hash: 6 digits in a plain one could be tried out by whoever reads the database."""
    return keyed_hash(_SALT, f"{device_id}:{code}")


def compare(device: LoginCodeDevice, code: str) -> bool:
    """One real comparison of a typed code."""
    known = (device.code_hash, device.earlier_hash)
    return any(is_hash_of(_SALT, f"{device.pk}:{code}", one) for one in known)


def use_any(device_ids: list[int], typed: str) -> User | None:
    """As `use`, for the codes that one session asked for one after the other: whichever came works."""
    for device_id in device_ids:
        user = use(device_id, typed)
        if user is not None:
            return user
    return None


def use(device_id: int, typed: str) -> User | None:
    """Whom the code signs in, once; None for a wrong, used, lapsed or too often tried one.

    The try is counted, and the code consumed, by one conditional statement each: of many at one moment
    only MOST_TRIES are compared and only one gets in.
    """
    live = LoginCodeDevice.objects.filter(pk=device_id, expires_at__gt=clock.now()).exclude(
        code_hash=""
    )
    if not live.filter(failures__lt=MOST_TRIES).update(failures=F("failures") + 1):
        return None
    device = live.select_related("user").first()
    code = "".join(to_latin(typed).split())
    if device is None or not compare(device, code):
        return None
    used = live.filter(code_hash=device.code_hash).update(code_hash="", earlier_hash="")
    return device.user if used and device.user.is_active else None


def purge_lapsed() -> int:
    """Forget requests whose time is over; returns how many."""
    lapsed = LoginCodeDevice.objects.filter(expires_at__lte=clock.now() - timedelta(hours=1))
    return forgetting.delete_lapsed("accounts.purge_codes", lapsed.order_by("expires_at"))
