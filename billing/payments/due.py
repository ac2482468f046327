"""What workers do about attempts whose time has come."""

from billing import attempts
from billing.attempts import move
from billing.models import AttemptState, PaymentAttempt
from billing.payments.confirming import ASKING, confirm
from septam import clock, failpoints

S = AttemptState
# What one run of the job takes.
BATCH = 40


def resolve_due() -> int:
    """Ask the bank about attempts whose time has come, give up those that nobody finished; returns how many.

    One process or many: the lease lets only one ask about an attempt.
    """
    rows = PaymentAttempt.objects.filter(
        attempts.is_due(clock.now()), state__in=(S.CREATED, S.SENT, *ASKING)
    )
    ready = list(rows.order_by("next_check_at").values_list("pk", "state")[:BATCH])
    for attempt_id, state in ready:
        if state in ASKING:
            confirm(attempt_id)
        else:
            abandon(attempt_id)
    return len(ready)


def abandon(attempt_id: int) -> None:
    """Give up an attempt that nobody finished; a late callback of it is still accepted."""
    with failpoints.commit("payments.abandon"):
        attempt = attempts.locked(attempt_id)
        if attempt.state in (S.CREATED, S.SENT):
            move(attempt, S.ABANDONED, "abandon", next_check_at=None)
