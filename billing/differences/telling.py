"""What the owner is told of a difference, by «اعلانات» and SMS, in the transaction of the step."""

from django.urls import reverse
from django.utils.translation import gettext as _

from billing.models import Order
from billing.payment_messages import about_order
from inspections.models import VisitRequest
from notifications import notices, outbox
from septam.money import format_rial


def due(request: VisitRequest, order: Order) -> None:
    """The certificate waits for the payment of the difference."""
    amount = format_rial(order.payable_rial)
    body = _(
        "By what the expert found, the visit of “%(place)s” costs %(amount)s rial more than was paid. The certificate is issued once it is paid."
    )
    _notice(request, order, "difference.due", _("Difference to be paid"), body, amount)
    owner = request.owner
    if owner.mobile:
        outbox.queue(
            "difference.due", owner.mobile, {"place": request.place_title, "amount": amount}, user_id=owner.pk,
            once_key=f"difference.due:{order.pk}", about=about_order(order.pk),
        )  # fmt: skip


def taken_back(request: VisitRequest, order: Order) -> None:
    """The report is looked at once more: the order is not to be paid."""
    outbox.withdraw(about=about_order(order.pk))
    body = _(
        "The laboratory looks at the report of “%(place)s” once more. The difference of %(amount)s rial is not to be paid for now."
    )
    amount = format_rial(order.payable_rial)
    _notice(
        request, order, "difference.taken_back", _("The difference was taken back"), body, amount
    )


def _notice(
    request: VisitRequest, order: Order, event: str, title: str, body: str, amount: str
) -> None:
    text = body % {"place": request.place_title, "amount": amount}
    notices.add(order.owner_id, event, title, text, reverse("billing:order", args=[order.number]))
