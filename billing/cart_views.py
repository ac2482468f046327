"""The cart: look, take out, check out."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from billing import bank_choice, gateways, limits, orders, payments
from billing.cart import Cart, cart_of
from billing.models import Order, OrderState, PaymentAttempt
from billing.money_rows import rows_of
from billing.transfers import account
from inspections import workflow
from inspections.models import RequestStatus, VisitRequest
from septam.digits import is_number, to_latin, to_persian
from septam.throttle import Limit, hit

STARTS = Limit("payment-start", 20, 3600)


@login_required
@require_safe
def cart(request: HttpRequest) -> HttpResponse:
    """What waits for payment, with the guide's four lines."""
    return cart_page(request, cart_of(cast(User, request.user)))


def cart_page(request: HttpRequest, shown: Cart, problem: str = "") -> HttpResponse:
    """The cart, with what changed or is missing above it."""
    lines = [line for price in shown.quotes for line in price.lines]
    money = rows_of(lines, shown.vat_rial)
    context = {
        "cart": shown,
        "money": money,
        "problem": problem,
        "transfers_on": account.is_offered(),
    }
    split = _split_of(shown)
    if shown.is_ready and not split:
        context["banks"] = bank_choice.banks_for(shown.payable_rial)
    return render(request, "billing/cart.html", context | split)


def _split_of(shown: Cart) -> dict[str, Any]:
    """Where no bank takes the sum at once: the sums of the single payments, and the places that none takes."""
    largest = limits.largest_rial()
    if largest is None or not shown.is_ready or shown.payable_rial <= largest:
        return {}
    parts = orders.parts_of(shown, largest)
    too_large = [part.lines[0].request.place.title for part in parts if part.payable_rial > largest]
    return {
        "largest": largest,
        "parts": parts,
        "too_large": too_large,
        "transfer_only": len(too_large) == len(parts) and account.is_offered(),
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cart_remove(request: HttpRequest, number: str) -> HttpResponse:
    """Ask, then take one request out of the cart."""
    user = cast(User, request.user)
    mine = VisitRequest.objects.visible_to(user).select_related("place")
    wanted = get_object_or_404(mine, number=number)
    if request.method == "POST":
        return _remove(request, user, wanted)
    if wanted.status != RequestStatus.IN_CART:
        return redirect("billing:cart")
    context = {
        "question": _("Take «%(place)s» out of the cart?") % {"place": wanted.place.title},
        "consequences": [_("The place itself stays; you can request a visit again at any time.")],
        "yes_text": _("Take out"),
        "no_text": _("Keep"),
        "no_url": reverse("billing:cart"),
        "danger": True,
    }
    return render(request, "septam/confirm_page.html", context)


def _remove(request: HttpRequest, user: User, wanted: VisitRequest) -> HttpResponse:
    try:
        orders.remove(user, wanted.number)
    except VisitRequest.DoesNotExist as problem:
        raise Http404 from problem
    except orders.AwaitsTransfer as held:
        messages.warning(
            request,
            _("This place waits in proforma %(number)s; give the proforma up first.")
            % {"number": to_persian(held.number)},
        )
    except orders.PaymentUnderWay:
        messages.warning(
            request, _("A payment of this place is under way; it stays in the cart until then.")
        )
    except workflow.NotAllowed:
        messages.info(request, _("This place is not in the cart any more."))
    else:
        messages.success(request, _("The place was taken out of the cart."))
    return redirect("billing:cart")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    """«تکمیل خرید»: make the order and go on to the bank; a changed price is shown first."""
    if request.method != "POST":
        # Whoever had to sign in first comes back by GET: the sum is to be looked at again.
        return redirect("billing:cart")
    choice = _Choice(request)
    try:
        made, attempt = payments.checkout(
            cast(User, request.user), shown_total(request), choice.name_for
        )
    except orders.PriceChanged as change:
        return cart_page(request, change.cart, sum_changed())
    except orders.CartNotReady as refusal:
        return cart_page(request, refusal.cart)
    order = made[0]
    if attempt is not None:
        return _lead(request, order, attempt.gateway, attempt)
    if choice.is_refused:
        return redirect("billing:order", order.number)
    if len(made) > 1:
        return redirect("billing:to_pay")
    name = choice.wanted(order)
    if order.state == OrderState.OPEN and name:
        return to_bank(request, order, name)
    return redirect("billing:order", order.number)


class _Choice:
    """The bank that the payer chose in the cart, and whether going there now was refused."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.is_refused = False

    def wanted(self, order: Order) -> str:
        """The bank's name; empty where none takes the sum at once."""
        banks = bank_choice.banks_for(order.payable_rial)
        return bank_choice.chosen(banks, self._request.POST.get("gateway", ""))

    def name_for(self, order: Order) -> str:
        """The same for a payment that is to start now; empty where the payer has to wait."""
        name = self.wanted(order)
        if name and not _may_start(self._request, order):
            self.is_refused = True
            return ""
        return name


def sum_changed() -> str:
    """What a warning says where the cart is shown anew."""
    return _("The sum has changed since you saw it; please look again.")


def to_bank(request: HttpRequest, order: Order, gateway_name: str) -> HttpResponse:
    """Start a payment and lead to the page that leads to the bank; if that fails, back to the order.

    Where a place is not what was priced any more, the cart shows the new sum. An owner who starts again and
    again is asked to wait: each start is a call to the bank.
    """
    if gateway_name not in limits.offered_for(order.payable_rial):
        messages.error(request, _("This bank does not take so large a sum at once."))
        return redirect("billing:order", order.number)
    if not _may_start(request, order):
        return redirect("billing:order", order.number)
    return _lead(request, order, gateway_name)


def _may_start(request: HttpRequest, order: Order) -> bool:
    """Count this start of the owner; False, with a message, where there were too many."""
    verdict = hit(STARTS, str(order.owner_id))
    if not verdict.allowed:
        minutes = to_persian(verdict.wait_minutes)
        messages.error(
            request,
            _(
                "You started too many payments; please try again in %(minutes)s minutes. Your order stays."
            )
            % {"minutes": minutes},
        )
    return verdict.allowed


def _lead(
    request: HttpRequest, order: Order, gateway_name: str, attempt: PaymentAttempt | None = None
) -> HttpResponse:
    """Ask the bank for its page and lead there; where that fails, back to the order or the cart."""
    try:
        payments.start(order, gateway_name, attempt)
    except orders.PriceChanged:
        messages.warning(request, sum_changed())
        return redirect("billing:cart")
    except payments.CannotStart:
        return redirect("billing:order", order.number)
    except payments.StartFailed:
        if len(limits.offered_for(order.payable_rial)) > 1:
            messages.error(request, _other_banks(gateway_name))
        return redirect("billing:order", order.number)
    return redirect("billing:go_to_bank", order.number)


def _other_banks(name: str) -> str:
    return _(
        "«%(bank)s» did not answer and no money was taken. You can pay through another bank at once."
    ) % {"bank": gateways.gateway(name).title}


def shown_total(request: HttpRequest) -> int:
    """The sum in rial that the owner saw; -1 for what is no sum."""
    shown = to_latin(request.POST.get("shown_total", "").strip())
    return int(shown) if is_number(shown) and len(shown) < 19 else -1
