"""Loads VAT rates and tariffs from the files under data/; safe to repeat, never overwrites what staff changed.

Call after sites.reference, which makes the provinces and cloud products that the rows name.
"""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from billing.models import CloudTariff, Tariff, TravelFee, VatRate
from sites.models import City, CloudProduct, Level, Province

LEVELS = {level.name: level.value for level in Level}


def load_vat_rates() -> int:
    """Make the rates that are missing, each until the next one begins; returns how many were made."""
    rows = sorted(_rows("vat_rates.csv"), key=lambda row: row["valid_from"])
    starts = [date.fromisoformat(row["valid_from"]) for row in rows]
    ends = [*(later for _, later in pairwise(starts)), None]
    made = 0
    with transaction.atomic():
        for row, first, last in zip(rows, starts, ends, strict=True):
            if not VatRate.objects.filter(days__contains=first).exists():
                VatRate.objects.create(
                    basis_points=int(row["basis_points"]),
                    days=(first, _before_later_rate(first, last)),
                )
                made += 1
    return made


def _before_later_rate(first: date, last: date | None) -> date | None:
    # Staff may have entered a rate of their own that begins earlier than the file's next one.
    later = VatRate.objects.filter(days__startswith__gt=first).values_list("days", flat=True)
    starts = [days.lower for days in later if days.lower is not None]
    return min([*starts, last] if last else starts, default=None)


def load_tariffs() -> int:
    """Make the fees that are missing; returns how many were made."""
    provinces = dict(Province.objects.values_list("name", "pk"))
    made = 0
    with transaction.atomic():
        for row in _rows("tariffs.csv"):
            area = (Decimal(row["area_from"]), Decimal(row["area_to"]) if row["area_to"] else None)
            key = {
                "kind": row["kind"],
                "level": LEVELS[row["level"]],
                "province_id": provinces[row["province"]] if row["province"] else None,
            }
            days = _days(row)
            if not Tariff.objects.filter(**key, area__overlap=area, days__overlap=days).exists():
                Tariff.objects.create(
                    **key, area=area, days=days, price_rial=int(row["price_rial"]),
                    is_sample=row["is_sample"] == "true",
                )  # fmt: skip
                made += 1
    return made


def load_travel_fees() -> int:
    """Make the travel fees that are missing of the provinces and cities that exist; returns how many were made."""
    provinces = dict(Province.objects.values_list("name", "pk"))
    cities = {(city.province.name, city.name): city.pk for city in _named_cities()}
    made = 0
    with transaction.atomic():
        for row in _rows("travel_fees.csv"):
            province, city = row["province"], row["city"]
            if province not in provinces or (city and (province, city) not in cities):
                continue
            key = {"province_id": provinces[province], "city_id": cities.get((province, city))}
            if not TravelFee.objects.filter(**key, days__overlap=_days(row)).exists():
                TravelFee.objects.create(
                    **key, days=_days(row), price_rial=int(row["price_rial"]), is_sample=row["is_sample"] == "true",
                )  # fmt: skip
                made += 1
    return made


def _named_cities() -> QuerySet[City]:
    names = {row["city"] for row in _rows("travel_fees.csv") if row["city"]}
    return City.objects.filter(name__in=names).select_related("province")


def load_cloud_tariffs() -> int:
    """Make the prices that are missing of the cloud products that exist; returns how many were made."""
    products = dict(CloudProduct.objects.values_list("code", "pk"))
    made = 0
    with transaction.atomic():
        for row in _rows("cloud_products.csv"):
            for name, level in LEVELS.items():
                price = row[f"{name.lower()}_rial"]
                key = {"product_id": products.get(row["code"]), "level": level}
                if not price or not key["product_id"]:
                    continue
                if not CloudTariff.objects.filter(**key, days__overlap=_days(row)).exists():
                    CloudTariff.objects.create(
                        **key,
                        days=_days(row),
                        price_rial=int(price),
                        is_sample=row["is_sample"] == "true",
                    )
                    made += 1
    return made


def load_prices() -> int:
    """All of the above; returns how many rows were made."""
    return load_vat_rates() + load_tariffs() + load_travel_fees() + load_cloud_tariffs()


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (Path(settings.BASE_DIR) / "data" / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _days(row: dict[str, str]) -> tuple[date, date | None]:
    last = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
    return date.fromisoformat(row["valid_from"]), last
