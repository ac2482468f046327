"""Tariffs, travel fees, cloud prices and VAT rates: staff enter, end and take them back here."""

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing import price_changes
from billing.admin.price_forms import (
    CloudTariffForm,
    SpanForm,
    TariffForm,
    TravelFeeForm,
    VatRateForm,
)
from billing.models import CloudTariff, Tariff, TravelFee, VatRate
from septam import jalali
from septam.digits import decimal
from septam.forms.fields import DecimalAreaField
from septam.money import format_rial
from septam.office.base import OfficeModelAdmin


def _span(days: Any) -> str:
    first = jalali.format_date(days.lower) if days.lower else ""
    if days.upper is None:
        return f"{first} {_('until further notice')}"
    return _to(first, jalali.format_date(days.upper))


def _to(lower: str, upper: str) -> str:
    between = _("to")
    return f"{lower} {between} {upper}"


class PriceAdmin(OfficeModelAdmin):
    """What all prices share: what was in force is only looked at, a future price can be taken back."""

    form = SpanForm
    # What a row is the price of, as the add form names it; the way from an old price to its successor.
    successor: ClassVar[tuple[str, ...]] = ()
    # What stands on the page of somebody who may not change the row.
    shown: ClassVar[tuple[str, ...]] = ()

    @admin.display(description=_("Days"), ordering="days")
    def shown_days(self, row: Any) -> str:
        """The days in Jalali."""
        return _span(row.days)

    @admin.display(description=_("Price (rial)"), ordering="price_rial")
    def shown_price(self, row: Any) -> str:
        """The price in groups of three."""
        return format_rial(row.price_rial)

    @admin.display(description=_("New price"))
    def new_price(self, row: Any) -> str | SafeString:
        """The way to the price that follows this one."""
        if not row.pk or price_changes.is_over(row):
            return ""
        address = reverse(f"admin:billing_{row._meta.model_name}_add")
        asked = urlencode({name: value for name, value in self.successor_of(row).items() if value})
        return format_html('<a href="{}?{}">{}</a>', address, asked, _("New price from a day on"))

    def successor_of(self, row: Any) -> dict[str, Any]:
        """The add form's first values for a row that follows this one."""
        return {name: getattr(row, f"{name}_id", getattr(row, name)) for name in self.successor}

    def get_list_display(self, request: HttpRequest) -> Any:
        """With the way to a new price for who may enter one."""
        ways = ("new_price",) if self.has_add_permission(request) else ()
        return (*super().get_list_display(request), *ways)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The form's, or what is shown to who may not change the row."""
        if obj is not None and not self.has_change_permission(request, obj):
            return self.shown
        return super().get_fields(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is shown in place of the form."""
        if obj is not None and not self.has_change_permission(request, obj):
            return self.shown
        return super().get_readonly_fields(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never what is over."""
        over = obj is not None and price_changes.is_over(obj)
        return not over and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only what is not in force yet."""
        future = obj is None or price_changes.is_future(obj)
        return future and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Through billing.price_changes, and audited with the amounts."""
        if not change:
            before = price_changes.enter(obj)
            ended = {"ended": before.pk} if before is not None else {}
            self.log_change_of(request, obj, "price.enter", **_noted(obj), **ended)
        elif form.changed_columns:
            price_changes.change(obj, form.changed_columns)
            fields = sorted(form.changed_data)
            self.log_change_of(request, obj, "price.change", fields=fields, **_noted(obj))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Take the price back; the one before it runs on."""
        self.log_change_of(request, obj, "price.take_back", **_noted(obj))
        price_changes.take_back(obj)


def _noted(row: Any) -> dict[str, Any]:
    """A price for the audit: no personal data, so its amount and days may stand there."""
    amount = (
        {"basis_points": row.basis_points} if isinstance(row, VatRate) else {"rial": row.price_rial}
    )
    ends = {"first": row.days.lower, "end": row.days.upper}
    return amount | {name: day.isoformat() if day else None for name, day in ends.items()}


@admin.register(VatRate)
class VatRateAdmin(PriceAdmin):
    """Rates of VAT by date."""

    form = VatRateForm
    fields = ("basis_points", ("first_day", "last_day"))
    shown = ("shown_rate", "shown_days")
    list_display = ("shown_rate", "shown_days")
    ordering = ("-days",)

    @admin.display(description=_("Rate"))
    def shown_rate(self, rate: VatRate) -> str:
        """In percent."""
        return str(rate)


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
    shown = (
        "kind",
        "level",
        "shown_area",
        "province",
        "shown_price",
        "shown_days",
        "is_sample",
    )
    successor = ("kind", "level", "province")
    list_select_related = ("province",)
    select_fields: ClassVar[tuple[str, ...]] = ("province",)
    ordering = ("kind", "level", "area")

    def successor_of(self, row: Any) -> dict[str, Any]:
        """The same band too."""
        ends = (row.area.lower or None, row.area.upper)
        shown = (DecimalAreaField().prepare_value(end) for end in ends)
        return super().successor_of(row) | dict(zip(("area_from", "area_to"), shown, strict=True))

    @admin.display(description=_("Area"), ordering="area")
    def shown_area(self, tariff: Tariff) -> str:
        """The band in square metres."""
        lower, upper = tariff.area.lower or 0, tariff.area.upper
        if upper is not None:
            return _to(decimal(lower), decimal(upper))
        return str(_("%(least)s and more") % {"least": decimal(lower)} if lower else _("any area"))


@admin.register(TravelFee)
class TravelFeeAdmin(PriceAdmin):
    """«هزینه ایاب و ذهاب» by province and city."""

    form = TravelFeeForm
    fields = ("province", "city", "price_rial", ("first_day", "last_day"), "is_sample")
    list_display = ("province", "city", "shown_price", "shown_days", "is_sample")
    shown = list_display
    successor = ("province", "city")
    list_filter = ("province",)
    list_select_related = ("province", "city__province")
    select_fields: ClassVar[tuple[str, ...]] = ("province",)
    ordering = ("province__sort_key", F("city__sort_key").asc(nulls_first=True), "days")


@admin.register(CloudTariff)
class CloudTariffAdmin(PriceAdmin):
    """Prices of cloud products."""

    form = CloudTariffForm
    fields = ("product", "level", "price_rial", ("first_day", "last_day"), "is_sample")
    list_display = ("product", "level", "shown_price", "shown_days", "is_sample")
    shown = list_display
    successor = ("product", "level")
    list_filter = ("product", "level")
    list_select_related = ("product",)
    select_fields: ClassVar[tuple[str, ...]] = ("product",)
