"""Codes that prove a number: to both numbers of a change, to a caller's new number, to who says «not mine».

They are kept and compared as the codes of sign-in are (accounts.login_codes), under other events and in other keys
of the session, so that none of them signs anybody in.
"""

import secrets
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from accounts import limits, login_codes
from accounts.limits import Client, Secret
from accounts.models import LoginCodeDevice, User
from notifications import outbox
from notifications.models import SmsMessage
from septam.throttle import Verdict, hit

BOTH, CALL, NOT_MINE = "account.mobile_code", "account.mobile_code_call", "account.not_mine_code"
EVENTS = (BOTH, CALL, NOT_MINE)


@dataclass
class Proof:
    """One number that is to be proven in this session: the codes that were sent, and whether one came back."""

    mobile: str
    devices: list[int] = field(default_factory=list)
    is_proven: bool = False
    tries: str = field(default_factory=lambda: secrets.token_hex(8))

    def as_kept(self) -> dict[str, Any]:
        """For the session."""
        return dict(vars(self))


def may_send(event: str, request: HttpRequest, mobile: str) -> Verdict:
    """Count one code to this number; no device is known for a number that is not the account's yet.

    «Not mine» is for everybody, and counts among all that strangers can have sent to the number.
    """
    counted = limits.may_send if event == NOT_MINE else limits.may_send_signed_in
    return counted(Secret.NUMBER, mobile, Client(limits.address_key(request)))


def send(event: str, user: User, proof: Proof) -> None:
    """Queue a code for the number in the account's name; the caller keeps the proof in the session."""
    device = LoginCodeDevice.objects.create(user=user, name="number", expires_at=login_codes.end())
    outbox.queue(event, proof.mobile, {"device": str(device.pk)}, user_id=user.pk)
    proof.devices = [device.pk, *proof.devices][: login_codes.MOST_LIVE]


def secret_of(message: SmsMessage) -> dict[str, str]:
    """The code, at the moment of sending."""
    return {"code": login_codes.make(int(message.values["device"]))}


def try_code(request: HttpRequest, proof: Proof, typed: str, wrong: str = "") -> str:
    """Try what was typed for this number; empty if it is proven now, else why not, for the field.

    `wrong`: what is said of a code that does not fit, where the usual sentence would not tell which one.
    """
    verdict = hit(limits.TRY_CODE_ADDRESS, limits.address_key(request))
    if not verdict.allowed:
        return limits.wait_message(verdict)
    if not hit(limits.TRY_CODE, proof.tries).allowed:
        return limits.number_code_void_message()
    proof.is_proven = login_codes.use_any(proof.devices, typed) is not None
    return "" if proof.is_proven else wrong or limits.wrong_code_message()
