"""The payer comes back: what the browser brought is noted, and only ever taken for a claim."""

import logging
from collections.abc import Mapping, Sequence

from django.db import IntegrityError

from billing import attempts, gateways
from billing.attempts import event, move
from billing.gateways import Callback, Return
from billing.models import AttemptState, PaymentAttempt, PaymentEvent
from septam import clock, failpoints

logger = logging.getLogger(__name__)
S = AttemptState
# More copies of one callback than this are not kept.
CALLBACKS_KEPT = 20
# What may still become paid by a callback, if the bank has named no reference of it yet.
TAKING = (S.SENT, S.ABANDONED, S.CANCELLED, S.FAILED)
# The same where the bank itself told of the sale; one that failed was refused by us or by its word.
FINDABLE = (S.SENT, S.ABANDONED, S.CANCELLED)


def receive_callback(gateway_name: str, fields: Mapping[str, str]) -> PaymentAttempt | None:
    """Record what the payer's browser brought back; None where it names no attempt of ours.

    It must name the token and, where the bank's callback has one, the order number of the same attempt. The
    caller then confirms the attempt if it is `returned`.
    """
    if gateway_name not in gateways.known():
        return None
    gateway = gateways.gateway(gateway_name)
    callback = gateway.parse_callback(fields)
    if callback is None:
        return None
    shown = _shown(fields, callback, gateway.card_field)
    try:
        return _receive(gateway_name, callback, shown)
    except IntegrityError:
        # The reference belongs to another attempt: somebody plays an old receipt again.
        return _receive(gateway_name, callback, shown, is_replayed=True)


def _receive(
    gateway_name: str, callback: Callback, shown: Mapping[str, str], *, is_replayed: bool = False
) -> PaymentAttempt | None:
    """Write what came, and what follows of it. Raises IntegrityError for a reference that was used before."""
    with failpoints.commit("payments.callback"):
        attempt = attempts.locked_by_token(gateway_name, callback.token)
        if attempt is None:
            return None
        is_ours = callback.order_number in (None, attempt.order_number)
        if not is_ours:
            logger.error("callback of attempt %s names another order number", attempt.order_number)
        elif is_replayed:
            logger.error("callback of attempt %s brings a used reference", attempt.order_number)
        if not is_ours or is_replayed:
            attempts.keep(_events(attempt, callback, shown))
            return None
        _take(attempt, callback, shown)
        return attempt


def receive_found(attempt_id: int) -> None:
    """Take an attempt for returned because the bank's own list says that it was paid and waits for our word."""
    with failpoints.commit("payments.found"):
        attempt = attempts.locked(attempt_id)
        if attempt.state in FINDABLE and not attempt.reference:
            _take_paid(attempt, Callback(attempt.token, None, Return.PAID, "found"), [])


def _shown(fields: Mapping[str, str], callback: Callback, card_field: str) -> dict[str, str]:
    """The fields, short, without what Postgres cannot keep; the card only as the gateway masked it."""
    kept = [(name, fields[name]) for name in list(fields)[:30] if name != card_field]
    shown = {name[:40].replace("\0", ""): value[:200].replace("\0", "") for name, value in kept}
    if card_field:
        shown[card_field] = callback.masked_card
    return {name: value for name, value in shown.items() if value}


def _events(
    attempt: PaymentAttempt, callback: Callback, shown: Mapping[str, str]
) -> list[PaymentEvent]:
    """The history row of what came; none where there are enough of it."""
    if attempt.events.filter(kind="callback").count() >= CALLBACKS_KEPT:
        return []
    return [event(attempt, "callback", callback.code, shown)]


def _take(attempt: PaymentAttempt, callback: Callback, shown: Mapping[str, str]) -> None:
    if attempt.state == S.SENT:
        # It leaves this state now, so this happens once: nothing is to be counted.
        events = [event(attempt, "callback", callback.code, shown)]
    else:
        events = _events(attempt, callback, shown)
        if not events and attempt.state == S.FAILED:
            # Where no reference tells copies apart, a failed one is not asked about for ever.
            return
    if attempt.reference or attempt.state not in TAKING or _was_refused(attempt, callback):
        attempts.keep(events)
    elif callback.claim == Return.PAID:
        _take_paid(attempt, callback, events)
    elif attempt.state in (S.SENT, S.ABANDONED):
        target = S.CANCELLED if callback.claim == Return.CANCELLED else S.FAILED
        code = callback.code
        move(attempt, target, "returned", code, after=events, result_code=code, next_check_at=None)
    else:
        attempts.keep(events)


def _was_refused(attempt: PaymentAttempt, callback: Callback) -> bool:
    """Whether the bank said of just this reference that it knows no such payment: it is asked once."""
    if attempt.state != S.FAILED or not callback.reference:
        return False
    refused = attempt.events.filter(kind=attempts.FREED)
    return refused.filter(detail__reference=callback.reference).exists()


def _take_paid(attempt: PaymentAttempt, callback: Callback, events: Sequence[PaymentEvent]) -> None:
    now = clock.now()
    move(
        attempt, S.RETURNED, "returned", callback.code,
        after=[*events, *attempts.other_amount(attempt, callback.final_amount_rial)],
        reference=callback.reference, masked_card=callback.masked_card, card_hash=callback.card_hash,
        final_amount_rial=callback.final_amount_rial, returned_at=now, next_check_at=now,
        result_code=callback.code,
    )  # fmt: skip
