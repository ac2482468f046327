"""How often people may try and ask: every limit of sign-in, codes, sending and the captcha in one place.

Limits are per account *and* client, so that nobody can lock an owner out from elsewhere. Limits per
address are wide: mobile operators put thousands of people behind one.
"""

import ipaddress
import secrets
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from septam import durations, throttle
from septam.middleware import client_address
from septam.templatetags.persian import phone
from septam.throttle import Limit, Verdict, hit

QUARTER, HOUR, DAY = 900, 3600, 86400

TRY_CLIENT = Limit("try", 5, QUARTER)
TRY_ACCOUNT = Limit("try-account", 50, HOUR)
TRY_ADDRESS = Limit("try-address", 1000, HOUR)
# Each request for a code has its own; the code itself counts its tries in its row, too (accounts.login_codes).
TRY_CODE = Limit("try-code", 5, QUARTER)
# Not the passwords' count: whoever guesses those closes the way by code to nobody of the same address.
TRY_CODE_ADDRESS = Limit("try-code-address", 1000, HOUR)
SEND = Limit("send", 3, QUARTER)
SEND_DAY = Limit("send-day", 8, DAY)
SEND_NUMBER_DAY = Limit("send-number", 20, DAY)
SEND_ADDRESS = Limit("send-address", 300, HOUR)
# Whatever is sent to one number because somebody asked who is not signed in: over all kinds, and support's codes.
NUMBER_HOUR = Limit("to-number-hour", 6, HOUR)
NUMBER_DAY = Limit("to-number-day", 20, DAY)
# Of support: passwords sent for a person, identity checks of a person, and those of one member of staff.
SEND_BY_STAFF = Limit("send-staff", 3, DAY)
IDENTITY = Limit("identity", 5, DAY)
IDENTITY_STAFF = Limit("identity-staff", 40, HOUR)
SECOND_FACTOR = Limit("second-factor", 5, QUARTER)
SECOND_FACTOR_ALL = Limit("second-factor-all", 20, HOUR)
# Of an account: changes of the mobile that are begun, and answers after a long absence.
MOBILE_CHANGES = Limit("mobile-changes", 5, DAY)
STILL_THEIRS = Limit("still-theirs", 5, DAY)
# Files of the own data.
DOWNLOADS = Limit("downloads", 5, DAY)
# Links that stop a change, looked at or pressed, by address: their code is not to be guessed.
STOP_LINK = Limit("stop-link", 40, 600)
CAPTCHA_NEW = Limit("captcha", 300, HOUR)
# Answers to the sums count: a sum is easy for a program. Those shown are bounded too, more widely.
CAPTCHA_WORDS = Limit("captcha-words", 30, HOUR)
CAPTCHA_WORDS_SHOWN = Limit("captcha-words-shown", 100, HOUR)


class Secret(StrEnum):
    """What is sent. Each has a count of its own: whoever asks passwords for a number closes no way by code.

    Together they are bounded by the number alone (NUMBER_HOUR, NUMBER_DAY).
    """

    PASSWORD = "password"  # the name of a limit  # nosec B105
    CODE = "code"
    NUMBER = "number"


DEVICE_COOKIE = "septam_device"
# Of a browser that showed the second factor; the password alone never gives it.
OFFICE_COOKIE = "septam_office"
DEVICE_AGE = 365 * DAY


@dataclass(frozen=True)
class Client:
    """Who is asking: the address, and the device if it signed in to this account before."""

    address: str
    device: str = ""

    @property
    def key(self) -> str:
        """What the limits count by."""
        return f"d{self.device}" if self.device else f"a{self.address}"


def address_key(request: HttpRequest) -> str:
    """The client's address; of IPv6 the /64 that one household holds."""
    address = client_address(request)
    if ":" not in address:
        return address
    return str(ipaddress.ip_network(f"{address}/64", strict=False).network_address)


def client_of(request: HttpRequest, account_id: int | None) -> Client:
    """The asking client as it counts for this account."""
    return Client(address_key(request), _known_device(request, account_id, DEVICE_COOKIE))


def office_client_of(request: HttpRequest, account_id: int) -> Client:
    """The asking client as it counts for this person's second factor."""
    return Client(address_key(request), _known_device(request, account_id, OFFICE_COOKIE))


def _known_device(request: HttpRequest, account_id: int | None, cookie: str) -> str:
    signed = request.COOKIES.get(cookie, "")
    if account_id is None or not signed:
        return ""
    try:
        owner, nonce = signing.loads(signed, salt=cookie, max_age=DEVICE_AGE)
    except (signing.BadSignature, TypeError, ValueError):
        return ""
    return str(nonce) if owner == account_id else ""


def remember_device(response: HttpResponse, account_id: int, cookie: str = DEVICE_COOKIE) -> None:
    """Give the browser of a finished sign-in (or second factor) limits of its own for this account."""
    value = signing.dumps([account_id, secrets.token_hex(8)], salt=cookie)
    response.set_cookie(
        cookie, value, max_age=DEVICE_AGE, httponly=True,
        secure=settings.SESSION_COOKIE_SECURE, samesite="Lax",
    )  # fmt: skip


