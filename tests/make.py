"""Small makers of the things that tests are about, built on a handful of reference rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from accounts.models import User
from billing.models import Tariff, VatRate
from inspections.models import CriteriaSet, Criterion, ResultRule
from septam import clock
from septam.text import search_key, sort_key
from sites.models import (
    Category,
    CategoryName,
    City,
    Coverage,
    Laboratory,
    Level,
    Place,
    Province,
)
from sites.place import PlaceState


def make_province(name: str = "تهران", code: str = "23", area_code: str = "021") -> Province:
    """A province."""
    return Province.objects.get_or_create(
        name=name,
        defaults={"code": code, "seat": name, "area_code": area_code, "sort_key": sort_key(name)},
    )[0]


def make_city(name: str = "تهران", province: Province | None = None) -> City:
    """A city, of Tehran's province unless told otherwise."""
    city = City.objects.get_or_create(name=name, province=province or make_province())[0]
    city.save(update_fields=city.renew_keys())
    return city


def make_category(name: str = "طلا و جواهر فروشی", level: int = Level.SL4) -> Category:
    """A trade that is found by its own name."""
    category, new = Category.objects.get_or_create(
        name=name,
        defaults={
            "code": f"T-{Category.objects.count()}",
            "level": level,
            "sort_key": sort_key(name),
        },
    )
    if new:
        CategoryName.objects.create(category=category, name=name, search_key=search_key(name))
    return category


def make_laboratory(name: str = "آزمایشگاه آتن", city: City | None = None) -> Laboratory:
    """A laboratory that covers its city's province."""
    city = city or make_city()
    laboratory, new = Laboratory.objects.get_or_create(
        name=name,
        defaults={
            "code": f"L-{Laboratory.objects.count()}",
            "city": city,
            "signatory": "مهندس رضایی",
        },
    )
    if new:
        Coverage.objects.create(laboratory=laboratory, province=city.province)
    return laboratory


def make_criteria(version: int = 1, published: bool = True) -> CriteriaSet:
    """A set of two items: one critical yes/no, one number with thresholds."""
    criteria, new = CriteriaSet.objects.get_or_create(
        version=version, defaults={"title": "ضوابط پایش تصویری"}
    )
    if new:
        Criterion.objects.create(
            criteria_set=criteria, code="PV-01", position=1, group="پوشش", title="ورودی در دید دوربین است",
            kind="yesno", sl1="yes", sl2="yes", sl3="yes", sl4="yes", severity="critical", photo="on_fail",
        )  # fmt: skip
        Criterion.objects.create(
            criteria_set=criteria, code="PV-14", position=2, group="ضبط", title="مدت نگهداری تصویر",
            kind="number_min", unit="روز", sl1="15", sl2="30", sl3="60", sl4="90", severity="major",
            photo="on_fail",
        )  # fmt: skip
        for level in Level.values:
            ResultRule.objects.create(
                criteria_set=criteria, level=level, major_allowed=0, minor_allowed=1
            )
        if published:
            publish(criteria)
    return criteria


def publish(criteria: CriteriaSet) -> None:
    """From here on the database refuses every change of it."""
    criteria.published_at = clock.now()
    criteria.save(update_fields=["published_at"])


@contextmanager
def unguarded_criteria() -> Iterator[None]:
    """Tests of what published criteria lead to may alter them within this block, as nobody else can."""
    guards = {
        "inspections_criteriaset": "inspections_set_stands",
        "inspections_criterion": "inspections_criterion_stands",
        "inspections_resultrule": "inspections_rule_stands",
    }
    with connection.cursor() as cursor:
        # A table with checks that wait for the commit cannot be altered.
        for verb in ("DISABLE", "ENABLE"):
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table, guard in guards.items():
                cursor.execute(f"ALTER TABLE {table} {verb} TRIGGER {guard}")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            if verb == "DISABLE":
                yield


def make_prices(price_rial: int = 6_360_000) -> None:
    """The guide's fee for every visit, 9 % VAT until the end of 1402, 10 % from 1403."""
    if VatRate.objects.exists():
        return
    VatRate.objects.create(basis_points=900, days=(date(2015, 3, 21), date(2024, 3, 20)))
    VatRate.objects.create(basis_points=1000, days=(date(2024, 3, 20), None))
    for kind in ("first", "revisit", "repeat"):
        for level in Level.values:
            Tariff.objects.create(
                kind=kind, level=level, area=(Decimal(0), None), days=(date(2015, 3, 21), None),
                price_rial=price_rial,
            )  # fmt: skip


def make_place(owner: User, title: str = "طلافروشی حسینی", **fields: Any) -> Place:
    """A complete place of the owner, ready for a request, with all that pricing and visits need."""
    make_prices()
    make_criteria()
    city = fields.pop("city", None) or make_city()
    values: dict[str, Any] = {
        "state": PlaceState.READY, "category": make_category(), "postal_code": "1416932790",
        "area": Decimal("38.50"), "city": city, "address": "خیابان ولیعصر، پلاک ۱۲",
        "representative_name": "علی حسینی", "representative_phone": "02188776655",
        "laboratory": make_laboratory(city=city), "search_key": search_key(title),
        "created_at": clock.now(), "updated_at": clock.now(),
    }  # fmt: skip
    return Place.objects.create(owner=owner, title=title, **(values | fields))
