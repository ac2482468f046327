"""The page on which an owner says whom the invoice shall name, before paying."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from billing.models import Order, OrderState
from billing.papers import buyer_form
from billing.papers.buyer_form import BuyerForm
from septam.forms.typed_before import keeps_what_was_typed


@keeps_what_was_typed
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def order_buyer(request: HttpRequest, number: str) -> HttpResponse:
    """The form; an order that is no longer open leads back to its page."""
    user = cast(User, request.user)
    found = get_object_or_404(Order.objects.visible_to(user), number=number)
    if found.state != OrderState.OPEN or found.payable_rial == 0:
        return redirect("billing:order", number)
    if request.method == "POST":
        form = BuyerForm(request.POST)
        if form.is_valid():
            return _keep(request, found, form)
    else:
        form = BuyerForm(initial=buyer_form.initial_of(found, user))
    context = {"form": form, "order": found}
    return render(request, "billing/order_buyer.html", context)


def _keep(request: HttpRequest, order: Order, form: BuyerForm) -> HttpResponse:
    with transaction.atomic():
        locked = Order.objects.select_for_update().get(pk=order.pk)
        # Paid meanwhile: its invoice is issued as it was.
        is_open = locked.state == OrderState.OPEN
        if is_open:
            buyer_form.keep(locked, form.cleaned_data)
    if is_open:
        messages.success(request, _("The invoice will be issued to this name."))
    else:
        messages.error(request, _("This order is no longer open; the name was not changed."))
    return redirect("billing:order", order.number)
