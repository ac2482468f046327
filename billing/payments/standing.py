"""What stands beside an attempt when the bank is to be asked about it: other money, other tries, a place let go."""

from typing import NamedTuple

from billing.models import AttemptState, OrderState, PaymentAttempt
from billing.models.payments import HOLDING, UNDER_CHECK
from septam.postgres.prepared import Statement

S = AttemptState
PAID = (OrderState.PAID, OrderState.PAID_UNPLACED)
# Two attempts of an order must never both be paid: the bank is being asked about these.
_RIVALS = [str(state) for state in UNDER_CHECK if state != S.RETURNED]
# In these no place is held for the attempt.
_FREE = [str(state) for state in S.values if state not in HOLDING]
# One statement: it runs between the payer's return and the bank's word.
_BESIDE = Statement(
    """
SELECT
  NOT EXISTS (
    SELECT FROM billing_orderline AS line JOIN inspections_visitrequest AS request ON request.id = line.request_id
    WHERE line.order_id = $1 AND (request.paid_at IS NULL OR line.kind = 'diff')),
  EXISTS (
    SELECT FROM billing_paymentattempt
    WHERE order_id = $1 AND id <> $2 AND state = ANY($3)),
  EXISTS (
    SELECT FROM billing_paymentevent WHERE attempt_id = $2 AND to_state = ANY($4))
""",
    "bigint", "bigint", "text[]", "text[]",
)  # fmt: skip


class Beside(NamedTuple):
    """Whether nothing of the order is left to pay, whether the bank is being asked about another attempt of it,
    and whether this attempt was given up or cancelled once, so that its places could be edited."""

    is_paid: bool
    has_rival: bool
    was_let_go: bool


def of(attempt: PaymentAttempt) -> Beside:
    """Of an attempt that is locked with its order; one statement."""
    ((none_left, has_rival, was_let_go),) = _BESIDE.rows(
        attempt.order_id, attempt.pk, _RIVALS, _FREE
    )
    return Beside(none_left or attempt.order.state in PAID, has_rival, was_let_go)
