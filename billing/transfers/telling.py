"""What an owner is told of a transfer by «اعلانات», in the transaction of the step."""

from django.urls import reverse
from django.utils.translation import gettext as _

from billing.models import BankTransfer, Order, Proforma
from billing.transfers import sums
from notifications import notices
from septam.digits import to_persian
from septam.money import format_rial


def came_in_part(order: Order, transfer: BankTransfer) -> None:
    """Some of the order's money came; the rest is still to be transferred."""
    body = _(
        "%(amount)s rial came for order %(number)s; %(rest)s rial is still to be transferred."
    ) % {
        "amount": format_rial(transfer.amount_rial),
        "number": to_persian(order.number),
        "rest": format_rial(sums.remaining_rial(order)),
    }
    _add(order, "transfer.part", _("A part of the money came"), body)


def rest_missing(order: Order, came_rial: int) -> None:
    """The rest did not come in time: the order is given up, and the part goes back."""
    body = _(
        "The rest of proforma %(number)s did not come in time. The %(amount)s rial that came are returned to the account that they came from. Its places stand in your cart again."
    ) % {"number": to_persian(order.number), "amount": format_rial(came_rial)}
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
