"""Invoices and credit notes in the office: to be looked at, with the PDF and the tax system's number."""

from datetime import datetime
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Max, Min, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from billing.admin.shared import LookedAtRows, NumberSearch, order_link, rial_column
from billing.models import Invoice, InvoiceLine, TaxState, TaxSubmission
from billing.papers import parties, printing, tax_numbers
from billing.papers.views import stream
from billing.shares import sheets
from septam import clock
from septam.digits import to_latin, to_persian
from septam.forms.base import PortalForm
from septam.forms.fields import HourField, JalaliDateField, PersianCharField
from septam.money import format_rial
from septam.office.base import ReadOnlyAdmin, moment_column
from septam.templatetags.persian import fa

PERMISSION = "billing.add_taxsubmission"
_NAME = "billing_invoice"


class TaxNumberForm(PortalForm, forms.Form):
    """The number and the answer, as the accountant's software shows them."""

    tax_number = PersianCharField(
        label=gettext_lazy("Tax number"), max_length=40,
        help_text=gettext_lazy("A tax number has 22 Latin letters and digits."),
    )  # fmt: skip
    reference = PersianCharField(
        label=gettext_lazy("Reference of the tax system"), required=False, max_length=60
    )
    sent_on = JalaliDateField(label=gettext_lazy("Day of sending"))
    sent_hour = HourField(label=gettext_lazy("Hour of sending"))
    state = forms.ChoiceField(
        label=gettext_lazy("Answer of the tax system"),
        choices=TaxState.choices,
        widget=forms.RadioSelect,
    )
    attributes: ClassVar = {
        "tax_number": {"dir": "ltr", "autocomplete": "off"},
        "reference": {"dir": "ltr", "autocomplete": "off"},
    }

    def clean_tax_number(self) -> str:
        """Latin digits, capital letters, no spaces."""
        return to_latin(self.cleaned_data["tax_number"]).replace(" ", "").upper()

    def clean(self) -> dict[str, Any]:
        """The moment of sending, by Tehran's clock."""
        given = super().clean() or self.cleaned_data
        if given.get("sent_on") and given.get("sent_hour"):
            moment = datetime.combine(given["sent_on"], given["sent_hour"], clock.TEHRAN)
            given["sent_at"] = moment
        return given


class InvoiceLines(LookedAtRows):
    """The lines as issued."""

    model = InvoiceLine
    fields = (
        "title",
        "service_id",
        "quantity",
        "shown_unit",
        "shown_rate",
        "shown_vat",
        "shown_total",
    )
    shown_unit = staticmethod(rial_column("unit_price_rial", gettext_lazy("Unit price (rial)")))
    shown_vat = staticmethod(rial_column("vat_rial", gettext_lazy("VAT")))
    shown_total = staticmethod(rial_column("total_rial", gettext_lazy("Total (rial)")))
    readonly_fields = ("shown_unit", "shown_rate", "shown_vat", "shown_total")
    verbose_name_plural = gettext_lazy("Lines")
    ordering = ("position",)

    @admin.display(description=gettext_lazy("VAT rate"))
    def shown_rate(self, line: InvoiceLine) -> str:
        """In percent."""
        return sheets.percent(line.vat_basis_points)


class TaxSubmissions(LookedAtRows):
    """What was noted of the tax system."""

    model = TaxSubmission
    fields = ("tax_number", "reference", "state", "shown_sent", "entered_by")
    shown_sent = staticmethod(moment_column("sent_at", gettext_lazy("Sent on")))
    readonly_fields = ("shown_sent",)
    ordering = ("pk",)


class YearFilter(admin.SimpleListFilter):
    """Invoices of a year. The years between the first and the last: to ask for those that occur reads every row."""

    title = gettext_lazy("Year")  # type: ignore[assignment]
    parameter_name = "year"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The newest first."""
        ends = Invoice.objects.aggregate(first=Min("year"), last=Max("year"))
        if ends["last"] is None:
            return []
        years = range(ends["last"], ends["first"] - 1, -1)
        return [(str(year), to_persian(year)) for year in years]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the chosen one."""
        known = {str(value) for value, _title in self.lookup_choices}
        return queryset.filter(year=self.value()) if self.value() in known else queryset


