"""What an owner is told of a transfer by «اعلانات», in the transaction of the step."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.differences import dues
from billing.models import BankTransfer, Order, Proforma
from billing.transfers import sums
from notifications import notices
from septam import clock, jalali
from septam.digits import to_persian
from septam.money import format_rial

_IN_CART_AGAIN = gettext_lazy("Its places stand in your cart again.")


def came_in_part(order: Order, transfer: BankTransfer) -> None:
    """Some of the order's money came; until when the rest counts."""
    values = {
        "amount": format_rial(transfer.amount_rial),
        "number": to_persian(order.number),
        "rest": format_rial(sums.remaining_rial(order)),
    }
    proforma = Proforma.objects.filter(order=order).first()
    last = proforma.arrives_until if proforma else None
    body = _of_the_rest(last) % {**values, "day": jalali.long_date(last) if last else ""}
    _add(order, "transfer.part", _("A part of the money came"), body)


def _of_the_rest(last: date | None) -> str:
    if last is None:
        return _(
            "%(amount)s rial came for order %(number)s; %(rest)s rial is still to be transferred."
        )
    if last < clock.today():
        return _("%(amount)s rial came for order %(number)s. The time for the rest is over: do not transfer more. If it was not sent until %(day)s, what came is returned to you.")  # fmt: skip
    return _("%(amount)s rial came for order %(number)s; %(rest)s rial is still to be transferred, until the end of %(day)s.")  # fmt: skip


def rest_missing(order: Order, came_rial: int) -> None:
    """The rest did not come in time: the order is given up, and the part goes back."""
    body = _(
        "The rest of proforma %(number)s did not come in time. The %(amount)s rial that came are returned to the account that they came from."
    ) % {"number": to_persian(order.number), "amount": format_rial(came_rial)}
    if not dues.is_difference(order):  # of that the new order is told
        body = f"{body} {_IN_CART_AGAIN}"
    _add(order, "proforma.lapsed", _("The proforma has lapsed"), body)


def not_found(transfer: BankTransfer) -> None:
    """Finance did not find what the owner reported."""
    body = _("The transfer %(reference)s is not on our account's statement: %(reason)s") % {
        "reference": to_persian(transfer.reference),
        "reason": transfer.reason,
    }
    _add(transfer.order, "transfer.rejected", _("The transfer was not found"), body)


def returned(transfer: BankTransfer) -> None:
    """The money was sent back."""
    body = _(
        "%(amount)s rial of transfer %(reference)s was sent back to the account that it came from: %(reason)s"
    ) % {
        "amount": format_rial(transfer.amount_rial),
        "reference": to_persian(transfer.reference),
        "reason": transfer.reason,
    }
    _add(transfer.order, "transfer.returned", _("The transfer was returned"), body)


def _add(order: Order | None, event: str, title: str, body: str) -> None:
    if order is not None:
        notices.add(order.owner_id, event, title, body, _link(order))


def _link(order: Order) -> str:
    """The proforma's page names the account and what is still to come; not every order has one."""
    has_proforma = Proforma.objects.filter(order=order).exists()
    page = "billing:proforma" if has_proforma else "billing:order"
    return reverse(page, args=[order.number])
