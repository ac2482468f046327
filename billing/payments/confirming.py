"""The bank is asked, and its word is written: verify, then settle. Only here does an attempt become paid."""

import logging
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction

from billing import attempts, completion, gateways, price_fit, refunds
from billing.attempts import change, is_leased, move, note
from billing.gateways import Answer, Outcome, Sale, Step
from billing.models import AttemptState, Order, OrderState, PaymentAttempt
from billing.models.payments import NOT_SOLD, PLACE_CHANGED
from billing.payment_messages import tell_duplicate, tell_failed_late, tell_unclear
from billing.payments import standing
from septam import clock, failpoints

logger = logging.getLogger(__name__)
S = AttemptState
ASKING = (S.RETURNED, S.VERIFYING, S.VERIFIED)


def confirm(attempt_id: int) -> None:
    """Ask the bank (verify, then settle) and write its word; quietly nothing where there is nothing to ask.

    Of callers at the same time one asks, the others return at once.
    """
    leased = _lease(attempt_id)
    if leased is None:
        return
    attempt, known = leased
    gateway = gateways.gateway(attempt.gateway)
    if attempt.state == S.VERIFYING:
        answer = gateway.confirm(known, Step.VERIFY)
        failpoints.hit("payments.verify.answered")
        if not _write_verify(attempt_id, answer):
            return
        if answer.is_settled:
            _write_settle(attempt_id, answer)
            return
        known = replace(known, reference=answer.reference or known.reference)
    answer = gateway.confirm(known, Step.SETTLE)
    failpoints.hit("payments.settle.answered")
    _write_settle(attempt_id, answer)


def _lease(attempt_id: int) -> tuple[PaymentAttempt, Sale] | None:
    """Take the attempt for LEASE; None where it is held, done, or must stay unpaid."""
    with failpoints.commit("payments.lease"):
        attempt = attempts.locked(attempt_id)
        now = clock.now()
        if attempt.state not in ASKING or is_leased(attempt, now):
            return None
        beside = standing.of(attempt)
        if beside.is_paid:
            _leave_second(attempt)
            return None
        if attempt.state == S.RETURNED:
            if beside.has_rival:
                _give_way(attempt)
                return None
            # While it was held for this payment the place stood still, and its owner's account.
            if beside.was_let_go and (objection := _why_not_wanted(attempt.order)):
                _refuse(attempt, objection)
                return None
            move(attempt, S.VERIFYING, "verify", leased_until=now + attempts.LEASE)
        else:
            change(attempt, leased_until=now + attempts.LEASE)
    return attempt, attempts.sale(attempt)


def _leave_second(attempt: PaymentAttempt) -> None:
    """Ask nothing more: the order is paid by other money.

    A sale that was never verified is returned by the bank. One that was, or may have been, is a person's: what
    the bank keeps of it is owed back.
    """
    if attempt.state == S.RETURNED:
        move(attempt, S.DUPLICATE, "duplicate", next_check_at=None, leased_until=None)
        tell_duplicate(attempt)
    else:
        logger.error("payment %s needs review: its order is paid", attempt.order_number)
        _give_to_person(attempt, "duplicate")


def take(attempt: PaymentAttempt, kind: str, code: str = "", **fields: Any) -> None:
    """Write that the bank keeps this money: the order is paid by it, or it is a second payment and owed back.

    Call it with order and attempt locked. `fields` go to attempts.move.
    """
    now = clock.now()
    is_second = attempt.order.state in (OrderState.PAID, OrderState.PAID_UNPLACED)
    move(
        attempt, S.DUPLICATE if is_second else S.SETTLED, kind, code, settled_at=now, next_check_at=None,
        leased_until=None, result_code=code, **fields,
    )  # fmt: skip
    if is_second:
        refunds.open_for_duplicate(attempt)
    else:
        completion.complete(attempt.order, attempt, now)


def _why_not_wanted(order: Order) -> str:
    """What changed between cancelling and paying: our own result code; empty where nothing did."""
    if not (order.owner.is_active and price_fit.fits(order)):
        return PLACE_CHANGED
    return NOT_SOLD if price_fit.shut_laboratory(order) or price_fit.is_late(order) else ""


def _refuse(attempt: PaymentAttempt, objection: str) -> None:
    """Leave the sale unverified, so that the bank returns it."""
    kind = {PLACE_CHANGED: "place_changed", NOT_SOLD: "not_sold"}[objection]
    move(attempt, S.FAILED, kind, next_check_at=None, result_code=objection)
    tell_failed_late(attempt)


