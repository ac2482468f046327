"""What the owner is told of a difference, by «اعلانات» and SMS, in the transaction of the step."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from billing.models import Order
from billing.payment_messages import about_order
from inspections.models import VisitRequest
from notifications import daytime, notices, outbox
from septam import jalali
from septam.money import format_rial


def due(request: VisitRequest, order: Order, last_day: date) -> None:
    """The certificate waits for the payment of the difference, until the end of that day."""
    amount, day = format_rial(order.payable_rial), jalali.format_date(last_day)
    body = _(
        "By what the expert found, the visit of “%(place)s” costs %(amount)s rial more than was paid. The certificate is issued once it is paid."
    )
    body += " " + _("Pay it until %(day)s; after that the request ends without a certificate.")
    _notice(request, order, "difference.due", _("Difference to be paid"), body, amount, day=day)
    owner = request.owner
    if owner.mobile:
        outbox.queue(
            "difference.due", owner.mobile, {"place": request.place_title, "amount": amount}, user_id=owner.pk,
            once_key=f"difference.due:{order.pk}", about=about_order(order.pk),
        )  # fmt: skip


def reminder(request: VisitRequest, order: Order, last_day: date, *, once_key: str) -> bool:
    """It is still to be paid; False where this was told before."""
    amount, day = format_rial(order.payable_rial), jalali.format_date(last_day)
    body = _(
        "The difference of %(amount)s rial for “%(place)s” is not paid yet. Pay it until %(day)s; after that the request ends without a certificate, and another visit costs the full fee."
    )
    title = _("The difference is not paid yet")
    event = "difference.reminder"
    if not _notice(request, order, event, title, body, amount, once_key=once_key, day=day):
        return False
    owner = request.owner
    if owner.mobile:
        due_day = jalali.day_and_month(last_day)
        outbox.queue(
            event, owner.mobile, {"place": request.place_title, "amount": amount, "due": due_day},
            user_id=owner.pk, once_key=once_key, about=about_order(order.pk), valid_until=daytime.end(),
        )  # fmt: skip
    return True


def unpaid(request: VisitRequest, order: Order) -> None:
    """The time is over: the request has ended without a certificate."""
    outbox.withdraw(about=about_order(order.pk))
    owner, event = request.owner, "difference.unpaid"
    body = _(
        "The difference of %(amount)s rial for “%(place)s” was not paid in time, so the request ended without a certificate. The visit took place, and its fee is not returned. Another visit needs a new request at the full fee."
    )
    amount, title = format_rial(order.payable_rial), _("The request ended without a certificate")
    _notice(request, order, event, title, body, amount, link=_page_of(request))
    if owner.mobile:
        outbox.queue(
            event, owner.mobile, {"place": request.place_title}, user_id=owner.pk,
            once_key=f"{event}:{order.pk}",
        )  # fmt: skip


def _page_of(request: VisitRequest) -> str:
    return reverse("inspections:request", args=[request.number])


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
    request: VisitRequest,
    order: Order,
    event: str,
    title: str,
    body: str,
    amount: str,
    *,
    day: str = "",
    link: str = "",
    once_key: str = "",
) -> bool:
    text = body % {"place": request.place_title, "amount": amount, "day": day}
    link = link or reverse("billing:order", args=[order.number])
    return notices.add(order.owner_id, event, title, text, link, once_key=once_key) is not None
