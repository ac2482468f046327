"""The office's pages of money: prices can be edited, orders and payments only looked at."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.attempt_columns import AmountColumn, AmountFilter, GatewayColumn, GatewayFilter
from billing.models import (
    CloudTariff,
    Order,
    OrderLine,
    PaymentAttempt,
    PaymentEvent,
    RefundCase,
    Tariff,
    VatRate,
)
from billing.tariff_forms import CloudTariffForm, TariffForm, VatRateForm
from septam import clock, jalali
from septam.admin_base import OfficeModelAdmin, ReadOnlyAdmin
from septam.digits import is_number, to_latin, to_persian
from septam.fields import DecimalAreaField
from septam.money import format_rial
from sites.models import Level


def _span(days: Any) -> str:
    first = jalali.format_date(days.lower) if days.lower else ""
    last = jalali.format_date(days.upper) if days.upper else str(_("until further notice"))
    return _to(first, last)


def _to(lower: str, upper: str) -> str:
    between = _("to")
    return f"{lower} {between} {upper}"


class PriceAdmin(OfficeModelAdmin):
    """What all prices share."""

    @admin.display(description=_("Days"), ordering="days")
    def shown_days(self, row: Any) -> str:
        """The days in Jalali."""
        return _span(row.days)

    @admin.display(description=_("Price (rial)"), ordering="price_rial")
    def shown_price(self, row: Any) -> str:
        """The price in groups of three."""
        return format_rial(row.price_rial)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Levels are chosen by name."""
        if db_field.name == "level":
            return forms.TypedChoiceField(label=_("Level"), choices=Level.choices, coerce=int)
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(VatRate)
class VatRateAdmin(PriceAdmin):
    """Rates of VAT by date."""

    form = VatRateForm
    fields = ("basis_points", "first_day", "last_day")
    list_display = ("shown_rate", "shown_days")
    ordering = ("-days",)

    @admin.display(description=_("Rate"))
    def shown_rate(self, rate: VatRate) -> str:
        """In percent."""
        return to_persian(f"{rate.basis_points / 100:g}٪")


@admin.register(Tariff)
class TariffAdmin(PriceAdmin):
    """Fees of visits."""

    form = TariffForm
    fields = (
        "kind", "level", ("area_from", "area_to"), "province", "price_rial", ("first_day", "last_day"), "is_sample",
    )  # fmt: skip
    list_display = (
        "kind",
        "level",
        "shown_area",
        "province",
        "shown_price",
        "shown_days",
        "is_sample",
    )
    list_filter = ("kind", "level")
    list_select_related = ("province",)
    select_fields: ClassVar[tuple[str, ...]] = ("province",)
    ordering = ("kind", "level", "area")

    @admin.display(description=_("Area"), ordering="area")
    def shown_area(self, tariff: Tariff) -> str:
        """The band in square metres."""
        lower, upper = (
            DecimalAreaField().prepare_value(end) for end in (tariff.area.lower, tariff.area.upper)
        )
        return f"{lower}+" if upper is None else _to(lower, upper)


@admin.register(CloudTariff)
class CloudTariffAdmin(PriceAdmin):
    """Prices of cloud products."""

    form = CloudTariffForm
    fields = ("product", "level", "price_rial", ("first_day", "last_day"), "is_sample")
    list_display = ("product", "level", "shown_price", "shown_days", "is_sample")
    list_filter = ("level",)
    list_select_related = ("product",)
    select_fields: ClassVar[tuple[str, ...]] = ("product",)


class _Rows(admin.TabularInline):
    """Rows below their parent, to be looked at."""

    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


class OrderLines(_Rows):
    """The frozen lines of an order."""

    model = OrderLine
    fields = ("title", "amount_rial", "vat_basis_points", "vat_rial", "open")
    verbose_name_plural = _("Lines")


class OrderAttempts(GatewayColumn, _Rows):
    """The tries to pay an order."""

    model = PaymentAttempt
    fields = ("order_number", "shown_gateway", "state", "reference", "masked_card", "result_code")
    readonly_fields = ("shown_gateway",)
    show_change_link = True


class AttemptEvents(_Rows):
    """The history of a try."""

    model = PaymentEvent
    fields = ("shown_at", "kind", "from_state", "to_state", "code", "detail")
    readonly_fields = ("shown_at",)
    verbose_name_plural = _("What happened")
    ordering = ("pk",)

    @admin.display(description=_("At"))
    def shown_at(self, event: PaymentEvent) -> str:
        """Day and hour."""
        return _moment(event.at)


def _moment(moment: Any) -> str:
    if moment is None:
        return ""
    return f"{jalali.format_date(moment)} {to_persian(f'{jalali.tehran(moment):%H:%M:%S}')}"


