"""The office's second factor: an authenticator app (TOTP), and recovery codes for a lost phone.

An owner's code by SMS is a device too, and never counts here: devices are asked for by class.
"""

import secrets
import time

from django.conf import settings
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp import login as mark_verified
from django_otp.models import Device
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import limits
from accounts.models import RecoveryCode, RecoveryCodeDevice, User
from septam import audit, clock
from septam.digits import to_latin
from septam.keyed import keyed_hash, keyed_hashes
from septam.throttle import Verdict, clear, hit

ACCEPTED = (TOTPDevice, RecoveryCodeDevice)
RECOVERY_CODES = 10
_SALT = "accounts.recovery_code"
# In the session, by the machine's clock: when it was verified first, and when it was used last.
_BEGUN, _SEEN, _MINUTE = "office_begun", "office_seen", 60
# Without letters and digits that are read for one another.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def verified(request: HttpRequest) -> bool:
    """Whether this session was verified by an authenticator app or a recovery code, and is in use since."""
    device = getattr(request.user, "otp_device", None)
    return isinstance(device, ACCEPTED) and device.confirmed and _is_in_use(request)


def _is_in_use(request: HttpRequest) -> bool:
    """Renew the moment of the last click, once a minute at most; False, and forgotten, after a long silence."""
    session, now = request.session, int(clock.machine_now().timestamp())
    seen, begun = session.get(_SEEN, now), session.get(_BEGUN, now)
    if now - begun >= settings.OFFICE_SESSION_HOURS * 3600:
        logout(request)
        return False
    if now - seen >= settings.OFFICE_IDLE_MINUTES * 60:
        session.pop(DEVICE_ID_SESSION_KEY, None)
        session.pop(_SEEN, None)
        request.user.otp_device = None  # type: ignore[union-attr]
        return False
    if now - seen >= _MINUTE or _SEEN not in session:
        session[_SEEN], session[_BEGUN] = now, begun
    return True


def asked_first(request: HttpRequest, user: User) -> HttpResponse | None:
    """Where staff with an authenticator show it before they change what opens their account; None for all others.

    Else whoever learnt the password alone could take it from the person, and end their sessions.
    """
    if not user.is_staff or verified(request) or device_of(user) is None:
        return None
    query = urlencode({"next": reverse("accounts:password")})
    return redirect(f"{reverse('accounts:office_verify')}?{query}")


def device_of(user: User) -> TOTPDevice | None:
    """The person's confirmed authenticator; None before enrolment."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def waiting_device(user: User) -> TOTPDevice:
    """The authenticator that is being enrolled; the same until it is confirmed."""
    device = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    return device or TOTPDevice.objects.create(user=user, name="totp", confirmed=False)


def confirm(user: User, typed: str) -> list[str] | None:
    """Confirm the waiting authenticator by a code of it; returns the recovery codes to show once.

    None for a wrong code. An earlier authenticator and earlier recovery codes end with this.
    """
    with transaction.atomic():
        waiting = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
        if waiting is None or not waiting.verify_token(_plain(typed)):
            return None
        TOTPDevice.objects.filter(user=user, confirmed=True).delete()
        waiting.confirmed = True
        waiting.save(update_fields=["confirmed"])
        audit.record(user.pk, "office.second_factor_enrolled", user)
        return _fresh_codes(user)


def _fresh_codes(user: User) -> list[str]:
    RecoveryCodeDevice.objects.filter(user=user).delete()
    device = RecoveryCodeDevice.objects.create(user=user, name="recovery")
    codes = [_random_code() for _number in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(device=device, code_hash=_hash(code)) for code in codes
    )
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _random_code() -> str:
    return "".join(secrets.choice(_ALPHABET) for _place in range(10))


def _hash(code: str) -> str:
    return keyed_hash(_SALT, code)


def _plain(typed: str) -> str:
    return "".join(to_latin(typed).split()).replace("-", "").lower()


def may_try(request: HttpRequest, user: User) -> Verdict:
    """Count one try at the second factor, for the person and client.

    A browser that showed the factor before has a count of its own and is free of the person's cap, so that who
    learnt the password locks the person out of nothing.
    """
    client = limits.office_client_of(request, user.pk)
    verdict = hit(limits.SECOND_FACTOR, f"{user.pk}:{client.key}")
    if client.device or not verdict.allowed:
        return verdict
    return hit(limits.SECOND_FACTOR_ALL, str(user.pk))


def check(user: User, typed: str) -> Device | None:
    """The device whose code was typed, or None. A code of either kind is good once."""
    code = _plain(typed)
    return _check_totp(user, code) if code.isdigit() else _use_recovery_code(user, code)


def succeeded(request: HttpRequest, user: User) -> None:
    """Forget the tries of this client."""
    client = limits.office_client_of(request, user.pk)
    clear(limits.SECOND_FACTOR, f"{user.pk}:{client.key}")


def _check_totp(user: User, code: str) -> Device | None:
    with transaction.atomic():
        device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
        return device if device is not None and device.verify_token(code) else None


def _use_recovery_code(user: User, code: str) -> Device | None:
    device = RecoveryCodeDevice.objects.filter(user=user, confirmed=True).first()
    if device is None:
        return None
    known = list(keyed_hashes(_SALT, code))
    unused = RecoveryCode.objects.filter(device=device, code_hash__in=known, used_at=None)
    if not unused.update(used_at=clock.now()):
        return None
    audit.record(user.pk, "office.recovery_code_used", user)
    return device


def reset(user: User, actor_id: int | None) -> None:
    """End the authenticator and the recovery codes, with the sessions they verified (a lost phone)."""
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).delete()
        RecoveryCodeDevice.objects.filter(user=user).delete()
        audit.record(actor_id, "office.second_factor_reset", user)


def let_in(request: HttpRequest, device: Device) -> None:
    """Mark the session as verified, under a fresh key."""
    request.session.cycle_key()
    request.session[_SEEN] = int(clock.machine_now().timestamp())
    mark_verified(request, device)


def current_code(device: TOTPDevice) -> str:
    """The code that the device shows now; where that one was used already, the next, which is accepted too."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time()
    if totp.t() <= device.last_t:
        totp.time += device.step
    return str(totp.token()).zfill(device.digits)
