"""What an owner reads on the pages of an order and its proforma while a laboratory of it visits nobody."""

from django.utils.translation import gettext as _

from billing import price_fit
from billing.models import Order, OrderState
from billing.models.payments import HOLDING
from billing.transfers import holding


def advice(order: Order) -> str:
    """That it visits nobody, and what to do: sentences; empty for an order that is not open, or whose laboratories all visit."""
    name = price_fit.shut_laboratory(order) if order.state == OrderState.OPEN else ""
    if not name:
        return ""
    text = _("“%(name)s” visits nobody at present.") % {"name": name}
    return f"{text} {_what_to_do(order)}"


def _what_to_do(order: Order) -> str:
    if order.attempts.filter(state__in=HOLDING).exists() or holding.has_money(order):
        return _("Wait for the outcome of what was paid. Then you choose another laboratory at the same price, or withdraw and get the whole fee back.")  # fmt: skip
    if holding.is_held(order):
        return _("Do not transfer money: give up this proforma, and choose another laboratory for the place.")  # fmt: skip
    return _("Choose another laboratory for the place, and then pay in the cart.")
