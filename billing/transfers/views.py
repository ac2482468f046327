"""The owner's pages of «پیش‌فاکتور»: ask, look, print, report a transfer, give up."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from billing import cart_views, orders, shut_laboratory
from billing.models import (
    BankTransfer,
    Order,
    OrderState,
    Proforma,
    ProformaState,
    TransferState,
)
from billing.papers import document
from billing.transfers import account, holding, proformas, reports, sums
from billing.transfers.forms import TransferForm
from billing.transfers.sheet import proforma_sheet
from septam import clock, jalali
from septam.digits import to_persian
from septam.forms.typed_before import keeps_what_was_typed
from septam.throttle import Limit, hit

REPORTS = Limit("transfer-report", 10, 3600)
PDFS = Limit("proforma-pdf", 30, 3600)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cart_proforma(request: HttpRequest) -> HttpResponse:
    """«دریافت پیش‌فاکتور و پرداخت با حواله»: one order of the whole cart, with its proforma."""
    if request.method != "POST":
        return redirect("billing:cart")
    _refuse_if_off()
    user = cast(User, request.user)
    try:
        [order] = orders.checkout_all(user, cart_views.shown_total(request), whole=True)
    except orders.PriceChanged as change:
        return cart_views.cart_page(request, change.cart, cart_views.sum_changed())
    except orders.CartNotReady as refusal:
        return cart_views.cart_page(request, refusal.cart)
    return _ask(request, user, order.number)


def _refuse_if_off() -> None:
    if not account.is_offered():
        raise Http404


def _ask(request: HttpRequest, user: User, number: str) -> HttpResponse:
    try:
        proformas.ask(user, number)
    except orders.PriceChanged:
        messages.warning(request, cart_views.sum_changed())
        return redirect("billing:cart")
    except proformas.NotPossible:
        messages.error(request, _("No proforma is possible for this order now."))
        return redirect("billing:order", number)
    return redirect("billing:proforma", number)


def _mine(request: HttpRequest, number: str) -> Order:
    mine = Order.objects.visible_to(cast(User, request.user))
    return get_object_or_404(mine, number=number)


def _proforma(request: HttpRequest, number: str) -> Proforma:
    mine = Proforma.objects.filter(order__owner_id=request.user.pk).select_related("order__owner")
    return get_object_or_404(mine, order__number=number)


def _stands(found: Proforma) -> bool:
    return found.state == ProformaState.STANDING and found.order.state == OrderState.OPEN


def _told(order: Order) -> list[BankTransfer]:
    """The order's transfers; a report that was answered by the money itself is told by that alone."""
    found = list(BankTransfer.objects.filter(order=order).order_by("pk"))
    came = {one.reference for one in found if one.state == TransferState.MATCHED}
    return [
        one for one in found if one.state != TransferState.REJECTED or one.reference not in came
    ]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def proforma(request: HttpRequest, number: str) -> HttpResponse:
    """POST asks for the order's proforma; GET shows it."""
    _refuse_if_off()
    if request.method == "POST":
        return _ask(request, cast(User, request.user), _mine(request, number).number)
    found = _proforma(request, number)
    order = found.order
    transfers = _told(order)
    sheet = proforma_sheet(found)
    context = {
        "proforma": found,
        "order": order,
        "sheet": sheet,
        "payment_box": sheet.below[0],
        "transfers": transfers,
        "came_rial": sums.matched_rial(order.pk),
        "remaining_rial": sums.remaining_rial(order),
        "reported_rial": sums.reported_rial(order.pk),
        "is_last_day": found.valid_until == clock.today(),
        "is_over": found.valid_until < clock.today(),
        "may_report": reports.is_in_time(found),
        "takes_card": not holding.takes_no_card(order),
        "shut_laboratory": shut_laboratory.advice(order),
        "rest_is_over": found.arrives_until < clock.today(),
        "stands": _stands(found),
        "may_withdraw": proformas.may_be_withdrawn(order),
    }
    return render(request, "billing/proforma.html", context)


@login_required
@never_cache
@require_safe
def proforma_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The proforma as PDF; one that has ended is not printed any more."""
    _refuse_if_off()
    found = _proforma(request, number)
    if found.state != ProformaState.STANDING:
        return redirect("billing:proforma", number)
    if not hit(PDFS, str(request.user.pk)).allowed:
        messages.error(request, _("You took this paper many times; please try again later."))
        return redirect("billing:proforma", number)
    content = document.render(proforma_sheet(found))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="proforma-{number}.pdf"'
    return response


@keeps_what_was_typed
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, number: str) -> HttpResponse:
    """The owner says what was transferred; finance checks it."""
    _refuse_if_off()
    found = _proforma(request, number)
    order = found.order
    if request.method != "POST" and not (_stands(found) and reports.is_in_time(found)):
        return redirect("billing:proforma", number)  # which says why
    user = cast(User, request.user)
    initial = {"amount_rial": sums.remaining_rial(order), "payer": user.get_full_name()}
    form = TransferForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid() and _is_kept(user, number, form):
        messages.success(
            request, _("Your report was kept; our finance staff compare it with the account.")
        )
        return redirect("billing:proforma", number)
    return render(request, "billing/report_transfer.html", {"order": order, "form": form})


def _is_kept(user: User, number: str, form: TransferForm) -> bool:
    verdict = hit(REPORTS, str(user.pk))
    if not verdict.allowed:
        minutes = to_persian(verdict.wait_minutes)
        wait = _("You sent many reports; please try again in %(minutes)s minutes.")
        form.add_error(None, wait % {"minutes": minutes})
        return False
    try:
        reports.report(user, number, form.facts())
    except reports.SaidBefore:
        form.add_error("reference", _("You reported this transfer before; it is being checked."))
    except reports.NoProforma:
        form.add_error(None, _("This proforma is not valid any more."))
    return form.is_valid()


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """«انصراف از پیش‌فاکتور», after a question."""
    _refuse_if_off()
    found = _proforma(request, number)
    if request.method == "POST":
        return _withdraw(request, number)
    if found.state != ProformaState.STANDING:
        return redirect("billing:proforma", number)
    if not proformas.may_be_withdrawn(found.order):
        return _not_withdrawn(request, number)
    context = {
        "question": _("Give up proforma %(number)s?") % {"number": to_persian(number)},
        "consequences": [
            _("Its places go back into your cart and can be paid for at the price of that day."),
            _("Please do not transfer money for this number afterwards."),
        ],
        "yes_text": _("Give up the proforma"),
        "no_text": _("Keep"),
        "no_url": reverse("billing:proforma", args=[number]),
        "danger": True,
    }
    return render(request, "septam/confirm_page.html", context)


def _withdraw(request: HttpRequest, number: str) -> HttpResponse:
    try:
        proformas.withdraw(cast(User, request.user), number)
    except proformas.NotPossible:
        return _not_withdrawn(request, number)
    messages.success(request, _("The proforma was given up; its places stand in the cart."))
    return redirect("billing:cart")


def _not_withdrawn(request: HttpRequest, number: str) -> HttpResponse:
    text = _("The proforma cannot be given up now: a payment of it is under way or has come.")
    messages.error(request, text)
    return redirect("billing:proforma", number)


def last_day(order: Order) -> str:
    """The last day of the order's standing proforma, in words; empty where none stands."""
    found = Proforma.objects.filter(order=order, state=ProformaState.STANDING).first()
    return jalali.long_date(found.valid_until) if found else ""
