"""Provinces, cities, trades, laboratories and cloud services, as staff keep them in a spreadsheet."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from portal.imports import cells
from portal.imports.cells import CellFault
from portal.imports.lookups import Places, level
from portal.imports.tables import ADD, CHANGE, FAULT, SAME, Column, Line, RowTable
from septam import jalali
from septam.text import search_key
from sites.models import (
    Category,
    CategoryName,
    City,
    CloudProduct,
    Coverage,
    Laboratory,
    Level,
    Province,
)

_ACTIVE = Column("active", gettext_lazy("Active"), cells.boolean)
_SAMPLE = Column("is_sample", gettext_lazy("Sample data"), cells.boolean)


def _names(table: RowTable) -> list[str]:
    return [column.name for column in table.columns]


class Provinces(RowTable):
    """Facts: only the seat and the area code are corrected."""

    kind, title, model = "provinces", gettext_lazy("Provinces"), Province
    columns = (
        Column("code", gettext_lazy("Code"), cells.digits(2), required=True),
        Column("name", gettext_lazy("Name"), cells.text(40)),
        Column("seat", gettext_lazy("Seat"), cells.text(40), required=True),
        Column("area_code", gettext_lazy("Area code"), cells.digits(3), required=True),
    )
    key, may_add = ("code",), False

    def rows(self, lines: list[Line]) -> Any:
        """By code."""
        return Province.objects.filter(code__in=[line.values["code"] for line in lines])

    def fields_of(self, line: Line) -> dict[str, Any]:
        """The name is not changed here."""
        return {name: line.values[name] for name in ("seat", "area_code")}

    def unknown(self) -> str:
        """There are thirty-one."""
        return _("There is no province of this code.")

    def present(self) -> Iterator[dict[str, Any]]:
        """All of them."""
        yield from map(dict, Province.objects.order_by("code").values(*_names(self)))


class Cities(RowTable):
    """Cities, known by province and name however it is spelt."""

    kind, title, model = "cities", gettext_lazy("Cities"), City
    columns = (
        Column("province", gettext_lazy("Province"), cells.text(40), required=True),
        Column("city", gettext_lazy("City"), cells.text(60), required=True),
    )
    key = ("province", "search_key")

    def __init__(self) -> None:
        self.places = Places()

    def key_of(self, line: Line) -> tuple[Any, ...]:
        """The province's key and the city's; made once a line, for they cost more than all else."""
        if "key" not in line.values:
            province = str(line.values.get("province", "")).removeprefix("استان ")
            line.values["key"] = search_key(province), search_key(str(line.values.get("city", "")))
        key: tuple[Any, ...] = line.values["key"]
        return key

    def row_key(self, row: Any) -> tuple[Any, ...]:
        """The same of a present city."""
        return search_key(row.province.name), row.search_key

    def rows(self, lines: list[Line]) -> Any:
        """Those of these names."""
        keys = {self.key_of(line)[1] for line in lines}
        return City.objects.filter(search_key__in=keys).select_related("province")

    def judge(self, lines: list[Line]) -> None:
        """A province that is none is a fault."""
        for line in lines:
            if not line.faults and self.key_of(line)[0] not in self.places.provinces:
                line.refuse(
                    "province", _("There is no province of this name."), line.values["province"]
                )
        super().judge(lines)

    def fields_of(self, line: Line) -> dict[str, Any]:
        """The spelling of the file is the new one."""
        return {
            "name": line.values["city"],
            "province_id": self.places.provinces[self.key_of(line)[0]].pk,
        }

    def fresh(self, values: dict[str, Any]) -> City:
        """With its keys."""
        city = City(name=values["name"], province=self.places.by_id[values["province_id"]])
        city.renew_keys()
        return city

    def present(self) -> Iterator[dict[str, Any]]:
        """By province."""
        rows = City.objects.order_by("province__code", "sort_key").values_list(
            "province__name", "name"
        )
        for province, city in rows.iterator(2000):
            yield {"province": province, "city": city}


class NamedTable(RowTable):
    """A table of rows with codes, and lists that hang on them: the file adds to the lists and takes nothing away."""

    key: ClassVar[tuple[str, ...]] = ("code",)
    unique: ClassVar[tuple[str, ...]] = ("name",)

    def rows(self, lines: list[Line]) -> Any:
        """By code."""
        return self.model._default_manager.filter(code__in=[line.values["code"] for line in lines])

    def fresh(self, values: dict[str, Any]) -> Any:
        """With its keys, where it has any."""
        row: Any = self.model(**values)
        if hasattr(row, "renew_keys"):
            row.renew_keys()
        return row

    def missing(self, lines: list[Line]) -> Iterator[tuple[Line, models.Model]]:
        """What the lines' lists name and the rows do not have yet."""
        yield from ()

    def judge(self, lines: list[Line]) -> None:
        """A row that is the same gets changed by a longer list."""
        super().judge(lines)
        for line, added in self.missing([one for one in lines if one.action in (SAME, CHANGE)]):
            line.action = CHANGE
            line.after = (*line.after, _added(added))

    def write(self, lines: list[Line], user: User) -> None:
        """The rows, then what hangs on them."""
        super().write(lines, user)
        written = [line for line in lines if line.action in (ADD, CHANGE)]
        hanging = [row for _line, row in self.missing(written)]
        if hanging:
            type(hanging[0])._default_manager.bulk_create(hanging)


