"""«پرداخت‌های من»: an owner's orders, newest first, each with the way to its receipt."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from billing.models import Invoice, Order, OrderLine, OrderState, PaymentAttempt
from billing.models.payments import UNDER_CHECK
from billing.outcomes import Words
from septam.paging import page_of

PAGE_SIZE = 20
_TONES = {
    OrderState.OPEN: "act",
    OrderState.PAID: "good",
    OrderState.CANCELLED: "neutral",
    OrderState.PAID_UNPLACED: "wait",
}


@login_required
@never_cache
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """The owner's own orders."""
    asked = PaymentAttempt.objects.filter(order=OuterRef("pk"), state__in=UNDER_CHECK)
    mine = Order.objects.visible_to(cast(User, request.user)).order_by("-id")
    papers = Prefetch("invoices", Invoice.objects.order_by("pk"))
    lines = Prefetch("lines", OrderLine.objects.select_related("request__place"))
    shown = mine.annotate(is_asked=Exists(asked)).prefetch_related(papers, lines)
    page = page_of(shown, request.GET.get("page"), PAGE_SIZE)
    rows = [
        {
            "order": order,
            "badge": _badge(order),
            "places": order.place_titles(),
            "invoices": order.invoices.all(),
        }
        for order in page.object_list
    ]
    return render(request, "billing/orders.html", {"page": page, "rows": rows})


def _badge(order: Order) -> tuple[Words, str]:
    """The state in words, and its tone; an unpaid order that the bank is being asked about says so."""
    if order.state == OrderState.OPEN and order.is_asked:  # type: ignore[attr-defined]
        return _("Being checked with the bank"), "wait"
    return order.get_state_display(), _TONES[OrderState(order.state)]
