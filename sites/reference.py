"""Loads the reference data of places from the files under ``data/``.

Each loader may run as often as one likes: it adds what is missing, corrects what differs from the file
and answers how many rows it wrote (0 the second time). Rows that the file does not name are staff's and
stay; a row that staff no longer mark as sample data is theirs too and stays as it is.
"""

import csv
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.conf import settings
from django.db import models, transaction

from septam.text import search_key, sort_key
from sites.models import (
    Category,
    CategoryName,
    City,
    CloudProduct,
    Coverage,
    Laboratory,
    Province,
)

Row = dict[str, str]
Model = TypeVar("Model", bound=models.Model)


def load_all() -> int:
    """Everything in the order in which one needs the other; the number of rows written."""
    loaders = (load_provinces, load_cities, load_categories, load_laboratories, load_cloud_products)
    return sum(load() for load in loaders)


@transaction.atomic
def load_provinces() -> int:
    """The 31 provinces, known by their codes; rows written."""
    wanted = [Province(**row, sort_key=sort_key(row["name"])) for row in _rows("provinces")]
    return _sync(
        wanted, Province.objects.all(), ["code"], ["name", "seat", "area_code", "sort_key"]
    )


@transaction.atomic
def load_cities() -> int:
    """All cities, known by province and search key: a corrected spelling is no new city; rows written."""
    provinces = {province.name: province for province in Province.objects.all()}
    wanted = []
    for row in _rows("cities"):
        city = City(province=provinces[row["province"]], name=row["city"])
        city.renew_keys()
        wanted.append(city)
    key = ["province_id", "search_key"]
    return _sync(wanted, City.objects.all(), key, ["label_key", "sort_key"])


@transaction.atomic
def load_categories() -> int:
    """The trades with their levels and every name by which each is found; rows written."""
    rows = _rows("categories")
    wanted = [
        Category(
            code=row["code"],
            name=row["name"],
            level=int(row["level"].removeprefix("SL")),
            is_sample=_is_true(row["is_sample"]),
            sort_key=sort_key(row["name"]),
        )
        for row in rows
    ]
    written = _sync(wanted, Category.objects.all(), ["code"], ["name", "level", "sort_key"])
    return written + _load_names(rows)


def _load_names(rows: Sequence[Row]) -> int:
    samples = {row.code: row for row in Category.objects.filter(is_sample=True)}
    wanted = [
        CategoryName(category=samples[row["code"]], name=name, search_key=search_key(name))
        for row in rows
        if row["code"] in samples
        for name in (row["name"], *_split(row["homogeneous"]))
    ]
    return _sync(wanted, CategoryName.objects.all(), ["category_id", "search_key"], [])


@transaction.atomic
def load_laboratories() -> int:
    """The laboratories and the provinces that they cover; rows written."""
    rows = _rows("laboratories")
    provinces = {province.name: province for province in Province.objects.all()}
    wanted = [
        Laboratory(
            code=row["code"],
            name=row["name"],
            city=_seat(row, provinces),
            is_sample=_is_true(row["is_sample"]),
        )
        for row in rows
    ]
    written = _sync(wanted, Laboratory.objects.all(), ["code"], ["name", "city_id"])
    return written + _load_coverage(rows, provinces)


def _seat(row: Row, provinces: dict[str, Province]) -> City:
    """The laboratory's city: in the first province of those covered that has a city of that name."""
    covered = [provinces[name] for name in _split(row["provinces"])]
    found = {
        city.province_id: city
        for city in City.objects.filter(search_key=search_key(row["city"]), province__in=covered)
    }
    return next(found[province.pk] for province in covered if province.pk in found)


def _load_coverage(rows: Sequence[Row], provinces: dict[str, Province]) -> int:
    samples = {row.code: row for row in Laboratory.objects.filter(is_sample=True)}
    wanted = [
        Coverage(laboratory=samples[row["code"]], province=provinces[name])
        for row in rows
        if row["code"] in samples
        for name in _split(row["provinces"])
    ]
    return _sync(wanted, Coverage.objects.all(), ["laboratory_id", "province_id", "city_id"], [])


@transaction.atomic
def load_cloud_products() -> int:
    """The cloud services, known by their codes; their prices are loaded by billing. Rows written."""
    wanted = [
        CloudProduct(
            code=row["code"],
            name=row["name"],
            months=int(row["months"]),
            terms=row["terms"],
            is_sample=_is_true(row["is_sample"]),
        )
        for row in _rows("cloud_products")
    ]
    return _sync(wanted, CloudProduct.objects.all(), ["code"], ["name", "months", "terms"])


def _rows(name: str) -> list[Row]:
    path = settings.BASE_DIR / "data" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def _split(cell: str) -> list[str]:
    """The values of a cell that holds several."""
    return cell.split("|") if cell else []


def _is_true(cell: str) -> bool:
    return cell == "true"


def _sync(
    wanted: Iterable[Model], present: Iterable[Model], key: Sequence[str], fields: Sequence[str]
) -> int:
    """Add the rows that are missing and correct ``fields`` of those that differ; rows written."""
    known = {_values(row, key): row for row in present}
    missing: list[Model] = []
    changed: list[Model] = []
    for row in wanted:
        found = known.setdefault(_values(row, key), row)
        if found is row:
            missing.append(row)
        elif _is_ours(found) and _values(found, fields) != _values(row, fields):
            _copy(row, found, fields)
            changed.append(found)
    return _write(missing, changed, fields)


def _values(row: models.Model, fields: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in fields)


def _is_ours(row: models.Model) -> bool:
    """Whether the file may correct the row: facts always, samples until staff made them theirs."""
    return getattr(row, "is_sample", True)


def _copy(source: models.Model, target: models.Model, fields: Sequence[str]) -> None:
    for name in fields:
        setattr(target, name, getattr(source, name))


def _write(missing: list[Model], changed: list[Model], fields: Sequence[str]) -> int:
    if missing:
        type(missing[0])._default_manager.bulk_create(missing)
    if changed:
        type(changed[0])._default_manager.bulk_update(changed, list(fields))
    return len(missing) + len(changed)
