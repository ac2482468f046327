"""How billing.payments holds and moves one payment attempt: locks, table of moves, history, lease, next check.

Nothing else may import the functions that write.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from billing import gateways
from billing.models import AttemptState, Order, PaymentAttempt, PaymentEvent, RefundCase
from billing.models.payments import UNDER_CHECK
from septam import clock

logger = logging.getLogger(__name__)
S = AttemptState
# From where to where an attempt may move. One that was given up, cancelled or failed without the bank's
# reference still takes a late callback.
MOVES: dict[str, frozenset[str]] = {
    S.CREATED: frozenset({S.SENT, S.FAILED, S.ABANDONED}),
    S.SENT: frozenset({S.RETURNED, S.CANCELLED, S.FAILED, S.ABANDONED, S.DUPLICATE}),
    S.ABANDONED: frozenset({S.RETURNED, S.CANCELLED, S.FAILED, S.DUPLICATE}),
    S.CANCELLED: frozenset({S.RETURNED, S.DUPLICATE}),
    S.FAILED: frozenset({S.RETURNED, S.DUPLICATE}),
    S.RETURNED: frozenset({S.VERIFYING, S.FAILED, S.DUPLICATE, S.NEEDS_REVIEW}),
    S.VERIFYING: frozenset({S.VERIFIED, S.FAILED, S.REVERSED, S.DUPLICATE, S.NEEDS_REVIEW}),
    S.VERIFIED: frozenset({S.SETTLED, S.REVERSED, S.DUPLICATE, S.NEEDS_REVIEW}),
}
# What a person may do on evidence (billing.review), and nothing else: ask again, or write what became of the money.
# Money may turn up late of any try, also of a second one that the bank was thought to return.
_FOUND = frozenset({S.SETTLED, S.DUPLICATE})
BY_PERSON: dict[str, frozenset[str]] = {
    S.NEEDS_REVIEW: frozenset({S.VERIFYING, S.VERIFIED, S.FAILED, S.REVERSED}) | _FOUND,
    **dict.fromkeys((S.ABANDONED, S.CANCELLED, S.FAILED, S.REVERSED, S.DUPLICATE), _FOUND),
}
# Longer than both calls to the bank may take; after it another process may ask.
LEASE = timedelta(seconds=90)
# When the bank is asked again after an unknown answer, counted from the one before.
PAUSES = tuple(timedelta(seconds=s) for s in (10, 50, 120, 240, 300))
# After the bank's own time to confirm it returns the sale; so long after that, a person has to look.
REVIEW_AFTER = timedelta(minutes=5)
ABANDON_AFTER = timedelta(minutes=30)
# A start whose process died before the bank's answer: the payer never saw a page.
START_DIES_AFTER = timedelta(minutes=5)


def locked(attempt_id: int) -> PaymentAttempt:
    """The attempt with its order, both locked in that order. Raises PaymentAttempt.DoesNotExist."""
    orders = Order.objects.select_for_update(of=("self",)).select_related("owner")
    # An attempt never changes its order, so the join needs no lock of its own.
    order = orders.filter(attempts=attempt_id).first()
    if order is None:
        raise PaymentAttempt.DoesNotExist
    attempt = PaymentAttempt.objects.select_for_update().get(pk=attempt_id)
    attempt.order = order
    return attempt


def move(
    attempt: PaymentAttempt,
    target: str,
    kind: str,
    code: str = "",
    *,
    by_person: Mapping[str, Any] | None = None,
    **fields: Any,
) -> None:
    """Write the state with these fields and one history row. The attempt is locked by the caller.

    `by_person` holds who decided it and why: then the table BY_PERSON counts. Raises ValueError for a move that
    the table does not have.
    """
    table = MOVES if by_person is None else BY_PERSON
    if target not in table.get(attempt.state, frozenset()):
        raise ValueError(f"an attempt cannot move from {attempt.state} to {target}")
    note(attempt, kind, code, by_person, to_state=target)
    change(attempt, state=target, **fields)


def change(attempt: PaymentAttempt, **fields: Any) -> None:
    """Write these fields of a locked attempt."""
    for name, value in fields.items():
        setattr(attempt, name, value)
    attempt.save(update_fields=list(fields))


def note(
    attempt: PaymentAttempt,
    kind: str,
    code: str = "",
    detail: Mapping[str, Any] | None = None,
    to_state: str = "",
) -> None:
    """Add a history row: what came or was answered, and the move it caused, if any."""
    PaymentEvent.objects.create(
        attempt=attempt, at=clock.now(), kind=kind, code=code, detail=dict(detail or {}),
        from_state=attempt.state, to_state=to_state or attempt.state,
    )  # fmt: skip


def note_amount(attempt: PaymentAttempt, bank_rial: int | None) -> None:
    """Keep in the history, for finance, that the bank names another amount (rial) than ours; None: it named none."""
    if bank_rial in (None, attempt.amount_rial):
        return
    logger.error(
        "the bank names %s rial for attempt %s of %s rial",
        bank_rial, attempt.order_number, attempt.amount_rial,
    )  # fmt: skip
    note(attempt, "other_amount", detail={"ours_rial": attempt.amount_rial, "bank_rial": bank_rial})


def is_leased(row: PaymentAttempt | RefundCase, now: datetime) -> bool:
    """Whether somebody is talking to the bank about it. A lease far ahead is of a clock that was moved back.

    Far is twice its length: another process may have read the clock a moment after this one did.
    """
    return row.leased_until is not None and now < row.leased_until <= now + 2 * LEASE


def is_due(now: datetime) -> Q:
    """Rows whose next check has come. One far ahead was set before a demo's clock was moved back."""
    return Q(next_check_at__lte=now) | Q(next_check_at__gt=now + timedelta(hours=1))


def has_rival(attempt: PaymentAttempt) -> bool:
    """Whether the bank is being asked about another attempt of the same order: two must never both be paid."""
    rivals = PaymentAttempt.objects.filter(order_id=attempt.order_id).exclude(pk=attempt.pk)
    return rivals.filter(state__in=set(UNDER_CHECK) - {S.RETURNED}).exists()


def pause_after(checks: int) -> timedelta:
    """How long to wait after so many unknown answers."""
    return PAUSES[min(checks, len(PAUSES)) - 1] if checks else timedelta(0)


def deadline(attempt: PaymentAttempt) -> datetime:
    """When asking the bank ends and a person has to look, by that bank's own time limits."""
    bank = gateways.gateway(attempt.gateway)
    if attempt.state == S.VERIFIED:
        return (attempt.verified_at or attempt.created_at) + bank.settle_within
    began = attempt.returned_at or attempt.sent_at or attempt.created_at
    return began + bank.confirm_within + REVIEW_AFTER


def sale(attempt: PaymentAttempt) -> gateways.Sale:
    """The attempt as its bank knows it."""
    return gateways.Sale(
        attempt.order_number, attempt.token, attempt.reference, attempt.amount_rial
    )