@admin.register(Invoice)
class InvoiceAdmin(NumberSearch, ReadOnlyAdmin):
    """Invoices by number; nothing of an issued one can be changed."""

    personal = True
    grows = True
    number_columns: ClassVar[tuple[str, ...]] = ("number",)
    search_fields = ("number",)
    fields = (
        "number", "kind", "shown_issued", "shown_order", "shown_corrects", "shown_seller", "shown_buyer",
        "shown_base", "shown_vat", "shown_amount", "shown_papers",
    )  # fmt: skip
    shown_issued = staticmethod(moment_column("issued_at", gettext_lazy("Issued")))
    readonly_fields = fields[2:]
    list_display = ("number", "kind", "shown_issued", "shown_order", "shown_name", "shown_amount")
    list_filter = ("kind", YearFilter)
    list_select_related = ("order",)
    # As they were issued. By the number, not the id: the filter of years then goes along the same index.
    ordering = ("-year", "-serial")
    inlines = (InvoiceLines, TaxSubmissions)

    @admin.display(description=gettext_lazy("Order"))
    def shown_order(self, invoice: Invoice) -> SafeString:
        """A link to the order."""
        return order_link(invoice.order)

    @admin.display(description=gettext_lazy("Corrects"))
    def shown_corrects(self, invoice: Invoice) -> str:
        """A link to the invoice that a credit note corrects."""
        first = invoice.corrects
        return _link(_address(first), to_persian(first.number)) if first else "–"

    @admin.display(description=gettext_lazy("Buyer"))
    def shown_name(self, invoice: Invoice) -> str:
        """The buyer's name."""
        return str(invoice.buyer.get("name", "–"))

    @admin.display(description=gettext_lazy("Seller"))
    def shown_seller(self, invoice: Invoice) -> SafeString:
        """All that is kept of the seller."""
        return _facts(parties.seller_box(invoice.seller))

    @admin.display(description=gettext_lazy("Buyer"))
    def shown_buyer(self, invoice: Invoice) -> SafeString:
        """All that is kept of the buyer."""
        return _facts(parties.buyer_box(invoice.buyer))

    @admin.display(description=gettext_lazy("Sum before VAT"))
    def shown_base(self, invoice: Invoice) -> str:
        """In groups of three."""
        return format_rial(invoice.base_rial)

    @admin.display(description=gettext_lazy("VAT"))
    def shown_vat(self, invoice: Invoice) -> str:
        """In groups of three."""
        return format_rial(invoice.vat_rial)

    @admin.display(description=gettext_lazy("Amount (rial)"))
    def shown_amount(self, invoice: Invoice) -> str:
        """In groups of three."""
        return format_rial(invoice.payable_rial)

    @admin.display(description=gettext_lazy("Papers"))
    def shown_papers(self, invoice: Invoice) -> SafeString:
        """The ways to the PDF and to the entry of the tax number."""
        pdf = reverse(f"admin:{_NAME}_pdf", args=[invoice.pk])
        entry = reverse(f"admin:{_NAME}_tax", args=[invoice.pk])
        return format_html(
            "{} – {}", _link(pdf, _("Download the PDF")), _link(entry, _("Enter the tax number"))
        )

    def get_urls(self) -> list[URLPattern]:
        """The PDF and the entry of a tax number before Django's pages."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/invoice.pdf", wrap(self.pdf), name=f"{_NAME}_pdf"),
            path("<int:pk>/tax-number/", wrap(self.tax_number), name=f"{_NAME}_tax"),
            *super().get_urls(),
        ]

    def _found(self, request: HttpRequest, pk: int, permission: str) -> Invoice:
        if not request.user.has_perm(permission):  # type: ignore[union-attr]
            raise PermissionDenied
        found = self.get_queryset(request).select_related("order").filter(pk=pk).first()
        if found is None:
            raise Http404
        return cast(Invoice, found)

    def pdf(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The paper as its owner gets it; a look at it is noted."""
        found = self._found(request, pk, "billing.view_invoice")
        return require_safe(self._pdf)(request, found)

    def _pdf(self, request: HttpRequest, found: Invoice) -> HttpResponseBase:
        self.log_view(request, found)
        return stream(
            request, printing.paper_of(found.order, found), f"septam-invoice-{found.number}.pdf"
        )

    def tax_number(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note that the invoice was sent to the tax system, or what it answered to a sent one."""
        found = self._found(request, pk, PERMISSION)
        return require_http_methods(["GET", "HEAD", "POST"])(self._tax_number)(request, found)

    def _tax_number(self, request: HttpRequest, found: Invoice) -> HttpResponse:
        form = TaxNumberForm(request.POST if request.method == "POST" else None)
        if form.is_valid() and self._entered(request, found, form):
            messages.success(request, _("The tax number was entered."))
            return redirect(_address(found))
        return self.page(
            request, "admin/billing/tax_number.html", _("Enter the tax number"), invoice=found, form=form,
            back=_address(found),
        )  # fmt: skip

    def _entered(self, request: HttpRequest, found: Invoice, form: TaxNumberForm) -> bool:
        given: dict[str, Any] = form.cleaned_data
        try:
            tax_numbers.enter(
                found.pk, cast(User, request.user), given["tax_number"], reference=given["reference"],
                sent_at=given["sent_at"], state=given["state"],
            )  # fmt: skip
        except tax_numbers.Refused as refusal:
            field = refusal.field if refusal.field in form.fields else "sent_on"
            form.add_error(field, refusal.reason)
            return False
        return True


def _link(address: str, text: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', address, text)


def _address(invoice: Invoice) -> str:
    return reverse(f"admin:{_NAME}_change", args=[invoice.pk])


def _facts(box: Any) -> SafeString:
    rows = ((fact.label, fa(fact.value)) for fact in box.facts if fact.value)
    return format_html_join(SafeString("<br>"), "{}: <bdi>{}</bdi>", rows)