def _give_way(attempt: PaymentAttempt) -> None:
    """Wait for the outcome of the order's other attempt; unverified, the bank returns this one by itself."""
    now = clock.now()
    if now >= attempts.deadline(attempt):
        _give_to_person(attempt, "rival")
    else:
        change(attempt, next_check_at=now + attempts.pause_after(1))


def _write_verify(attempt_id: int, answer: Answer) -> bool:
    """Write the bank's answer to a verify; True: go on to settle."""
    with failpoints.commit("payments.verify"):
        attempt = attempts.locked(attempt_id)
        if attempt.state != S.VERIFYING:
            return False
        if answer.outcome == Outcome.PAID:
            return _write_verified(attempt, answer)
        if answer.outcome == Outcome.UNKNOWN:
            _wait(attempt, "verify", answer)
        else:
            _end_unpaid(attempt, "verify", answer)
    return False


def _write_verified(attempt: PaymentAttempt, answer: Answer) -> bool:
    """Write that the bank confirmed, and the reference that some banks name only now; False: not that sale."""
    if attempt.reference and answer.reference not in ("", attempt.reference):
        _refuse_reference(attempt, answer)
        return False
    if attempt.reference or not answer.reference:
        _verified(attempt, answer)
        return True
    try:
        with transaction.atomic():
            _verified(attempt, answer)
    except IntegrityError:
        # The bank names a reference only now, and it is another attempt's.
        _refuse_reference(attempts.locked(attempt.pk), answer)
        return False
    return True


def _verified(attempt: PaymentAttempt, answer: Answer) -> None:
    now = clock.now()
    move(
        attempt, S.VERIFIED, "verify", answer.code, verified_at=now, next_check_at=now,
        checks=0, leased_until=now + attempts.LEASE, result_code=answer.code, **_learned(answer),
    )  # fmt: skip


def _learned(answer: Answer) -> dict[str, Any]:
    named = {
        "reference": answer.reference,
        "masked_card": answer.masked_card,
        "card_hash": answer.card_hash,
    }
    return {name: value for name, value in named.items() if value}


def _refuse_reference(attempt: PaymentAttempt, answer: Answer) -> None:
    """The bank confirmed a sale that is another attempt's, or not the one of the callback: never settled here."""
    logger.error("the bank confirms attempt %s with a foreign reference", attempt.order_number)
    note(attempt, "other_reference", answer.code, {"reference": answer.reference})
    _give_to_person(attempt, "verify", answer.code)


def _write_settle(attempt_id: int, answer: Answer) -> None:
    with failpoints.commit("payments.settle"):
        attempt = attempts.locked(attempt_id)
        if attempt.state != S.VERIFIED:
            return
        if answer.outcome == Outcome.PAID:
            take(attempt, "settle", answer.code)
        elif answer.outcome == Outcome.UNKNOWN:
            _wait(attempt, "settle", answer)
        else:
            _end_unpaid(attempt, "settle", answer)


def _wait(attempt: PaymentAttempt, kind: str, answer: Answer) -> None:
    """An unknown answer: ask again later; past the deadline a person has to look."""
    now = clock.now()
    checks = attempt.checks + 1
    if now >= attempts.deadline(attempt):
        logger.error("payment %s needs review: no word of the bank", attempt.order_number)
        _give_to_person(attempt, kind, answer.code, checks=checks)
        return
    note(attempt, kind, answer.code or "no answer")
    later = now + attempts.pause_after(checks)
    change(attempt, checks=checks, next_check_at=later, leased_until=None, result_code=answer.code)
    if checks > 1:
        tell_unclear(attempt)


def _give_to_person(attempt: PaymentAttempt, kind: str, code: str = "", **fields: Any) -> None:
    move(attempt, S.NEEDS_REVIEW, kind, code, next_check_at=None, leased_until=None, **fields)
    tell_unclear(attempt)


def _end_unpaid(attempt: PaymentAttempt, kind: str, answer: Answer) -> None:
    target = S.REVERSED if answer.outcome == Outcome.REVERSED else S.FAILED
    if target not in attempts.MOVES[attempt.state]:
        _give_to_person(attempt, kind, answer.code, result_code=answer.code)
        return
    move(
        attempt, target, kind, answer.code, next_check_at=None, leased_until=None, result_code=answer.code,
        **_freed(attempt, target, answer),
    )  # fmt: skip
    tell_failed_late(attempt)


def _freed(attempt: PaymentAttempt, target: str, answer: Answer) -> dict[str, Any]:
    """A browser brought the reference, and the bank knows no such payment: it may be that of another attempt."""
    if (attempt.state, target) != (S.VERIFYING, S.FAILED) or not attempt.reference:
        return {}
    note(attempt, attempts.FREED, answer.code, {"reference": attempt.reference})
    return {"reference": ""}
