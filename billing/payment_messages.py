"""What the owner is told by SMS when the bank's word comes late. Once an attempt, in the caller's transaction."""

from billing.models import PaymentAttempt
from notifications import outbox
from septam.money import format_rial


def tell_unclear(attempt: PaymentAttempt) -> None:
    """The bank has not said yet whether the money was taken: do not pay again."""
    _queue("payment.unclear", attempt)


def tell_failed_late(attempt: PaymentAttempt) -> None:
    """A payment that looked made was not: the bank returns what it took."""
    _queue("payment.failed_late", attempt)


def _queue(event: str, attempt: PaymentAttempt) -> None:
    owner = attempt.order.owner
    if owner.mobile:
        outbox.queue(
            event,
            owner.mobile,
            {"amount": format_rial(attempt.amount_rial)},
            user_id=owner.pk,
            once_key=f"{event}:{attempt.pk}",
        )
