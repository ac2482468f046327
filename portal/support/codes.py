"""How somebody who wrote without signing in reads the answer: tracking number, then a code to the mobile he gave.

Neither opens anything alone: the number says nothing without the phone, and the phone, which may have come
to somebody else since, nothing without the number. The code's rules are those of the one-time code of sign-in.
"""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils.dateparse import parse_datetime

from accounts.login_codes import DIGITS, MOST_TRIES
from notifications import outbox
from notifications.models import SmsMessage
from portal.models import SupportCode, SupportThread
from portal.support import limits
from septam import clock, forgetting
from septam.digits import to_latin
from septam.keyed import is_hash_of, keyed_hash

# Numbers of the conversations that this session opened, each with the moment until which.
_SALT = "portal.support_code"
_OPENED = "support_opened"
_OPEN_FOR = timedelta(minutes=30)


def request_code(request: HttpRequest, number: str) -> int:
    """Queue a code to the writer of a stranger's conversation; 0 where there is none, or his phone got enough.

    Whoever asks is told the same in each case: a wait would say that there is such a conversation.
    """
    thread = SupportThread.objects.filter(number=number, owner=None).exclude(mobile="").first()
    if thread is None or not limits.may_send_code(request, thread.mobile).allowed:
        return 0
    with transaction.atomic():
        code = SupportCode.objects.create(thread=thread, expires_at=_end())
        outbox.queue("support.code", thread.mobile, {"request": str(code.pk)})
    return code.pk


def secret_of(message: SmsMessage) -> dict[str, str]:
    """A fresh code at the moment of sending, its hash committed before it leaves."""
    code_id = int(message.values["request"])
    code = str(secrets.randbelow(10**DIGITS)).zfill(DIGITS)
    SupportCode.objects.filter(pk=code_id).update(
        code_hash=_hash_of(code_id, code), expires_at=_end()
    )
    return {"code": code}


def _end() -> datetime:
    return clock.now() + timedelta(minutes=settings.LOGIN_CODE_MINUTES)


def _hash_of(code_id: int, code: str) -> str:
    return keyed_hash(_SALT, f"{code_id}:{code}")


def use(code_id: int, typed: str) -> SupportThread | None:
    """The conversation that the code opens, once; None for a wrong, used, lapsed or too often tried one."""
    live = SupportCode.objects.filter(pk=code_id, expires_at__gt=clock.now()).exclude(code_hash="")
    if not live.filter(failures__lt=MOST_TRIES).update(failures=F("failures") + 1):
        return None
    code = live.select_related("thread").first()
    digits = "".join(to_latin(typed).split())
    if code is None or not is_hash_of(_SALT, f"{code.pk}:{digits}", code.code_hash):
        return None
    used = live.filter(code_hash=code.code_hash).update(code_hash="")
    return code.thread if used else None


def remember(request: HttpRequest, number: str) -> None:
    """This session may read and write in the conversation for half an hour."""
    request.session.cycle_key()
    until = (clock.now() + _OPEN_FOR).isoformat()
    request.session[_OPENED] = {**request.session.get(_OPENED, {}), number: until}


def is_opened(request: HttpRequest, number: str) -> bool:
    """Whether a code opened the conversation in this session, not too long ago."""
    until = parse_datetime(request.session.get(_OPENED, {}).get(number, ""))
    return until is not None and until > clock.now()


def purge_lapsed() -> int:
    """Forget codes whose time is over; returns how many."""
    lapsed = SupportCode.objects.filter(expires_at__lte=clock.now() - timedelta(hours=1))
    return forgetting.delete_lapsed("portal.purge_support_codes", lapsed.order_by("expires_at"))
