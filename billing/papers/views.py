"""The owner's papers: the receipt of a payment, the invoice and its credit notes, each as page and PDF."""

from typing import Any, cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from billing import outcomes
from billing.models import Invoice, LineKind, Order, OrderState, PaperFile
from billing.money_rows import rows_of
from billing.papers import printing, sheets
from septam import kept_files
from septam.postgres.prepared import Prepared

PAID_STATES = (OrderState.PAID, OrderState.PAID_UNPLACED)
# A paper with a name on it stays out of every cache.
_NO_STORE = {"Cache-Control": "private, no-store"}


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _paid_orders(request: HttpRequest) -> QuerySet[Order]:
    return Order.objects.visible_to(_user(request)).filter(state__in=PAID_STATES)


def _private(response: HttpResponse) -> HttpResponse:
    for name, value in _NO_STORE.items():
        response[name] = value
    return response


_PAID = Prepared(
    lambda owner_id, number: Order.objects.visible_to(User(pk=owner_id)).filter(  # type: ignore[misc]
        state__in=PAID_STATES, number=number
    )
)


@login_required
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """The receipt of a paid order; others are 404."""
    found = _PAID.first(_user(request).pk, number)
    if found is None:
        raise Http404
    lines, invoices = sheets.lines_of(found), sheets.invoices_of(found)
    context = {
        "order": found,
        "payments": sheets.payments_of(found, invoices),
        "seller": sheets.seller_of(invoices),
        "site": settings.BASE_URL.split("//", 1)[-1],
        "payer": _user(request).get_full_name(),
        "money": rows_of(lines, found.vat_rial),
        "visits": sheets.visits_of(lines),
        "pays_difference": any(line.kind == LineKind.DIFFERENCE for line in lines),
        "late": outcomes.of_late(found) if found.state == OrderState.PAID_UNPLACED else None,
        "invoices": invoices,
    }
    return _private(render(request, "billing/receipt.html", context))


@login_required
@require_safe
def receipt_pdf(request: HttpRequest, number: str) -> HttpResponseBase:
    """The receipt as PDF."""
    found = get_object_or_404(_paid_orders(request).select_related("owner"), number=number)
    return stream(request, printing.paper_of(found), f"septam-receipt-{found.number}.pdf")


def _own_invoice(request: HttpRequest, number: str) -> Invoice:
    mine = Invoice.objects.visible_to(_user(request)).select_related("order", "corrects")
    return get_object_or_404(mine, number=number)


@login_required
@require_safe
def invoice(request: HttpRequest, number: str) -> HttpResponse:
    """An invoice or a credit note, made to be printed too."""
    found = _own_invoice(request, number)
    sheet = sheets.invoice_sheet(found)
    context: dict[str, Any] = {
        "invoice": found,
        "sheet": sheet,
        "sums": [
            {"label": _("Sum before VAT"), "amount": sheet.base_rial},
            {"label": _("VAT and duties"), "amount": sheet.vat_rial},
        ],
        "total_label": f"{sheet.sum_label} ({_('rial')})",
        "others": [one for one in sheets.invoices_of(found.order) if one.pk != found.pk],
    }
    return _private(render(request, "billing/invoice.html", context))


@login_required
@require_safe
def invoice_pdf(request: HttpRequest, number: str) -> HttpResponseBase:
    """The invoice as PDF."""
    found = _own_invoice(request, number)
    return stream(
        request, printing.paper_of(found.order, found), f"septam-invoice-{found.number}.pdf"
    )


def stream(request: HttpRequest, paper: PaperFile, name: str) -> HttpResponseBase:
    """The PDF from storage, or the page that says it is being made where that did not go at once."""
    if not paper.pdf:
        page = _private(render(request, "inspections/pdf_in_making.html", status=202))
        page["Refresh"] = "5"
        return page
    return kept_files.answer(paper.pdf, name, "application/pdf", _NO_STORE)