def _added(row: Any) -> str:
    """What hangs on a row: the name of a trade, the province or city of a laboratory."""
    if isinstance(row, CategoryName):
        return Categories.said("homogeneous", row.name)
    if row.city_id:
        return Laboratories.said("cities", str(row.city))
    return Laboratories.said("provinces", str(row.province))


class Categories(NamedTable):
    """Trades with level and homogeneous names."""

    kind, title, model = "categories", gettext_lazy("Categories"), Category
    hint = gettext_lazy("Homogeneous names are parted by |. Names are added; none is taken away.")
    ignored = ("validity_months",)
    columns = (
        Column("code", gettext_lazy("Code"), cells.code(12), required=True),
        Column("name", gettext_lazy("Name"), cells.text(80), required=True),
        Column("level", gettext_lazy("Level"), level, required=True),
        Column("homogeneous", gettext_lazy("Homogeneous names"), cells.several(cells.text(80))),
        _ACTIVE, _SAMPLE,
    )  # fmt: skip

    def missing(self, lines: list[Line]) -> Iterator[tuple[Line, CategoryName]]:
        """Names by which the trade is not found yet, its own included."""
        ids = [line.row.pk for line in lines]
        rows = CategoryName.objects.filter(category_id__in=ids).values_list(
            "category_id", "search_key"
        )
        known = set(rows)
        for line in lines:
            for name in (line.values["name"], *line.values.get("homogeneous", ())):
                key = (line.row.pk, search_key(name))
                if key not in known:
                    known.add(key)
                    yield line, CategoryName(category=line.row, name=name, search_key=key[1])

    def present(self) -> Iterator[dict[str, Any]]:
        """With the names of each."""
        for row in Category.objects.prefetch_related("names").order_by("code").iterator(500):
            names = "|".join(one.name for one in row.names.all() if one.name != row.name)
            yield {
                "code": row.code, "name": row.name, "level": Level(row.level).name, "homogeneous": names,
                "active": row.active, "is_sample": row.is_sample,
            }  # fmt: skip


