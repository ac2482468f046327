"""Orders with their lines and tries, to be looked at."""

from typing import ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from billing.admin.attempt_columns import CardColumn, GatewayColumn
from billing.admin.exports import ExportPages
from billing.admin.shared import LookedAtRows, NumberSearch, shown_moment
from billing.admin.transfers import OrderProforma, OrderTransfers
from billing.models import Order, OrderLine, PaymentAttempt
from septam.admin_base import ReadOnlyAdmin
from septam.money import format_rial


class OrderLines(LookedAtRows):
    """The frozen lines of an order."""

    model = OrderLine
    fields = ("title", "amount_rial", "vat_basis_points", "vat_rial", "open")
    verbose_name_plural = _("Lines")


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
    change_list_template = "admin/billing/order/change_list.html"
    number_columns: ClassVar[tuple[str, ...]] = ("number",)
    search_fields = ("number",)
    fields = (
        "number",
        "owner",
        "state",
        "base_rial",
        "vat_rial",
        "payable_rial",
        "shown_created",
        "shown_paid",
    )
    readonly_fields = ("shown_created", "shown_paid")
    list_display = ("number", "owner", "state", "shown_payable", "shown_created", "shown_paid")
    list_filter = ("state",)
    list_select_related = ("owner",)
    ordering = ("-id",)
    inlines = (OrderLines, OrderAttempts, OrderProforma, OrderTransfers)

    @admin.display(description=_("Payable"))
    def shown_payable(self, order: Order) -> str:
        """In groups of three."""
        return format_rial(order.payable_rial)

    @admin.display(description=_("Created"))
    def shown_created(self, order: Order) -> str:
        """Day and hour."""
        return shown_moment(order.created_at)

    @admin.display(description=_("Paid on"))
    def shown_paid(self, order: Order) -> str:
        """Day and hour."""
        return shown_moment(order.paid_at)
