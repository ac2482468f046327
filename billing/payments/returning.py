"""The payer comes back: what the browser brought is noted, and only ever taken for a claim."""

import logging
from collections.abc import Mapping

from django.db import IntegrityError, transaction

from billing import attempts, gateways
from billing.attempts import move, note
from billing.gateways import Callback, Return
from billing.models import AttemptState, PaymentAttempt
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
    found = PaymentAttempt.objects.filter(gateway=gateway_name, token=callback.token).first()
    if found is None:
        return None
    with failpoints.commit("payments.callback"):
        attempt = attempts.locked(found.pk)
        is_kept = _note_callback(attempt, callback, fields, gateway.card_field)
        if callback.order_number not in (None, attempt.order_number):
            logger.error("callback of attempt %s names another order number", attempt.order_number)
            return None
        # Where no reference tells copies apart, a failed one is not asked about for ever.
        return _take(attempt, callback) if is_kept or attempt.state != S.FAILED else attempt


def receive_found(attempt_id: int) -> None:
    """Take an attempt for returned because the bank's own list says that it was paid and waits for our word."""
    with failpoints.commit("payments.found"):
        attempt = attempts.locked(attempt_id)
        if attempt.state in FINDABLE and not attempt.reference:
            _take_paid(attempt, Callback(attempt.token, None, Return.PAID, "found"))


def _note_callback(
    attempt: PaymentAttempt, callback: Callback, fields: Mapping[str, str], card_field: str
) -> bool:
    """Keep what came in the history; False: there are enough of it."""
    if attempt.events.filter(kind="callback").count() >= CALLBACKS_KEPT:
        return False
    shown = _masked(fields, card_field)
    if card_field:
        shown[card_field] = callback.masked_card
    note(
        attempt, "callback", callback.code, {name: value for name, value in shown.items() if value}
    )
    return True


def _masked(fields: Mapping[str, str], card_field: str) -> dict[str, str]:
    """The fields, short, without what Postgres cannot keep; the card only as the gateway masked it."""
    kept = [(name, fields[name]) for name in list(fields)[:30] if name != card_field]
    return {name[:40].replace("\0", ""): value[:200].replace("\0", "") for name, value in kept}


def _take(attempt: PaymentAttempt, callback: Callback) -> PaymentAttempt | None:
    if attempt.reference or attempt.state not in TAKING:
        return attempt
    if callback.claim == Return.PAID:
        return _take_paid(attempt, callback)
    if attempt.state in (S.SENT, S.ABANDONED):
        target = S.CANCELLED if callback.claim == Return.CANCELLED else S.FAILED
        code = callback.code
        move(attempt, target, "returned", code, result_code=code, next_check_at=None)
    return attempt


def _take_paid(attempt: PaymentAttempt, callback: Callback) -> PaymentAttempt | None:
    now = clock.now()
    try:
        with transaction.atomic():
            attempts.note_amount(attempt, callback.final_amount_rial)
            move(
                attempt, S.RETURNED, "returned", callback.code, reference=callback.reference,
                masked_card=callback.masked_card, card_hash=callback.card_hash,
                final_amount_rial=callback.final_amount_rial, returned_at=now, next_check_at=now,
                result_code=callback.code,
            )  # fmt: skip
    except IntegrityError:
        # The reference belongs to another attempt: somebody plays an old receipt again.
        logger.error("callback of attempt %s brings a used reference", attempt.order_number)
        return None
    return attempt
