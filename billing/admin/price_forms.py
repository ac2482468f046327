"""Forms of prices: spans of days and areas as two plain fields each, in Jalali and in whole rial."""

from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.db import connection
from django.utils.translation import gettext_lazy as _

from billing.models import CloudTariff, Tariff, VatRate
from septam.fields import DecimalAreaField, JalaliDateField, RialField

_UNTIL = _("Empty: until further notice. This day itself is not included.")


class SpanForm(forms.ModelForm):
    """Shows each range column as its two ends; the database refuses overlaps, and the form says so first."""

    # Range column → names of the fields of its lower and upper end.
    spans: ClassVar[dict[str, tuple[str, str]]] = {"days": ("first_day", "last_day")}

    # What a row is about, besides its spans.
    keys: ClassVar[tuple[str, ...]] = ()

    first_day = JalaliDateField(label=_("From day"))
    last_day = JalaliDateField(label=_("Until day"), required=False, help_text=_UNTIL)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column, ends in self.spans.items():
            span = getattr(self.instance, column)
            for name, bound in zip(ends, (span.lower, span.upper) if span else (), strict=False):
                self.initial.setdefault(name, bound or None)

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
                setattr(self.instance, column, (lower, upper))
        return values

    def _post_clean(self) -> None:
        # Django leaves constraints out whose columns are no fields of the form.
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            self._refuse_overlap()

    def _refuse_overlap(self) -> None:
        self._wait_for_others()
        same = {name: getattr(self.instance, name) for name in self.keys}
        spans = {f"{column}__overlap": getattr(self.instance, column) for column in self.spans}
        others = type(self.instance)._default_manager.exclude(pk=self.instance.pk)
        if others.filter(**same, **spans).exists():
            self.add_error(None, _("These days or areas overlap another row; end that one first."))

    def _wait_for_others(self) -> None:
        """Let one at a time check and save prices of this kind.

        The office saves in the transaction of the check, so whoever comes second sees the first one's row and
        gets an error in the form; without the wait the database alone would refuse it, with a page of error.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtext(%s))", [self._meta.model._meta.db_table]
            )

    @cached_property
    def changed_data(self) -> list[str]:
        """The changed columns; an end that changed is its column."""
        column_of = {end: column for column, ends in self.spans.items() for end in ends}
        return list(dict.fromkeys(column_of.get(name, name) for name in super().changed_data))


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
    keys: ClassVar[tuple[str, ...]] = ("kind", "level", "province")

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


class CloudTariffForm(SpanForm):
    """The price of a cloud product."""

    keys: ClassVar[tuple[str, ...]] = ("product", "level")

    price_rial = RialField(label=_("Price (rial)"))

    class Meta:
        model = CloudTariff
        fields = ("product", "level", "price_rial", "is_sample")
