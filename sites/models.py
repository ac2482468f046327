"""Reference data that describes places: where they are, what their trade is, who certifies them."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from septam.digits import to_persian
from septam.office.names import spelt_once
from septam.text import search_key, sort_key
from sites.place import Place, PlaceQuerySet
from sites.spelling import near_key

__all__ = [
    "Category", "CategoryName", "City", "CloudProduct", "Coverage", "Laboratory", "Level", "Place",
    "PlaceQuerySet", "Province",
]  # fmt: skip

SAMPLE_RULE = _("While a row is marked as sample data, the set-up command renews it from the file.")


class Level(models.IntegerChoices):
    """Security level of a trade; a higher number asks for more."""

    SL1 = 1, _("Level 1 (SL1)")
    SL2 = 2, _("Level 2 (SL2)")
    SL3 = 3, _("Level 3 (SL3)")
    SL4 = 4, _("Level 4 (SL4)")


class Province(models.Model):
    """One of the 31 provinces."""

    code = models.CharField(_("Code"), max_length=2, unique=True)
    name = models.CharField(_("Name"), max_length=40, unique=True)
    seat = models.CharField(_("Seat"), max_length=40)
    area_code = models.CharField(_("Area code"), max_length=3)
    sort_key = models.CharField(max_length=160, editable=False)

    class Meta:
        verbose_name = _("Province")
        verbose_name_plural = _("Provinces")
        ordering: ClassVar = ["sort_key"]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The province beside cities: «استان گیلان»."""
        return f"استان {self.name}"

    def renew_keys(self) -> list[str]:
        """Make the keys that follow from the name anew; the names of these fields."""
        self.sort_key = sort_key(self.name)
        return ["sort_key"]


