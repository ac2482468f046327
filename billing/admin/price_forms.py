"""Forms of prices: spans of days and areas as two plain fields each, in Jalali and in whole rial.

A price that is in force is shown, and only its end can be set; billing.price_changes says what is allowed.
"""

from copy import copy
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.db.backends.postgresql.psycopg_any import DateRange, NumericRange
from django.utils.translation import gettext_lazy as _

from billing import price_changes
from billing.models import CloudTariff, Tariff, TravelFee, VatRate
from septam.forms.fields import DecimalAreaField, JalaliDateField, RialField

_FROM = _("If another price holds on this day, it ends here and this one takes its place.")
_UNTIL = _("Empty: until further notice. This day itself is not included.")
_IN_FORCE = _("This price is in force or was; only its end can be set.")
_FIXED = _("What the price is for stays; take the row back and enter another one.")


class SpanForm(forms.ModelForm):
    """Shows each range column as its two ends; what the database would refuse is said beside the field."""

    # Range column → names of the fields of its lower and upper end.
    spans: ClassVar[dict[str, tuple[str, str]]] = {"days": ("first_day", "last_day")}
    # The fields that say what a price is for; they stay once the row is there.
    subject: ClassVar[tuple[str, ...]] = ()

    first_day = JalaliDateField(label=_("From day"), help_text=_FROM)
    last_day = JalaliDateField(label=_("Until day"), required=False, help_text=_UNTIL)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept = {column: getattr(self.instance, column) for column in self.spans}
        for column, ends in self.spans.items():
            span = self._kept[column]
            for name, bound in zip(ends, (span.lower, span.upper) if span else (), strict=False):
                self.initial.setdefault(name, bound or None)
        if self.instance.pk:
            self._close_what_stays()

    def _close_what_stays(self) -> None:
        in_force = not price_changes.is_future(self.instance)
        for name, field in self.fields.items():
            if in_force and name != "last_day":
                field.disabled, field.help_text = True, ""
            elif name in self.subject:
                field.disabled, field.help_text = True, _FIXED
        if in_force:
            self.fields["first_day"].help_text = _IN_FORCE

    def clean(self) -> dict[str, Any]:
        """Put the ends together. An upper end that does not lie above the lower one is refused."""
        values = super().clean() or {}
        for column, (lower_name, upper_name) in self.spans.items():
            if lower_name not in values or upper_name not in values:
                continue
            lower = values[lower_name] or Decimal(0)
            upper = values[upper_name]
            if upper is not None and upper <= lower:
                self.add_error(upper_name, _("The end must be after the beginning."))
            else:
                make = DateRange if column == "days" else NumericRange
                setattr(self.instance, column, make(lower, upper))
        return values

    def _post_clean(self) -> None:
        # Django leaves constraints out whose columns are no fields of the form.
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            # Outside the try, so that the lock is kept: whoever comes second sees the first one's row.
            price_changes.wait_for_others(type(self.instance))
            refusal = price_changes.refusal_of(self._try)
            if refusal is not None:
                self.add_error(refusal.field, refusal.message)
        if self.errors:
            # Whether the page may be changed is asked of the row as it is kept.
            for column, span in self._kept.items():
                setattr(self.instance, column, span)

    def _try(self) -> None:
        row = copy(self.instance)
        if row.pk is None:
            price_changes.enter(row)
        elif self.changed_columns:
            price_changes.change(row, self.changed_columns)

    @cached_property
    def changed_data(self) -> list[str]:
        """The changed columns; an end that changed is its column."""
        column_of = {end: column for column, ends in self.spans.items() for end in ends}
        return list(dict.fromkeys(column_of.get(name, name) for name in super().changed_data))

    @property
    def changed_columns(self) -> list[str]:
        """The columns to write."""
        columns = {field.name for field in self._meta.model._meta.concrete_fields}
        return [name for name in self.changed_data if name in columns]


class VatRateForm(SpanForm):
    """A rate of VAT and its days."""

    basis_points = forms.IntegerField(
        label=_("Rate in basis points"),
        min_value=0,
        max_value=10_000,
        help_text=_("900 is 9 percent."),
    )

    class Meta:
        model = VatRate
        fields = ("basis_points",)


class TariffForm(SpanForm):
    """The fee of a visit."""

    spans: ClassVar[dict[str, tuple[str, str]]] = SpanForm.spans | {
        "area": ("area_from", "area_to")
    }
    subject: ClassVar[tuple[str, ...]] = ("kind", "level", "province", "area_from", "area_to")

    price_rial = RialField(label=_("Price (rial)"))
    area_from = DecimalAreaField(
        label=_("Area from"), required=False, help_text=_("Empty: from the smallest place on.")
    )
    area_to = DecimalAreaField(
        label=_("Area to"),
        required=False,
        help_text=_("Empty: and more. This number itself is not included."),
    )

    class Meta:
        model = Tariff
        fields = ("kind", "level", "province", "price_rial", "is_sample")


class TravelFeeForm(SpanForm):
    """The travel fee of a province, or of one city of it."""

    subject: ClassVar[tuple[str, ...]] = ("province", "city")

    price_rial = RialField(label=_("Price (rial)"), help_text=_("0 where there is no travel fee."))

    class Meta:
        model = TravelFee
        fields = ("province", "city", "price_rial", "is_sample")

    def clean(self) -> dict[str, Any]:
        """The city lies in the province."""
        values = super().clean()
        city, province = values.get("city"), values.get("province")
        if city is not None and province is not None and city.province_id != province.pk:
            self.add_error("city", _("This city lies in another province."))
        return values


class CloudTariffForm(SpanForm):
    """The price of a cloud product."""

    subject: ClassVar[tuple[str, ...]] = ("product", "level")

    price_rial = RialField(label=_("Price (rial)"))

    class Meta:
        model = CloudTariff
        fields = ("product", "level", "price_rial", "is_sample")