def may_try(subject: str, client: Client) -> Verdict:
    """Count one try to sign in to `subject` (an account's id, or what was typed for an unknown one).

    A client over its own limit does not count against the account, and a known device is free of the caps
    of account and address: neither can a stranger, of the same address even, close the door for the owner.
    """
    verdict = hit(TRY_CLIENT, f"{subject}:{client.key}")
    if client.device:
        return verdict
    if verdict.allowed:
        verdict = hit(TRY_ADDRESS, client.address)
    return hit(TRY_ACCOUNT, subject) if verdict.allowed else verdict


def may_send(secret: Secret, number: str, client: Client) -> Verdict:
    """Count one secret of this kind sent to a number, per client; caps for the number bound what strangers can send.

    A device that is known is free of those caps and of the address's: many strangers together do not close
    its way either. A client over its own limit does not count against the number.
    """
    return _first_reached([*_sending(secret, number, client), *_reaching(number, client)])


def may_send_signed_in(secret: Secret, number: str, client: Client) -> Verdict:
    """The same for whoever is signed in: strangers who flood the number do not close this way."""
    return _first_reached(_sending(secret, number, client))


def may_reach(number: str, client: Client) -> Verdict:
    """Count one message to a number that somebody asks for who is not signed in, of a kind with limits elsewhere."""
    return _first_reached(_reaching(number, client))


def _first_reached(counted: list[tuple[Limit, str]]) -> Verdict:
    """Count against each in turn, up to the first that is reached."""
    verdict = Verdict(True)
    for limit, subject in counted:
        verdict = hit(limit, subject) if verdict.allowed else verdict
    return verdict


def _reaching(number: str, client: Client) -> list[tuple[Limit, str]]:
    """What bounds all messages to a number together; a known device has this bound for itself."""
    subject = f"{number}:{client.key}" if client.device else number
    return [(NUMBER_HOUR, subject), (NUMBER_DAY, subject)]


def _sending(secret: Secret, number: str, client: Client) -> list[tuple[Limit, str]]:
    """What is counted for a secret of this kind sent to a number, in this order."""
    own = f"{secret}:{number}:{client.key}"
    if client.device:
        return [(SEND, own), (SEND_DAY, own)]
    address = (SEND_ADDRESS, f"{secret}:{client.address}")
    return [address, (SEND, own), (SEND_DAY, own), (SEND_NUMBER_DAY, f"{secret}:{number}")]


def may_check_identity(person_id: int, staff_id: int) -> Verdict:
    """Count one check of a caller's answers, for the person and for the member of staff."""
    verdict = hit(IDENTITY_STAFF, str(staff_id))
    return hit(IDENTITY, str(person_id)) if verdict.allowed else verdict


def wait_to_send(secret: Secret, number: str, client: Client) -> int:
    """In how many seconds this client may ask again for a secret to this number; 0 for at once. Counts nothing."""
    counted = [*_sending(secret, number, client), *_reaching(number, client)]
    return max(throttle.wait_of(limit, subject) for limit, subject in counted)


def wait_message(verdict: Verdict) -> str:
    """How long to wait, in words for a form."""
    wait = durations.in_words(verdict.wait_seconds)
    return _("Too many tries; please wait %(time)s.") % {"time": wait}


def too_many(request: HttpRequest, verdict: Verdict, message: str) -> HttpResponse:
    """The page of a limit that was reached: what there was too much of, and how long to wait; also for programs."""
    wait = durations.in_words(verdict.wait_seconds)
    page = render(request, "429.html", {"wait": wait, "message": message}, status=429)
    page["Retry-After"] = str(verdict.wait_seconds)
    return page


def code_void_message() -> SafeString:
    """That this code was tried as often as it may be, and where another one is."""
    text = _('Five wrong codes were entered; it is void now. <a href="{code_url}">Get another</a>.')
    return format_html(text, code_url=reverse("accounts:sign_in_code"))


def number_code_void_message() -> str:
    """That the code of a number was tried as often as it may be."""
    return _("Five wrong codes were entered; begin again.")


def wrong_code_message() -> str:
    """That a code does not fit."""
    return _("This code is not right, or its time is over; ask for a new one if need be.")


def sign_in_wait_message(verdict: Verdict, code_wait: int) -> SafeString:
    """How long to wait with the password, and whether the way by a one-time code is open.

    `code_wait`: in how many seconds this client may ask for a code.
    """
    text = _('Too many tries; wait {time}, or <a href="{code_url}">use a code</a>.')
    if code_wait:
        text = _('Too many tries; wait {time}. <a href="{code_url}">A code</a> in {code_time}.')
    waits = {
        "time": durations.in_words(verdict.wait_seconds),
        "code_time": durations.in_words(code_wait),
    }
    return format_html(text, code_url=reverse("accounts:sign_in_code"), **waits)


def words_wait_message(verdict: Verdict) -> SafeString:
    """That the questions in words are used up, for how long, and whom to call meanwhile."""
    text = _("No more questions in words for now: wait {time}, or call support at {phone}.")
    wait = durations.in_words(verdict.wait_seconds)
    return format_html(text, time=wait, phone=phone(settings.SUPPORT_PHONE))
