"""What things cost, and from when to when.

Overlaps are refused by exclusion constraints. A gap (a day between the first and the last span of one key that has
no price) is refused by a deferred trigger of migration 0011 (`prices_have_no_gaps`), so that a transaction may end
one span and begin the next. Rows are changed through billing.price_changes.
"""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DecimalRangeField, RangeOperators
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from septam.digits import to_persian
from sites.models import Level


class VatRate(models.Model):
    """The rate of value added tax in a span of days, in basis points (900 is 9 %)."""

    basis_points = models.PositiveIntegerField(_("Rate in basis points"))
    # `[)`; without an upper bound: until further notice.
    days = DateRangeField(_("Days"))

    class Meta:
        verbose_name = _("VAT rate")
        verbose_name_plural = _("VAT rates")
        constraints: ClassVar = [
            ExclusionConstraint(
                name="vat_rates_do_not_overlap", expressions=[("days", RangeOperators.OVERLAPS)]
            ),
            models.CheckConstraint(
                condition=models.Q(basis_points__lte=10000), name="vat_rate_sane"
            ),
        ]

    def __str__(self) -> str:
        return to_persian(f"{self.basis_points / 100:g}٪")


class FeeKind(models.TextChoices):
    """Which visit a tariff is for."""

    FIRST = "first", _("First visit")
    REVISIT = "revisit", _("Re-visit")
    REPEAT = "repeat", _("Repeated visit")


class Tariff(models.Model):
    """The fee of a visit by kind, level, area band and province (none: every other province)."""

    kind = models.CharField(_("Kind"), max_length=10, choices=FeeKind.choices)
    level = models.PositiveSmallIntegerField(_("Level"), choices=Level.choices)
    # Square metres, `[)`; without an upper bound: and more.
    area = DecimalRangeField(_("Area"))
    province = models.ForeignKey(
        "septam_sites.Province", models.PROTECT, null=True, blank=True, verbose_name=_("Province")
    )
    days = DateRangeField(_("Days"))
    price_rial = models.BigIntegerField(_("Price (rial)"))
    is_sample = models.BooleanField(_("Sample data"), default=False)

    class Meta:
        verbose_name = _("Tariff")
        verbose_name_plural = _("Tariffs")
        constraints: ClassVar = [
            ExclusionConstraint(
                name="tariffs_do_not_overlap",
                expressions=[
                    ("kind", RangeOperators.EQUAL),
                    ("level", RangeOperators.EQUAL),
                    (Coalesce("province", 0), RangeOperators.EQUAL),
                    ("area", RangeOperators.OVERLAPS),
                    ("days", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=models.Q(price_rial__gte=0), name="tariff_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}، {self.get_level_display()}"


class TravelFee(models.Model):
    """«هزینه ایاب و ذهاب» of a visit in a province, or in one city of it; without a row there is none.

    A city's own fee goes before its province's, also where it is 0.
    """

    province = models.ForeignKey(
        "septam_sites.Province", models.PROTECT, verbose_name=_("Province")
    )
    city = models.ForeignKey(
        "septam_sites.City", models.PROTECT, null=True, blank=True, verbose_name=_("City")
    )
    days = DateRangeField(_("Days"))
    price_rial = models.BigIntegerField(_("Price (rial)"))
    is_sample = models.BooleanField(_("Sample data"), default=False)

    class Meta:
        verbose_name = _("Travel fee")
        verbose_name_plural = _("Travel fees")
        constraints: ClassVar = [
            ExclusionConstraint(
                name="travel_fees_do_not_overlap",
                expressions=[
                    ("province", RangeOperators.EQUAL),
                    (Coalesce("city", 0), RangeOperators.EQUAL),
                    ("days", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=models.Q(price_rial__gte=0), name="travel_fee_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return str(self.city or self.province)


class CloudTariff(models.Model):
    """The price of a cloud product, whose period is the product's own, by level."""

    product = models.ForeignKey(
        "septam_sites.CloudProduct",
        models.PROTECT,
        related_name="tariffs",
        verbose_name=_("Cloud product"),
    )
    level = models.PositiveSmallIntegerField(_("Level"), choices=Level.choices)
    days = DateRangeField(_("Days"))
    price_rial = models.BigIntegerField(_("Price (rial)"))
    is_sample = models.BooleanField(_("Sample data"), default=False)

    class Meta:
        verbose_name = _("Cloud tariff")
        verbose_name_plural = _("Cloud tariffs")
        constraints: ClassVar = [
            ExclusionConstraint(
                name="cloud_tariffs_do_not_overlap",
                expressions=[
                    ("product", RangeOperators.EQUAL),
                    ("level", RangeOperators.EQUAL),
                    ("days", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=models.Q(price_rial__gte=0), name="cloud_tariff_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product}، {self.get_level_display()}"
