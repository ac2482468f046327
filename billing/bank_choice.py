"""Which banks a payer may choose among, and which of them do not answer just now. Nobody is called for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.utils.functional import Promise

from billing import gateways, limits
from billing.models import AttemptState, Order, PaymentAttempt
from septam import clock

# A bank whose last so many starts gave no payment page is offered last.
FAILURES = 3
# An older failure says nothing of now: the bank is tried again.
REMEMBERED = timedelta(minutes=15)
# More of the latest attempts are not looked at.
LOOKED_AT = 100


@dataclass(frozen=True)
class OfferedBank:
    """A bank as the payer reads it."""

    name: str
    title: str | Promise
    is_down: bool = False


@dataclass(frozen=True)
class _Start:
    gateway: str
    order_id: int
    has_failed: bool


def banks_for(amount_rial: int, order: Order | None = None) -> list[OfferedBank]:
    """The banks that take this sum at once: those that answer first, each group as the settings rank them.

    A bank that just failed for this very order counts as one that does not answer. One query.
    """
    names = limits.offered_for(amount_rial)
    down = _down(names, order.pk if order else 0) if len(names) > 1 else set[str]()
    banks = [OfferedBank(name, gateways.gateway(name).title, name in down) for name in names]
    return sorted(banks, key=lambda bank: bank.is_down)


def chosen(banks: Iterable[OfferedBank], name: str) -> str:
    """The chosen name if it is offered, else the first one's; empty where none is offered."""
    names = [bank.name for bank in banks]
    return name if name in names else next(iter(names), "")


def _down(names: Iterable[str], order_id: int) -> set[str]:
    starts = _latest_starts()
    return {name for name in names if _is_down(name, starts, order_id)}


def _is_down(name: str, starts: list[_Start], order_id: int) -> bool:
    here = [start for start in starts if start.gateway == name]
    for_order = [start for start in here if start.order_id == order_id]
    if for_order and for_order[0].has_failed:
        return True
    last = here[:FAILURES]
    return len(last) == FAILURES and all(start.has_failed for start in last)


def _latest_starts() -> list[_Start]:
    """What became of the latest starts, the newest first."""
    since = clock.now() - REMEMBERED
    rows = PaymentAttempt.objects.order_by("-pk").exclude(state=AttemptState.CREATED)
    fields = ("gateway", "order_id", "token", "state", "result_code", "created_at")
    return [
        _Start(name, order_id, _has_failed(name, token, state, code))
        for name, order_id, token, state, code, at in rows.values_list(*fields)[:LOOKED_AT]
        if at >= since
    ]


def _has_failed(name: str, token: str, state: str, code: str) -> bool:
    """Whether the bank gave no page, and not because of what the payer wanted to pay."""
    if token or state != AttemptState.FAILED or name not in gateways.known():
        return False
    return gateways.gateway(name).explain(code).kind != "U"
