"""Tariffs, cloud prices and VAT rates: staff edit them here."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from billing.admin.price_forms import CloudTariffForm, TariffForm, VatRateForm
from billing.models import CloudTariff, Tariff, VatRate
from septam import jalali
from septam.admin_base import OfficeModelAdmin
from septam.digits import to_persian
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
