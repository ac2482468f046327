"""The way to the bank and back: order, page to the bank, callback, result."""

from datetime import timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.signing import BadSignature, Signer
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from billing import bank_choice, gateways, orders, outcomes, payments, shut_laboratory
from billing.cart_views import to_bank
from billing.differences import dues
from billing.models import (
    AttemptState,
    LineKind,
    Order,
    OrderLine,
    OrderState,
    PaymentAttempt,
    Proforma,
)
from billing.models.orders import OF_A_VISIT
from billing.models.payments import UNDER_CHECK
from billing.money_rows import rows_of
from billing.papers.parties import buyer_of
from billing.papers.sheets import invoices_of
from billing.refunds import story
from billing.transfers import holding, proformas, sums
from inspections.difference import last_day
from inspections.models import VisitRequest
from septam import clock
from septam.postgres.prepared import Prepared

# The bank's page lives at least 15 minutes; an older token is not offered again.
TOKEN_LIVES = timedelta(minutes=12)
PAID_STATES = (OrderState.PAID, OrderState.PAID_UNPLACED)


def _signer() -> Signer:
    return Signer(salt="billing.result")


def result_path(attempt: PaymentAttempt) -> str:
    """The address of an attempt's result, which needs no session."""
    return reverse("billing:result", args=[_signer().sign(str(attempt.pk))])


def _mine(request: HttpRequest) -> QuerySet[Order]:
    return Order.objects.visible_to(cast(User, request.user))


_ORDER = Prepared(
    lambda owner_id, number: Order.objects.visible_to(User(pk=owner_id)).filter(number=number)  # type: ignore[misc]
)
_LINES = Prepared(
    lambda order_id: (
        OrderLine.objects.filter(order_id=order_id).select_related("request__place").order_by("pk")  # type: ignore[misc]
    )
)
_TRIES = Prepared(
    lambda order_id: (
        PaymentAttempt.objects.filter(order_id=order_id).select_related("order").order_by("-pk")  # type: ignore[misc]
    )
)
_PROFORMA = Prepared(lambda order_id: Proforma.objects.filter(order_id=order_id))  # type: ignore[misc]


@login_required
@never_cache
@require_safe
def order(request: HttpRequest, number: str) -> HttpResponse:
    """Where an order stands, and another try where that is possible."""
    found = _ORDER.first(cast(User, request.user).pk, number)
    if found is None:
        raise Http404
    lines, tries, proforma = _LINES(found.pk), _TRIES(found.pk), _PROFORMA.first(found.pk)
    visits = [line.request for line in lines if line.kind in OF_A_VISIT]
    is_difference = any(line.kind == LineKind.DIFFERENCE for line in lines)
    is_paid = found.state in PAID_STATES
    context = {
        "order": found,
        "outcome": outcomes.of_order(found, _telling(tries)),
        "money": rows_of(lines, found.vat_rial),
        "visits": visits,
        "difference_of": visits[0] if is_difference else None,
        "pay_until": last_day(visits[0]) if is_difference else None,
        "is_told": "again" in request.GET,
        "is_paid": is_paid,
        # Of a paid order nothing of this is shown.
        **({} if is_paid else _to_pay(found, tries, proforma)),
        "others_to_pay": orders.others_to_pay(found),
        "proforma": proforma,
        "reported_rial": sums.reported_rial(found.pk) if proforma else 0,
        "refunds": story.of_order(found),
        "invoices": invoices_of(found),
        "second_payments": _left_to_the_bank(tries),
    }
    return render(request, "billing/order.html", context)


def _to_pay(found: Order, tries: list[PaymentAttempt], proforma: Proforma | None) -> dict[str, Any]:
    """What stands on the page of an order that is not paid: by which ways it can be, and what came of it."""
    banks = bank_choice.banks_for(found.payable_rial, found)
    shut = shut_laboratory.advice(found)
    return {
        "may_pay": not shut and _may_pay(found, tries),
        "shut_laboratory": shut,
        "rest_is_over": proforma is not None and proforma.arrives_until < clock.today(),
        "banks": banks,
        "is_above_limits": not banks,
        "may_ask_proforma": proformas.may_be_asked(found),
        "proforma_days": settings.PROFORMA_DAYS,
        "came_rial": sums.matched_rial(found.pk),
        "remaining_rial": sums.remaining_rial(found),
        "today": clock.today(),
        "invoice_to": buyer_of(found)["name"],
    }


@login_required
@never_cache
@require_safe
def difference(request: HttpRequest, number: str) -> HttpResponse:
    """To the order of a request's «مابه‌التفاوت», whichever that is now; to the request where there is none."""
    mine = VisitRequest.objects.visible_to(cast(User, request.user))
    visit = get_object_or_404(mine, number=number)
    found = dues.latest_order_of(visit)
    if found is None:
        return redirect("inspections:request", visit.number)
    return redirect("billing:order", found.number)