class Laboratories(NamedTable):
    """Laboratories with the provinces and cities that they cover."""

    kind, title, model = "laboratories", gettext_lazy("Laboratories"), Laboratory
    hint = gettext_lazy("Provinces are parted by |, covered cities written as “province - city”. Coverage is added; none is taken away.")  # fmt: skip
    columns = (
        Column("code", gettext_lazy("Code"), cells.code(12), required=True),
        Column("name", gettext_lazy("Name"), cells.text(80), required=True),
        Column("city", gettext_lazy("City"), cells.text(110), required=True),
        Column("provinces", gettext_lazy("Provinces"), cells.several(cells.text(40))),
        Column("cities", gettext_lazy("Covered cities"), cells.several(cells.text(110))),
        Column("signatory", gettext_lazy("Signatory"), cells.text(80)),
        Column("daily_capacity", gettext_lazy("Visits a day"), cells.whole(0, 1000)),
        Column("licence_until", gettext_lazy("Licensed until"), cells.day),
        _ACTIVE, _SAMPLE,
    )  # fmt: skip

    def __init__(self) -> None:
        self.places = Places()

    def judge(self, lines: list[Line]) -> None:
        """Names of provinces and cities become rows first."""
        for line in lines:
            if not line.faults:
                self._resolve(line)
        super().judge(lines)

    def rows(self, lines: list[Line]) -> Any:
        """With the seats, whose names are told."""
        return super().rows(lines).select_related("city__province")

    def _resolve(self, line: Line) -> None:
        column = "provinces"
        try:
            covered = [self.places.province(name) for name in line.values.get("provinces", ())]
            column = "cities"
            cities = [self.places.city(name) for name in line.values.get("cities", ())]
            column = "city"
            seat = self.places.city(line.values["city"], covered)
        except CellFault as fault:
            value = line.values[column]
            line.refuse(column, str(fault), value if isinstance(value, str) else "|".join(value))
            return
        line.values["city_id"] = seat.pk
        line.values["coverage"] = [*((one, None) for one in covered), *((c.province, c) for c in cities)]  # fmt: skip

    def fields_of(self, line: Line) -> dict[str, Any]:
        """The seat by its id."""
        return {
            name: value for name, value in super().fields_of(line).items() if name != "city"
        } | {"city_id": line.values["city_id"]}

    def missing(self, lines: list[Line]) -> Iterator[tuple[Line, Coverage]]:
        """Provinces and cities that are not covered yet."""
        rows = Coverage.objects.filter(laboratory_id__in=[line.row.pk for line in lines])
        known = set(rows.values_list("laboratory_id", "province_id", "city_id"))
        for line in lines:
            for province, city in line.values["coverage"]:
                if (line.row.pk, province.pk, city and city.pk) not in known:
                    yield line, Coverage(laboratory=line.row, province=province, city=city)

    def present(self) -> Iterator[dict[str, Any]]:
        """With what each covers."""
        rows = Laboratory.objects.select_related("city__province")
        for row in (
            rows.prefetch_related("coverage__province", "coverage__city")
            .order_by("code")
            .iterator(200)
        ):
            covered = list(row.coverage.all())
            yield {
                "code": row.code, "name": row.name, "city": f"{row.city.province.name} - {row.city.name}",
                "provinces": "|".join(one.province.name for one in covered if one.city is None),
                "cities": "|".join(f"{one.province.name} - {one.city.name}" for one in covered if one.city),
                "signatory": row.signatory, "daily_capacity": row.daily_capacity,
                "licence_until": jalali.format_date(row.licence_until) if row.licence_until else "",
                "active": row.active, "is_sample": row.is_sample,
            }  # fmt: skip


class CloudProducts(NamedTable):
    """Cloud services; the period of one that stands is not changed, because orders name it."""

    kind, title, model = "cloud_products", gettext_lazy("Cloud products"), CloudProduct
    hint = gettext_lazy(
        "Another period is another product with a code of its own. Prices are a table of their own."
    )
    ignored = (
        "sl1_rial",
        "sl2_rial",
        "sl3_rial",
        "sl4_rial",
        "valid_from",
        "valid_from_jalali",
        "valid_to",
    )
    unique = ()
    columns = (
        Column("code", gettext_lazy("Code"), cells.code(20), required=True),
        Column("name", gettext_lazy("Name"), cells.text(80), required=True),
        Column("months", gettext_lazy("Period (months)"), cells.whole(1, 60), required=True),
        Column("terms", gettext_lazy("Terms of the service"), cells.text(2000)),
        _ACTIVE, _SAMPLE,
    )  # fmt: skip

    def judge(self, lines: list[Line]) -> None:
        """A changed period is a fault."""
        super().judge(lines)
        for line in lines:
            if line.action == CHANGE and "months" in line.fields:
                line.action = FAULT
                line.refuse(
                    "months",
                    _("The period of a product that stands is not changed."),
                    line.values["months"],
                )

    def present(self) -> Iterator[dict[str, Any]]:
        """By code."""
        yield from map(dict, CloudProduct.objects.order_by("code").values(*_names(self)))
