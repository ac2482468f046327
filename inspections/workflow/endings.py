"""Verbs that end a paid request before its visit, and the hook by which refunds hear of it."""

from collections.abc import Callable

from django.db import transaction

from accounts.models import User
from inspections import messages, money_back
from inspections.models import SlotState, VisitRequest
from inspections.workflow.core import check, close_slot, holding_slot, lock, move, require_seen
from sites import freezing

OnCancelled = Callable[[VisitRequest, User], None]
_listeners: list[OnCancelled] = []


def register_cancelled(listener: OnCancelled) -> None:
    """Let `listener(request, actor)` open a refund case when a paid request is withdrawn or cancelled.

    It runs inside the verb's transaction, with the request locked: it may insert rows. Orders come before
    requests in the lock order; `inspections.money_back` locks the request's. Call it from an AppConfig's ready().
    """
    if listener not in _listeners:
        _listeners.append(listener)


def withdraw(request_id: int, owner: User, reason: str = "") -> None:
    """The owner gives up, before a time is accepted."""
    with transaction.atomic():
        money_back.hold(request_id)
        request = lock(request_id, owner=owner)
        _end(request, "withdraw", owner, reason, code="withdrawn")


def cancel(request_id: int, actor: User, reason: str, *, seen: int | None = None) -> None:
    """Support cancels a paid request that was not visited; always with a refund.

    Raises MovedOn where it was changed since its event `seen`: a time may have been agreed on meanwhile.
    """
    with transaction.atomic():
        money_back.hold(request_id)
        request = lock(request_id)
        require_seen(request, seen)
        _end(request, "cancel", actor, reason, code="cancelled")


def _end(request: VisitRequest, verb: str, actor: User, reason: str, *, code: str) -> None:
    check(request, verb)
    slot = holding_slot(request)
    messages.called_off(request, slot)
    close_slot(slot, SlotState.WITHDRAWN)
    move(request, verb, actor, reason, code=code)
    freezing.unfreeze(request.place_id)
    messages.ended(request, by_owner=verb == "withdraw")
    for listener in _listeners:
        listener(request, actor)