def _order_link(order: Order) -> SafeString:
    address = reverse("admin:billing_order_change", args=[order.pk])
    return format_html('<a href="{}">{}</a>', address, order.number)


class NumberSearch:
    """Search by numbers only: each goes to the indexed columns that may hold it, never across a join."""

    number_columns: ClassVar[tuple[str, ...]] = ()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Rows with exactly this number."""
        number = to_latin(search_term.strip())
        if not number:
            return queryset, False
        if not is_number(number) or len(number) > 18:
            return queryset.none(), False
        wanted = models.Q()
        for column in self.number_columns:
            wanted |= models.Q(**{column: number})
        return queryset.filter(wanted), False


@admin.register(Order)
class OrderAdmin(NumberSearch, ReadOnlyAdmin):
    """Orders with their lines and tries."""

    personal = True
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
    inlines = (OrderLines, OrderAttempts)

    @admin.display(description=_("Payable"))
    def shown_payable(self, order: Order) -> str:
        """In groups of three."""
        return format_rial(order.payable_rial)

    @admin.display(description=_("Created"))
    def shown_created(self, order: Order) -> str:
        """Day and hour."""
        return _moment(order.created_at)

    @admin.display(description=_("Paid on"))
    def shown_paid(self, order: Order) -> str:
        """Day and hour."""
        return _moment(order.paid_at)


@admin.register(PaymentAttempt)
class PaymentAttemptAdmin(GatewayColumn, AmountColumn, NumberSearch, ReadOnlyAdmin):
    """Tries to pay with their history."""

    personal = True
    number_columns: ClassVar[tuple[str, ...]] = ("order_number", "reference")
    search_fields = ("order_number", "reference")
    fields = (
        "order_number", "shown_order", "shown_gateway", "amount_rial", "state", "reference", "masked_card",
        "final_amount_rial", "result_code", "checks", "shown_sent", "shown_settled",
    )  # fmt: skip
    readonly_fields = ("shown_order", "shown_gateway", "shown_sent", "shown_settled")
    list_display = (
        "order_number",
        "shown_order",
        "shown_gateway",
        "state",
        "shown_amount",
        "shown_other_amount",
        "reference",
        "shown_created",
    )
    list_filter = ("state", GatewayFilter, AmountFilter)
    list_select_related = ("order",)
    ordering = ("-id",)
    inlines = (AttemptEvents,)

    @admin.display(description=_("Order"))
    def shown_order(self, attempt: PaymentAttempt) -> SafeString:
        """A link to the order."""
        return _order_link(attempt.order)

    @admin.display(description=_("Amount (rial)"))
    def shown_amount(self, attempt: PaymentAttempt) -> str:
        """In groups of three."""
        return format_rial(attempt.amount_rial)

    @admin.display(description=_("Created"))
    def shown_created(self, attempt: PaymentAttempt) -> str:
        """Day and hour."""
        return _moment(attempt.created_at)

    @admin.display(description=_("Sent to the bank"))
    def shown_sent(self, attempt: PaymentAttempt) -> str:
        """Day and hour."""
        return _moment(attempt.sent_at)

    @admin.display(description=_("Paid on"))
    def shown_settled(self, attempt: PaymentAttempt) -> str:
        """Day and hour."""
        return _moment(attempt.settled_at)


@admin.register(RefundCase)
class RefundCaseAdmin(ReadOnlyAdmin):
    """What is owed back to owners, the oldest first."""

    personal = True
    fields = (
        "shown_order", "request", "reason", "state", "shown_paid", "shown_amount", "shown_created",
    )  # fmt: skip
    readonly_fields = ("shown_order", "shown_paid", "shown_amount", "shown_created")
    list_display = (
        "id", "shown_order", "reason", "shown_amount", "state", "shown_age", "shown_created",
    )  # fmt: skip
    list_filter = ("state", "reason")
    list_select_related = ("order",)
    ordering = ("id",)

    @admin.display(description=_("Order"))
    def shown_order(self, case: RefundCase) -> SafeString:
        """A link to the order."""
        return _order_link(case.order)

    @admin.display(description=_("Paid (rial)"))
    def shown_paid(self, case: RefundCase) -> str:
        """In groups of three."""
        return format_rial(case.paid_rial)

    @admin.display(description=_("To be returned (rial)"))
    def shown_amount(self, case: RefundCase) -> str:
        """In groups of three."""
        return format_rial(case.amount_rial)

    @admin.display(description=_("Age"))
    def shown_age(self, case: RefundCase) -> str:
        """For how many whole days it is owed."""
        days = to_persian(max(0, (clock.now() - case.created_at).days))
        return _("%(days)s days") % {"days": days}

    @admin.display(description=_("Created"))
    def shown_created(self, case: RefundCase) -> str:
        """Day and hour."""
        return _moment(case.created_at)
