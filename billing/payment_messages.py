"""What the owner is told when the bank's word comes late or a payment is not kept. Once an attempt, in the caller's transaction."""

from django.urls import reverse
from django.utils.translation import gettext as _

from billing.models import PaymentAttempt
from notifications import notices, outbox
from septam.digits import to_persian
from septam.money import format_rial


def tell_unclear(attempt: PaymentAttempt) -> None:
    """The bank has not said yet whether the money was taken: do not pay again."""
    _queue("payment.unclear", attempt)


def tell_failed_late(attempt: PaymentAttempt) -> None:
    """A payment that looked made was not: the bank returns what it took."""
    _queue("payment.failed_late", attempt)


def tell_duplicate(attempt: PaymentAttempt) -> None:
    """The order was paid already: the bank returns this payment by itself, for it is never verified.

    Call it with the move to `duplicate`, which happens once: a notice has no key of its own.
    """
    order = attempt.order
    notices.add(
        order.owner_id,
        "payment.duplicate",
        _("The second payment is returned"),
        _(
            "Order %(number)s was paid before. The bank returns the %(amount)s rial of the second payment within 72 hours."
        )
        % {"number": to_persian(order.number), "amount": format_rial(attempt.amount_rial)},
        reverse("billing:order", args=[order.number]),
    )


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
