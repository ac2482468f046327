"""What the owner is told when the bank's word comes late or a payment is not kept. Once an attempt, in the caller's transaction."""

from django.urls import reverse
from django.utils.translation import gettext as _

from billing.models import PaymentAttempt
from notifications import notices, outbox
from septam.digits import to_persian
from septam.money import format_rial


def tell_unclear(attempt: PaymentAttempt) -> None:
    """The bank has not said yet whether the money was taken: do not pay again."""
    body = _(
        "The bank has not told yet what became of the payment of %(amount)s rial for order %(number)s. Please do not pay again; we tell you the result."
    )
    _tell("payment.unclear", attempt, _("The result of a payment is not known yet"), body)


def tell_failed_late(attempt: PaymentAttempt) -> None:
    """A payment that looked made was not: the bank returns what it took."""
    body = _(
        "The payment of %(amount)s rial for order %(number)s was not made. If it left your account, the bank returns it within 72 hours."
    )
    _tell("payment.failed_late", attempt, _("A payment was not made"), body)


def tell_duplicate(attempt: PaymentAttempt) -> None:
    """The order was paid already: the bank returns this payment by itself, for it is never verified."""
    body = _(
        "Order %(number)s was paid before. The bank returns the %(amount)s rial of the second payment within 72 hours."
    )
    _tell("payment.duplicate", attempt, _("The second payment is returned"), body)


def about_order(order_id: int) -> str:
    """By which what waits about an order is taken back once the order is paid or given up."""
    return f"order:{order_id}"


def _tell(event: str, attempt: PaymentAttempt, title: str, body: str) -> None:
    """Once an attempt, by «اعلانات» and SMS."""
    order, amount, key = attempt.order, format_rial(attempt.amount_rial), _key(event, attempt)
    text = body % {"number": to_persian(order.number), "amount": amount}
    link = reverse("billing:order", args=[order.number])
    if notices.add(order.owner_id, event, title, text, link, once_key=key) is None:
        return
    if event != "payment.unclear":
        outbox.withdraw(once_keys=[_key("payment.unclear", attempt)])
    if order.owner.mobile:
        outbox.queue(
            event, order.owner.mobile, {"amount": amount}, user_id=order.owner_id, once_key=key,
            about=about_order(order.pk) if event == "payment.unclear" else "",
        )  # fmt: skip


def _key(event: str, attempt: PaymentAttempt) -> str:
    return f"{event}:{attempt.pk}"
