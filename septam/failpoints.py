"""Named places where a process can be made to die or to fail, so that every interruption can be tried for real.

`SEPTAM_FAILPOINT=payments.verify.answered` kills the process (kill −9) the first time it comes there, `…:3`
the third time, `raise payments.verify.answered` raises Hit instead. Demo and test modes only: production
refuses the setting and passes every point by.
"""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import transaction

# Right after something was said to, or heard from, another system.
CALLS = (
    "payments.start.answered",
    "payments.verify.answered",
    "payments.settle.answered",
    "payments.unconfirmed.answered",
    "review.inquiry.answered",
    "review.reversal.answered",
    "refund.reversal.answered",
    "refund.inquiry.answered",
    "sms.answered",
    "sms.asked",
    "sms.deliveries.answered",
    "sms.credit.answered",
)
# Transactions: each has a point just before its commit (`….write`) and one just after (`….written`).
COMMITS = (
    "payments.create",
    "payments.start",
    "payments.callback",
    "payments.lease",
    "payments.verify",
    "payments.settle",
    "payments.abandon",
    "payments.found",
    "review.hold",
    "review.inquiry",
    "review.confirm",
    "review.reversal",
    "review.accept",
    "review.close",
    "refund.ask",
    "refund.approve",
    "refund.refuse",
    "refund.by_hand",
    "refund.iban",
    "refund.reversal.ask",
    "refund.reversal.lease",
    "refund.reversal",
    "refund.reversal.decide",
    "sms.claim",
    "sms.delivery",
    "sms.credit_back",
)
# Right after a single statement committed by itself.
MARKS = (
    "sms.recovered",
    "sms.clock_heeded",
    "sms.let_go",
    "sms.expired",
    "sms.sending",
    "sms.sent",
    "sms.failed",
    "sms.asked_soon",
    "sms.provider_answered",
    "sms.provider_failed",
)
NAMES = (*CALLS, *(f"{name}.{end}" for name in COMMITS for end in ("write", "written")), *MARKS)

_passed: Counter[str] = Counter()


class Hit(Exception):
    """The failpoint of this name was armed with `raise`."""


def hit(name: str) -> None:
    """Pass the point `name`: nothing happens unless the setting arms it. Raises Hit where it says so."""
    if settings.FAILPOINT and not settings.PRODUCTION:
        _pass(name)


@contextmanager
def commit(name: str) -> Iterator[None]:
    """An outermost transaction with a point before and one after its commit; see COMMITS."""
    with transaction.atomic(durable=True):
        yield
        hit(f"{name}.write")
    hit(f"{name}.written")


def armed() -> tuple[str, int, bool]:
    """The point that the setting names, at which passing it acts (1 is the first), and whether by raising.

    Raises ValueError for a name that no point has, or a count that is none.
    """
    act, _space, words = settings.FAILPOINT.rpartition(" ")
    name, _colon, count = words.partition(":")
    if name not in NAMES or act not in {"", "raise"}:
        raise ValueError(f"SEPTAM_FAILPOINT={settings.FAILPOINT!r} names no failpoint")
    return name, int(count or 1), act == "raise"


def forget() -> None:
    """Count the passes anew."""
    _passed.clear()


def _pass(name: str) -> None:
    wanted, count, raises = armed()
    if name != wanted:
        return
    _passed[name] += 1
    if _passed[name] != count:
        return
    if raises:
        raise Hit(name)
    os.kill(os.getpid(), signal.SIGKILL)
