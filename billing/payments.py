"""Payment truth: start, callback, confirm, resolve. The only writer of payment attempts.

Each step: record and commit → talk to the bank outside any transaction, under a lease → lock, compare, write.
Only a settled attempt means paid. An unknown answer stays unknown (verifying) until the jobs have the bank's
word, or a person must look. Nothing is ever reversed automatically.
"""

import logging
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse

from billing import attempts, completion, gateways, price_fit
from billing.attempts import change, is_leased, move, note
from billing.cart import cart_of
from billing.gateways import Answer, Callback, NewPayment, Outcome, Return, Sale, Started, Step
from billing.models import AttemptState, Order, OrderState, PaymentAttempt
from billing.models.payments import PLACE_CHANGED, UNDER_CHECK
from billing.numbers import bank_number
from billing.orders import PriceChanged
from billing.payment_messages import tell_duplicate, tell_failed_late, tell_unclear
from septam import clock

logger = logging.getLogger(__name__)
S = AttemptState
ASKING = (S.RETURNED, S.VERIFYING, S.VERIFIED)
# More copies of one callback than this are not kept.
CALLBACKS_KEPT = 20
# What one run of the job takes.
BATCH = 40


class CannotStart(Exception):
    """The order is not open, costs nothing, or a payment of it is being checked with the bank."""


class StartFailed(Exception):
    """The bank gave no payment page; the attempt is kept as failed and another may be made."""


def start(order: Order, gateway_name: str) -> PaymentAttempt:
    """Begin a payment of the order: the attempt is `sent` and holds the bank's token.

    Raises CannotStart, orders.PriceChanged if a place is not what was priced, StartFailed, and KeyError for a gateway that the settings do not name.
    """
    gateway = gateways.gateway(gateway_name)
    attempt = _create(order.pk, gateway_name)
    answer = gateway.start(_new_payment(attempt))
    if answer.number_was_used:
        logger.error("order number %s was used before at %s", attempt.order_number, gateway_name)
        _write_start(attempt.pk, answer)
        attempt = _create(order.pk, gateway_name)
        answer = gateway.start(_new_payment(attempt))
    attempt = _write_start(attempt.pk, answer)
    if attempt.state != S.SENT:
        raise StartFailed(answer.code)
    return attempt


def _create(order_id: int, gateway_name: str) -> PaymentAttempt:
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order_id)
        if order.state != OrderState.OPEN or order.payable_rial <= 0:
            raise CannotStart
        if order.attempts.filter(state__in=UNDER_CHECK).exists():
            raise CannotStart
        if not price_fit.fits(order):
            raise PriceChanged(cart_of(order.owner))
        now = clock.now()
        attempt = PaymentAttempt.objects.create(
            order=order, gateway=gateway_name, order_number=bank_number(), amount_rial=order.payable_rial,
            created_at=now, next_check_at=now + attempts.START_DIES_AFTER,
        )  # fmt: skip
        note(attempt, "created")
        return attempt


def _new_payment(attempt: PaymentAttempt) -> NewPayment:
    path = reverse("billing:callback", args=[attempt.gateway])
    return NewPayment(
        order_number=attempt.order_number,
        amount_rial=attempt.amount_rial,
        moment=attempt.created_at,
        callback_url=f"{settings.BASE_URL}{path}",
        description=attempt.order.number,
    )


def _write_start(attempt_id: int, answer: Started) -> PaymentAttempt:
    now = clock.now()
    with transaction.atomic():
        attempt = attempts.locked(attempt_id)
        if answer.token and attempt.state == S.CREATED:
            move(
                attempt, S.SENT, "start", answer.code, token=answer.token, sent_at=now,
                result_code=answer.code, next_check_at=now + attempts.ABANDON_AFTER,
            )  # fmt: skip
        elif attempt.state == S.CREATED:
            move(
                attempt, S.FAILED, "start", answer.code, result_code=answer.code, next_check_at=None
            )
        return attempt


def receive_callback(gateway_name: str, post: Mapping[str, str]) -> PaymentAttempt | None:
    """Record what the payer's browser brought back; None where token and order number name no attempt of ours.

    The caller then confirms the attempt if it is `returned`.
    """
    if gateway_name not in gateways.names():
        return None
    callback = gateways.gateway(gateway_name).parse_callback(post)
    if callback is None:
        return None
    found = PaymentAttempt.objects.filter(gateway=gateway_name, token=callback.token).first()
    if found is None:
        return None
    with transaction.atomic():
        attempt = attempts.locked(found.pk)
        _note_callback(attempt, callback, post)
        if attempt.order_number != callback.order_number:
            logger.error("callback of attempt %s names another order number", attempt.order_number)
            return None
        return _take(attempt, callback)


def _note_callback(attempt: PaymentAttempt, callback: Callback, post: Mapping[str, str]) -> None:
    if attempt.events.filter(kind="callback").count() < CALLBACKS_KEPT:
        shown = {**_masked(post), "CardHolderPan": callback.masked_card}
        note(
            attempt,
            "callback",
            callback.code,
            {name: value for name, value in shown.items() if value},
        )


def _masked(post: Mapping[str, str]) -> dict[str, str]:
    """The posted fields, short, without what Postgres cannot keep; the card only as the gateway masked it."""
    fields = [(name, post[name]) for name in list(post)[:30] if name != "CardHolderPan"]
    return {name[:40].replace("\0", ""): value[:200].replace("\0", "") for name, value in fields}


