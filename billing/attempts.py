"""How billing.payments holds and moves one payment attempt: locks, table of moves, history, lease, next check.

Nothing else may import the functions that write.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model, Q

from billing import gateways
from billing.models import AttemptState, Order, PaymentAttempt, PaymentEvent, RefundCase
from septam import clock
from septam.postgres.prepared import AS_COLUMN, Statement
from septam.postgres.prepared_writes import Insert

logger = logging.getLogger(__name__)
S = AttemptState
M = TypeVar("M", bound=Model)
# The history's word for a reference that the bank does not know of this attempt.
FREED = "reference_freed"
# Its words for money that one person found in the bank's report, and that a second one found there too.
FOUND, ACCEPTED = "review_found", "review_accept"
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
    # Also to review: one person found the money, and another has to see it too.
    **dict.fromkeys(
        (S.ABANDONED, S.CANCELLED, S.FAILED, S.REVERSED, S.DUPLICATE), _FOUND | {S.NEEDS_REVIEW}
    ),
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

# Each step of the money runs these: written out, they cost a quarter. Postgres locks the rows of a joined row
# one by one, as FOR UPDATE OF names them: the order first. What it had to wait for it reads again.
_LOCK = """
SELECT {columns} FROM billing_paymentattempt AS attempt JOIN billing_order AS paid ON paid.id = attempt.order_id
WHERE {condition} FOR UPDATE OF paid, attempt
"""
_INSERT_EVENTS = """
INSERT INTO billing_paymentevent (attempt_id, at, kind, from_state, to_state, code, detail) VALUES {rows}
"""
_EVENT_COLUMNS = 7
_BEGIN = """
WITH made AS (INSERT INTO billing_paymentattempt ({columns}) VALUES ({values}) RETURNING id),
told AS (
  INSERT INTO billing_paymentevent (attempt_id, at, kind, from_state, to_state, code, detail)
  SELECT id, {created_at}, 'created', {state}, {state}, '', '{{}}'::jsonb FROM made
)
SELECT id FROM made
"""
_UPDATE = "UPDATE billing_paymentattempt SET {columns} WHERE id = {key}"
_EVENTS = Insert(PaymentEvent)


def begin(attempt: PaymentAttempt) -> PaymentAttempt:
    """Write a new attempt and the first row of its history; the order is locked by the caller."""
    values = [getattr(attempt, field.attname) for field in attempt._meta.concrete_fields[1:]]
    ((attempt.pk,),) = _beginning().rows(*values)
    attempt._state.adding, attempt._state.db = False, connection.alias
    return attempt


@cache
def _beginning() -> Statement:
    columns = [str(field.column) for field in PaymentAttempt._meta.concrete_fields[1:]]
    places = {column: f"${number}" for number, column in enumerate(columns, 1)}
    text = _BEGIN.format(columns=", ".join(places), values=", ".join(places.values()), **places)
    return Statement(text, *[AS_COLUMN] * len(places))


def locked(attempt_id: int) -> PaymentAttempt:
    """The attempt with its order, both locked in that order. Raises PaymentAttempt.DoesNotExist."""
    found = _lock(_by_id(), attempt_id)
    if found is None:
        raise PaymentAttempt.DoesNotExist
    return found


def locked_by_token(gateway: str, token: str) -> PaymentAttempt | None:
    """The same for the attempt that a bank calls by this name; None where there is none."""
    return _lock(_by_token(), gateway, token)


@cache
def _columns() -> tuple[str, ...]:
    """The columns of an order, then those of an attempt, as the locking statement reads them."""
    tables = (("paid", Order), ("attempt", PaymentAttempt))
    return tuple(
        f'{table}."{field.column}"'
        for table, model in tables
        for field in model._meta.concrete_fields
    )


@cache
def _by_id() -> Statement:
    text = _LOCK.format(columns=", ".join(_columns()), condition="attempt.id = $1")
    return Statement(text, "bigint")


@cache
def _by_token() -> Statement:
    condition = "attempt.gateway = $1 AND attempt.token = $2 AND attempt.token <> ''"
    text = _LOCK.format(columns=", ".join(_columns()), condition=condition)
    return Statement(text, "text", "text")


def _lock(statement: Statement, *asked: int | str) -> PaymentAttempt | None:
    row = next(iter(statement.rows(*asked)), None)
    if row is None:
        return None
    of_order = len(Order._meta.concrete_fields)
    attempt = _loaded(PaymentAttempt, row[of_order:])
    attempt.order = _loaded(Order, row[:of_order])
    return attempt


def _loaded(model: type[M], row: Sequence[Any]) -> M:
    return model.from_db(connection.alias, [f.attname for f in model._meta.concrete_fields], row)


def move(
    attempt: PaymentAttempt,
    target: str,
    kind: str,
    code: str = "",
    *,
    by_person: Mapping[str, Any] | None = None,
    after: Sequence[PaymentEvent] = (),
    **fields: Any,
) -> None:
    """Write the state with these fields and one history row. The attempt is locked by the caller.

    `by_person` holds who decided it and why: then the table BY_PERSON counts. `after` are history rows of what
    led to it, written before its own. Raises ValueError for a move that the table does not have.
    """
    table = MOVES if by_person is None else BY_PERSON
    if target not in table.get(attempt.state, frozenset()):
        raise ValueError(f"an attempt cannot move from {attempt.state} to {target}")
    _write(attempt, [*after, event(attempt, kind, code, by_person, target)], state=target, **fields)


def change(attempt: PaymentAttempt, **fields: Any) -> None:
    """Write these fields of a locked attempt."""
    _write(attempt, (), **fields)


def _write(attempt: PaymentAttempt, events: Sequence[PaymentEvent], **fields: Any) -> None:
    """History rows and what they tell of, in one statement: neither is there without the other."""
    told = [value for one in events for value in _values(one)]
    _writing(len(events), tuple(fields)).run(*told, *fields.values(), attempt.pk)
    for name, value in fields.items():
        setattr(attempt, name, value)


@cache
def _writing(events: int, fields: tuple[str, ...]) -> Statement:
    """The statement for so many history rows and these fields: the steps of a payment have few such shapes."""
    width = _EVENT_COLUMNS
    places = [f"${number}" for number in range(1, width * events + len(fields) + 2)]
    rows = [f"({', '.join(places[width * row : width * (row + 1)])})" for row in range(events)]
    own = places[width * events : -1]
    columns = ", ".join(
        f"{_column(name)} = {place}" for name, place in zip(fields, own, strict=True)
    )
    text = _UPDATE.format(columns=columns, key=places[-1])
    if events:
        text = f"WITH told AS ({_INSERT_EVENTS.format(rows=', '.join(rows))}) {text}"
    return Statement(text, *[AS_COLUMN] * len(places))


def _column(name: str) -> str:
    # Raises FieldDoesNotExist for what is no field.
    return PaymentAttempt._meta.get_field(name).column  # type: ignore[union-attr, return-value]


def _values(told: PaymentEvent) -> tuple[Any, ...]:
    detail = json.dumps(told.detail)
    return (
        told.attempt_id, told.at, told.kind, told.from_state, told.to_state, told.code, detail
    )  # fmt: skip


def note(
    attempt: PaymentAttempt, kind: str, code: str = "", detail: Mapping[str, Any] | None = None
) -> None:
    """Add a history row: what came or was answered."""
    keep([event(attempt, kind, code, detail)])


def event(
    attempt: PaymentAttempt,
    kind: str,
    code: str = "",
    detail: Mapping[str, Any] | None = None,
    to_state: str = "",
) -> PaymentEvent:
    """A history row that is not written yet, with the move that it caused, if any."""
    return PaymentEvent(
        attempt=attempt, at=clock.now(), kind=kind, code=code, detail=dict(detail or {}),
        from_state=attempt.state, to_state=to_state or attempt.state,
    )  # fmt: skip


def keep(events: Sequence[PaymentEvent]) -> None:
    """Write history rows in their order, in one statement."""
    _EVENTS(events)


def other_amount(attempt: PaymentAttempt, bank_rial: int | None) -> list[PaymentEvent]:
    """The history row, for finance, of a bank that names another amount (rial) than ours; None: it named none."""
    if bank_rial in (None, attempt.amount_rial):
        return []
    logger.error(
        "the bank names %s rial for attempt %s of %s rial",
        bank_rial, attempt.order_number, attempt.amount_rial,
    )  # fmt: skip
    detail = {"ours_rial": attempt.amount_rial, "bank_rial": bank_rial}
    return [event(attempt, "other_amount", detail=detail)]


def is_leased(row: PaymentAttempt | RefundCase, now: datetime) -> bool:
    """Whether somebody is talking to the bank about it. A lease far ahead is of a clock that was moved back.

    Far is twice its length: another process may have read the clock a moment after this one did.
    """
    return row.leased_until is not None and now < row.leased_until <= now + 2 * LEASE


def is_due(now: datetime) -> Q:
    """Rows whose next check has come. One far ahead was set before a demo's clock was moved back."""
    return Q(next_check_at__lte=now) | Q(next_check_at__gt=now + timedelta(hours=1))


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
