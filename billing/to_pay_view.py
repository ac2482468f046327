"""The orders that a purchase above the banks' limit became, to be paid one after the other."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from billing import limits
from billing.models import Order, OrderState, PaymentAttempt
from billing.models.payments import UNDER_CHECK
from billing.transfers import account, holding


@login_required
@never_cache
@require_safe
def to_pay(request: HttpRequest) -> HttpResponse:
    """The owner's open orders; without any, the list of all payments."""
    asked = PaymentAttempt.objects.filter(order=OuterRef("pk"), state__in=UNDER_CHECK)
    mine = Order.objects.visible_to(cast(User, request.user)).filter(state=OrderState.OPEN)
    waiting = mine.exclude(pk__in=holding.held_orders()).annotate(is_asked=Exists(asked))
    rows = [
        _row(order) for order in waiting.prefetch_related("lines__request__place").order_by("pk")
    ]
    if not rows:
        return redirect("billing:orders")
    context = {"rows": rows, "transfers_on": account.is_offered()}
    return render(request, "billing/to_pay.html", context)


def _row(order: Order) -> dict[str, object]:
    return {
        "order": order,
        "places": order.place_titles(),
        "is_asked": order.is_asked,  # type: ignore[attr-defined]
        "banks_take_it": bool(limits.offered_for(order.payable_rial)),
    }