class City(models.Model):
    """A city; names repeat between provinces, so it is always shown with its province."""

    province = models.ForeignKey(
        Province,
        models.PROTECT,
        related_name="cities",
        verbose_name=_("Province"),
        db_index=False,
    )
    name = models.CharField(_("Name"), max_length=60)
    # The keys come from septam.text; those to search by have no spaces at all.
    search_key = models.CharField(max_length=160, editable=False, db_index=True)
    # Province and city in one, so that «تهران - ری» is found too.
    label_key = models.CharField(max_length=240, editable=False, default="")
    near_key = near_key(of_city=True)
    sort_key = models.CharField(max_length=240, editable=False)

    class Meta:
        verbose_name = _("City")
        verbose_name_plural = _("Cities")
        ordering: ClassVar = ["sort_key"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["province", "name"], name="city_once_in_province"),
            models.UniqueConstraint(
                fields=["province", "search_key"], name="city_once_however_spelt"
            ),
        ]
        indexes: ClassVar = [
            GinIndex(
                fields=["near_key", "label_key"], opclasses=["gin_trgm_ops"] * 2, name="city_near"
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The city as it is always shown: «استان آذربایجان شرقی - تبریز»."""
        return f"استان {self.province.name} - {self.name}"

    def renew_keys(self) -> list[str]:
        """Make the keys that follow from the names anew; the names of these fields."""
        self.search_key = search_key(self.name)
        self.label_key = search_key(self.province.name) + self.search_key
        self.sort_key = sort_key(self.name)
        return ["search_key", "label_key", "sort_key"]


class Category(models.Model):
    """A trade («رسته») with its security level."""

    code = models.CharField(_("Code"), max_length=12, unique=True)
    name = models.CharField(_("Name"), max_length=80, unique=True)
    level = models.PositiveSmallIntegerField(_("Level"), choices=Level.choices)
    active = models.BooleanField(_("Active"), default=True)
    is_sample = models.BooleanField(_("Sample data"), default=False, help_text=SAMPLE_RULE)
    sort_key = models.CharField(max_length=320, editable=False)

    class Meta:
        verbose_name = _("Category")
        verbose_name_plural = _("Categories")
        ordering: ClassVar = ["sort_key"]
        constraints: ClassVar = [spelt_once("category_once_however_spelt")]

    def __str__(self) -> str:
        return self.name

    @property
    def months_valid(self) -> int:
        """How many months a certificate of its level is valid for."""
        return int(settings.VALIDITY_MONTHS[self.level])

    def renew_keys(self) -> list[str]:
        """Make the keys that follow from the name anew; the names of these fields."""
        self.sort_key = sort_key(self.name)
        return ["sort_key"]


class CategoryName(models.Model):
    """A name by which a category is found: its own, and each homogeneous one."""

    category = models.ForeignKey(Category, models.CASCADE, related_name="names", db_index=False)
    name = models.CharField(_("Name"), max_length=80)
    search_key = models.CharField(max_length=160, editable=False, db_index=True)
    near_key = near_key()

    class Meta:
        verbose_name = _("Homogeneous name")
        verbose_name_plural = _("Homogeneous names")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["category", "search_key"], name="category_name_once")
        ]
        indexes: ClassVar = [
            GinIndex(fields=["near_key"], opclasses=["gin_trgm_ops"], name="category_name_near")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name as it is offered; a homogeneous one says of which category it is."""
        return (
            self.name if self.name == self.category.name else f"{self.name} - {self.category.name}"
        )

    def renew_keys(self) -> list[str]:
        """Make the key that follows from the name anew; the name of this field."""
        self.search_key = search_key(self.name)
        return ["search_key"]


class Laboratory(models.Model):
    """A laboratory that visits places and issues certificates."""

    code = models.CharField(_("Code"), max_length=12, unique=True)
    name = models.CharField(_("Name"), max_length=80, unique=True)
    city = models.ForeignKey(City, models.PROTECT, verbose_name=_("City"))
    signatory = models.CharField(_("Signatory"), max_length=80, blank=True)
    daily_capacity = models.PositiveSmallIntegerField(_("Visits a day"), default=6)
    licence_until = models.DateField(_("Licensed until"), null=True, blank=True)
    active = models.BooleanField(_("Active"), default=True)
    is_sample = models.BooleanField(_("Sample data"), default=False, help_text=SAMPLE_RULE)

    class Meta:
        verbose_name = _("Laboratory")
        verbose_name_plural = _("Laboratories")
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [spelt_once("laboratory_once_however_spelt")]

    def __str__(self) -> str:
        return self.name

    def is_open(self, day: date) -> bool:
        """Whether it may visit places on a day of Tehran: it is not suspended, and its licence has not run out."""
        return self.active and (self.licence_until is None or self.licence_until >= day)


class Coverage(models.Model):
    """Where a laboratory works: a whole province, or one city of it."""

    laboratory = models.ForeignKey(
        Laboratory, models.CASCADE, related_name="coverage", db_index=False
    )
    province = models.ForeignKey(Province, models.PROTECT, verbose_name=_("Province"))
    city = models.ForeignKey(City, models.PROTECT, null=True, blank=True, verbose_name=_("City"))

    class Meta:
        verbose_name = _("Coverage")
        verbose_name_plural = _("Coverage")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["laboratory", "province", "city"],
                nulls_distinct=False,
                name="coverage_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.province} {self.city or ''}".strip()


class CloudProduct(models.Model):
    """A cloud service («سرویس ابری») of a period, ordered with a visit; its price stands in billing.

    Another period is another product: what was sold for twelve months stays a service of twelve months.
    """

    code = models.CharField(_("Code"), max_length=20, unique=True)
    name = models.CharField(_("Name"), max_length=80)
    months = models.PositiveSmallIntegerField(_("Period (months)"), default=12)
    terms = models.TextField(pgettext_lazy("cloud service", "Terms"), blank=True)
    active = models.BooleanField(_("Active"), default=True)
    is_sample = models.BooleanField(_("Sample data"), default=False, help_text=SAMPLE_RULE)

    class Meta:
        verbose_name = _("Cloud product")
        verbose_name_plural = _("Cloud products")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(months__gte=1, months__lte=60), name="cloud_product_months_sane"
            ),
            spelt_once("cloud_product_once_however_spelt", "months"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The service with its period, as owners and papers read it: «سرویس ابری مخابرات – ۱۲ ماهه»."""
        return f"{self.name} – {to_persian(self.months)} ماهه"