def _take(attempt: PaymentAttempt, callback: Callback) -> PaymentAttempt | None:
    if attempt.reference or attempt.state not in (S.SENT, S.ABANDONED, S.CANCELLED, S.FAILED):
        return attempt
    if callback.claim != Return.PAID:
        if attempt.state in (S.SENT, S.ABANDONED):
            target = S.CANCELLED if callback.claim == Return.CANCELLED else S.FAILED
            move(
                attempt,
                target,
                "returned",
                callback.code,
                result_code=callback.code,
                next_check_at=None,
            )
        return attempt
    return _take_paid(attempt, callback)


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
        if not _write_verify(attempt_id, answer):
            return
    _write_settle(attempt_id, gateway.confirm(known, Step.SETTLE))


def _lease(attempt_id: int) -> tuple[PaymentAttempt, Sale] | None:
    """Take the attempt for LEASE; None where it is held, done, or must stay unpaid."""
    with transaction.atomic():
        attempt = attempts.locked(attempt_id)
        now = clock.now()
        if attempt.state not in ASKING or is_leased(attempt, now):
            return None
        if attempt.state != S.VERIFIED and _is_paid_already(attempt.order):
            move(attempt, S.DUPLICATE, "duplicate", next_check_at=None, leased_until=None)
            tell_duplicate(attempt)
            return None
        if attempt.state == S.RETURNED:
            if attempts.has_rival(attempt):
                _give_way(attempt)
                return None
            if not price_fit.fits(attempt.order):
                _refuse_changed(attempt)
                return None
            move(attempt, S.VERIFYING, "verify")
        change(attempt, leased_until=now + attempts.LEASE)
    return attempt, Sale(attempt.order_number, attempt.reference, attempt.amount_rial)


def _refuse_changed(attempt: PaymentAttempt) -> None:
    """Leave the sale unverified, so that the bank returns it: the place was edited between cancelling and paying."""
    move(attempt, S.FAILED, "place_changed", next_check_at=None, result_code=PLACE_CHANGED)
    tell_failed_late(attempt)


def _give_way(attempt: PaymentAttempt) -> None:
    """Wait for the outcome of the order's other attempt; unverified, the bank returns this one by itself."""
    now = clock.now()
    if now >= attempts.deadline(attempt):
        move(attempt, S.NEEDS_REVIEW, "rival", next_check_at=None)
    else:
        change(attempt, next_check_at=now + attempts.pause_after(1))


def _is_paid_already(order: Order) -> bool:
    """Whether nothing of the order is left to pay: itself, or each of its requests by another order."""
    if order.state in (OrderState.PAID, OrderState.PAID_UNPLACED):
        return True
    return not order.lines.filter(request__paid_at=None).exists()


def _write_verify(attempt_id: int, answer: Answer) -> bool:
    """Write the bank's answer to a verify; True: go on to settle."""
    now = clock.now()
    with transaction.atomic():
        attempt = attempts.locked(attempt_id)
        if attempt.state != S.VERIFYING:
            return False
        if answer.outcome == Outcome.UNKNOWN:
            _wait(attempt, "verify", answer)
        elif answer.outcome == Outcome.PAID:
            move(
                attempt, S.VERIFIED, "verify", answer.code, verified_at=now, next_check_at=now,
                checks=0, leased_until=now + attempts.LEASE, result_code=answer.code,
            )  # fmt: skip
        else:
            _end_unpaid(attempt, "verify", answer)
    return answer.outcome == Outcome.PAID


def _write_settle(attempt_id: int, answer: Answer) -> None:
    now = clock.now()
    with transaction.atomic():
        attempt = attempts.locked(attempt_id)
        if attempt.state != S.VERIFIED:
            return
        if answer.outcome == Outcome.PAID:
            move(
                attempt, S.SETTLED, "settle", answer.code, settled_at=now, next_check_at=None,
                leased_until=None, result_code=answer.code,
            )  # fmt: skip
            completion.complete(attempt.order, attempt, now)
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
        move(
            attempt,
            S.NEEDS_REVIEW,
            kind,
            answer.code,
            next_check_at=None,
            leased_until=None,
            checks=checks,
        )
        tell_unclear(attempt)
        return
    note(attempt, kind, answer.code or "no answer")
    later = now + attempts.pause_after(checks)
    change(attempt, checks=checks, next_check_at=later, leased_until=None, result_code=answer.code)
    if checks > 1:
        tell_unclear(attempt)


def _end_unpaid(attempt: PaymentAttempt, kind: str, answer: Answer) -> None:
    target = S.REVERSED if answer.outcome == Outcome.REVERSED else S.FAILED
    may_end = target in attempts.MOVES[attempt.state]
    move(
        attempt, target if may_end else S.NEEDS_REVIEW, kind, answer.code, next_check_at=None,
        leased_until=None, result_code=answer.code,
    )  # fmt: skip
    if may_end:
        tell_failed_late(attempt)
    else:
        tell_unclear(attempt)


def resolve_due() -> int:
    """Ask the bank about attempts whose time has come, give up those that nobody finished; returns how many.

    One process or many: the lease lets only one ask about an attempt.
    """
    now = clock.now()
    # A check far ahead was set before a demo's clock was moved back.
    due = Q(next_check_at__lte=now) | Q(next_check_at__gt=now + timedelta(hours=1))
    rows = PaymentAttempt.objects.filter(due, state__in=(S.CREATED, S.SENT, *ASKING))
    ready = list(rows.order_by("next_check_at").values_list("pk", "state")[:BATCH])
    for attempt_id, state in ready:
        if state in ASKING:
            confirm(attempt_id)
        else:
            _abandon(attempt_id)
    return len(ready)


def _abandon(attempt_id: int) -> None:
    """Give up an attempt that nobody finished; a late callback of it is still accepted."""
    with transaction.atomic():
        attempt = attempts.locked(attempt_id)
        if attempt.state in (S.CREATED, S.SENT):
            move(attempt, S.ABANDONED, "abandon", next_check_at=None)