def _left_to_the_bank(tries: list[PaymentAttempt]) -> list[PaymentAttempt]:
    """Second payments that the bank returns by itself; one that it kept has a refund."""
    return [
        one for one in tries
        if one.state == AttemptState.DUPLICATE and one.settled_at is None
        and not one.refund_cases.exists()
    ]  # fmt: skip


def _telling(tries: list[PaymentAttempt]) -> PaymentAttempt | None:
    """The try that decides what is said: one that the bank is being asked about, else the last."""
    asked = [attempt for attempt in tries if attempt.state in UNDER_CHECK]
    return next(iter(asked or tries), None)


def _may_pay(found: Order, tries: list[PaymentAttempt]) -> bool:
    if found.state != OrderState.OPEN or found.payable_rial == 0:
        return False
    if holding.takes_no_card(found):
        return False
    return not any(attempt.state in UNDER_CHECK for attempt in tries)


_SENT = Prepared(
    lambda owner_id, number: (
        PaymentAttempt.objects.filter(  # type: ignore[misc]
            order__owner_id=owner_id, order__number=number, state=AttemptState.SENT
        )
        .select_related("order")
        .order_by("-pk")[:1]
    )
)
_DIFFERENCE = OrderLine.objects.filter(order_id=OuterRef("order_id"), kind=LineKind.DIFFERENCE)
_ATTEMPT = Prepared(
    lambda pk: (
        PaymentAttempt.objects.filter(pk=pk)  # type: ignore[misc]
        .select_related("order")
        .annotate(pays_difference=Exists(_DIFFERENCE))
    )
)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def go_to_bank(request: HttpRequest, number: str) -> HttpResponse:
    """POST begins a payment; GET shows the form that takes the browser to the bank."""
    if request.method == "POST":
        found = get_object_or_404(_mine(request), number=number)
        banks = bank_choice.banks_for(found.payable_rial, found)
        return to_bank(request, found, bank_choice.chosen(banks, request.POST.get("gateway", "")))
    attempt = _SENT.first(cast(User, request.user).pk, number)
    if attempt is None or not _may_go(attempt) or attempt.order.state != OrderState.OPEN:
        return redirect("billing:order", get_object_or_404(_mine(request), number=number).number)
    gateway = gateways.gateway(attempt.gateway)
    form = gateway.form(attempt.token, cast(User, request.user).mobile or "")
    context = {
        "order": attempt.order,
        "bank_number": attempt.order_number,
        "bank_form": form,
        "bank_title": gateway.title,
        "leads_on": gateway.leads_on,
        "bank_host": form.url.split("//", 1)[-1].split("/", 1)[0],
    }
    return render(request, "billing/go_to_bank.html", context)


def _may_go(attempt: PaymentAttempt) -> bool:
    """Whether the bank's page still takes this token, and the bank is still offered."""
    if attempt.sent_at is None or attempt.gateway not in gateways.names():
        return False
    return clock.now() - attempt.sent_at < TOKEN_LIVES


@csrf_exempt  # the bank is asked whatever it says  # nosemgrep: form-without-its-token
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def callback(request: HttpRequest, gateway: str) -> HttpResponse:
    """The bank's way back: from another site, by its method, without our cookies. Touches no session, answers 303."""
    if gateway not in gateways.known():
        raise Http404
    fields = _brought(request, gateways.gateway(gateway).callback_method)
    if not fields:
        # A redirect on the way turned the POST into a GET: the fields are lost, the money is not.
        return render(request, "billing/callback_checking.html")
    attempt = payments.receive_callback(gateway, fields)
    if attempt is None:
        return render(request, "billing/callback_unknown.html", status=404)
    payments.confirm(attempt.pk)
    return _see_other(result_path(attempt))


def _brought(request: HttpRequest, method: str) -> QueryDict:
    """The fields of a callback that came by the bank's method, else none."""
    if request.method != method:
        return QueryDict()
    return request.GET if method == "GET" else request.POST


def _see_other(path: str) -> HttpResponse:
    response = HttpResponseRedirect(path)
    response.status_code = 303
    return response


@never_cache
@require_safe
def result(request: HttpRequest, signed: str) -> HttpResponse:
    """What became of a payment, for whoever holds the signed address; no names, no places."""
    try:
        attempt_id = int(_signer().unsign(signed))
    except (BadSignature, ValueError) as problem:
        raise Http404 from problem
    attempt = _ATTEMPT.first(attempt_id)
    if attempt is None:
        raise Http404
    context = {
        "attempt": attempt,
        "order": attempt.order,
        "pays_difference": attempt.pays_difference,  # type: ignore[attr-defined]
        "outcome": outcomes.of_attempt(attempt),
        "may_pay": attempt.order.state == OrderState.OPEN and attempt.state not in UNDER_CHECK,
        "again": reverse("billing:order", args=[attempt.order.number]) + "?again",
        "others_to_pay": orders.others_to_pay(attempt.order),
    }
    return render(request, "billing/result.html", context)
