"""Orders with their lines and tries, to be looked at."""

from typing import ClassVar

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.attempt_columns import CardColumn, GatewayColumn
from billing.admin.exports import ExportPages
from billing.admin.shared import LookedAtRows, NumberSearch, rial_column
from billing.admin.transfers import OrderProforma, OrderTransfers
from billing.models import Order, OrderLine, PaymentAttempt
from billing.shares import sheets
from septam.digits import to_persian
from septam.office.base import ReadOnlyAdmin, moment_column
from septam.templatetags.persian import code


class OrderLines(LookedAtRows):
    """The frozen lines of an order."""

    model = OrderLine
    fields = ("title", "shown_amount", "shown_rate", "shown_vat", "open")
    shown_amount = staticmethod(rial_column("amount_rial", _("Amount (rial)")))
    shown_vat = staticmethod(rial_column("vat_rial", _("VAT")))
    readonly_fields = ("shown_amount", "shown_rate", "shown_vat")
    verbose_name_plural = _("Lines")

    @admin.display(description=_("VAT rate"))
    def shown_rate(self, line: OrderLine) -> str:
        """In percent."""
        return sheets.percent(line.vat_basis_points)


class OrderAttempts(CardColumn, GatewayColumn, LookedAtRows):
    """The tries to pay an order."""

    model = PaymentAttempt
    fields = ("order_number", "shown_gateway", "state", "reference", "shown_card", "result_code")
    readonly_fields = ("shown_gateway", "shown_card")
    show_change_link = True


@admin.register(Order)
class OrderAdmin(ExportPages, NumberSearch, ReadOnlyAdmin):
    """Orders with their lines and tries."""

    personal = True
    grows = True
    change_list_template = "admin/billing/order/change_list.html"
    number_columns: ClassVar[tuple[str, ...]] = ("number",)
    search_fields = ("number",)
    fields = (
        "shown_number",
        "owner",
        "state",
        "shown_base",
        "shown_vat",
        "shown_payable",
        "shown_created",
        "shown_paid",
    )
    shown_base = staticmethod(rial_column("base_rial", _("Sum before VAT")))
    shown_vat = staticmethod(rial_column("vat_rial", _("VAT")))
    shown_payable = staticmethod(rial_column("payable_rial", _("Payable")))
    shown_created = staticmethod(moment_column("created_at", _("Created")))
    shown_paid = staticmethod(moment_column("paid_at", _("Paid on")))
    readonly_fields = (
        "shown_number", "shown_base", "shown_vat", "shown_payable", "shown_created", "shown_paid",
    )  # fmt: skip
    list_display = (
        "shown_number",
        "owner",
        "state",
        "shown_payable",
        "shown_created",
        "shown_paid",
    )
    list_filter = ("state",)
    list_select_related = ("owner",)
    ordering = ("-id",)
    inlines = (OrderLines, OrderAttempts, OrderProforma, OrderTransfers)

    @admin.display(description=_("Number"))
    def shown_number(self, order: Order) -> SafeString:
        """In Persian digits, in its own order."""
        return code(to_persian(order.number))
