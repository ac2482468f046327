"""Tariffs, travel fees, cloud prices and VAT rates: every line goes through billing.price_changes, one by one.

What is in force is never rewritten. A dry run takes the same steps in a transaction that is taken back, so that what
it says is what the database would say.
"""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, NumericRange
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from billing import price_changes
from billing.models import CloudTariff, Tariff, TravelFee, VatRate
from billing.models.tariffs import FeeKind
from portal.imports import cells
from portal.imports.cells import CellFault
from portal.imports.lookups import Places, level
from portal.imports.tables import ADD, CHANGE, SAME, Column, Line, Table
from septam import audit, jalali
from septam.digits import to_latin
from sites.models import CloudProduct, Level

_FROM = Column("valid_from", gettext_lazy("Valid from"), cells.day, required=True)
_TO = Column("valid_to", gettext_lazy("End (the first day without it)"), cells.day)
_PRICE = Column("price_rial", gettext_lazy("Price (rial)"), cells.rial, required=True)
_SAMPLE = Column("is_sample", gettext_lazy("Sample data"), cells.boolean)
_COLUMN_OF = {"first_day": "valid_from", "last_day": "valid_to"}


def area(cell: str) -> Decimal:
    """Square metres."""
    try:
        found = Decimal(to_latin(cell).replace("٫", ".").replace("/", "."))
    except InvalidOperation:
        raise CellFault(_("Write square metres as a number.")) from None
    if not (found.is_finite() and 0 <= found < 10_000_000):
        raise CellFault(_("Write square metres as a number."))
    return found


class PriceTable(Table):
    """A table of prices; `same` gives the fields that make two rows the price of one thing."""

    most_lines = 5_000
    judges_by_writing = True
    ignored: ClassVar[tuple[str, ...]] = ("valid_from_jalali",)
    hint = gettext_lazy("A new price begins tomorrow at the earliest and ends the one before it. What is in force is not rewritten.")  # fmt: skip

    def __init__(self) -> None:
        self.places = Places()

    def same(self, line: Line) -> dict[str, Any]:
        """The key's fields. Raises CellFault, after naming the column in `line.values["_column"]`."""
        raise NotImplementedError

    def amount(self, line: Line) -> dict[str, Any]:
        """What is priced, by the field that holds it."""
        return {"price_rial": line.values["price_rial"]}

    def judge(self, lines: list[Line]) -> None:
        """Nothing: a line is judged when it is written, after the lines before it."""
        for line in lines:
            if not line.faults:
                line.action = SAME

    def write(self, lines: list[Line], user: User) -> None:
        """Each line in a savepoint of its own; a refusal becomes a fault of its column."""
        for line in lines:
            if line.faults:
                continue
            try:
                with transaction.atomic():
                    self._write(line, user)
            except price_changes.PriceRefused as refusal:
                column = _COLUMN_OF.get(refusal.field, refusal.field)
                line.refuse(column, refusal.message, _said(line.values.get(column, "")))
            except CellFault as fault:
                column = line.values["_column"]
                line.refuse(column, str(fault), line.values.get(column, ""))

    def _write(self, line: Line, user: User) -> None:
        same, amount = self.same(line), self.amount(line)
        first, end = line.values["valid_from"], line.values.get("valid_to")
        if end and end <= first:
            raise price_changes.PriceRefused("last_day", _("The end lies before the beginning."))
        found = self.model._default_manager.filter(**same, days__startswith=first).first()
        if found is None:
            row: Any = self.model(**same, **amount, days=DateRange(first, end), **self._mark(line))
            price_changes.enter(row)
            line.action = ADD
            audit.record(user.pk, "price.enter", row, **amount, first=first.isoformat())
            return
        self._change(line, found, amount, end, user)

    def _mark(self, line: Line) -> dict[str, bool]:
        return {} if self.model is VatRate else {"is_sample": bool(line.values.get("is_sample"))}

    def _change(
        self, line: Line, row: Any, amount: dict[str, Any], end: date | None, user: User
    ) -> None:
        line.before = self._told(row, amount)
        fields = [name for name, value in amount.items() if getattr(row, name) != value]
        for name in fields:
            setattr(row, name, amount[name])
        if end and end != row.days.upper:
            row.days = DateRange(row.days.lower, end)
            fields.append("days")
        line.action = CHANGE if fields else SAME
        line.after = self._told(row, amount)
        if fields:
            price_changes.change(row, fields)
            audit.record(user.pk, "price.change", row, fields=fields)

    def _told(self, row: Any, amount: dict[str, Any]) -> tuple[str, ...]:
        price = (self.said(name, getattr(row, name)) for name in amount)
        return (*price, self.said("valid_to", row.days.upper))

    def in_order(self) -> models.QuerySet[Any]:
        """The present rows."""
        names = [name.removesuffix("_id") for name in price_changes.KEYS[self.model]]
        return self.model._default_manager.order_by(*names, "days")


def _said(value: Any) -> str:
    return jalali.format_date(value) if isinstance(value, date) else str(value)


def _days(row: Any) -> dict[str, str]:
    ends = {"valid_from": row.days.lower, "valid_to": row.days.upper}
    return {name: jalali.format_date(day) if day else "" for name, day in ends.items()}


def _looked_up(line: Line, column: str, look: Callable[[str], Any]) -> Any:
    line.values["_column"] = column
    return look(line.values[column])


class Tariffs(PriceTable):
    """Fees of visits by kind, level, area band and province."""

    kind, title, model = "tariffs", gettext_lazy("Tariffs"), Tariff
    columns = (
        Column("kind", gettext_lazy("Kind"), cells.choice(dict(FeeKind.choices)), required=True),
        Column("level", gettext_lazy("Level"), level, required=True),
        Column("area_from", gettext_lazy("Area from"), area, required=True),
        Column("area_to", gettext_lazy("Area up to"), area),
        Column("province", gettext_lazy("Province"), cells.text(40)),
        _PRICE, _FROM, _TO, _SAMPLE,
    )  # fmt: skip
    key = ("kind", "level", "area_from", "province", "valid_from")

    def same(self, line: Line) -> dict[str, Any]:
        """Without a province: every other one."""
        v = line.values
        named = _looked_up(line, "province", self.places.province) if v.get("province") else None
        line.values["_column"] = "area_to"
        if v.get("area_to") is not None and v["area_to"] <= v["area_from"]:
            raise CellFault(_("The area ends before it begins."))
        band = NumericRange(v["area_from"], v.get("area_to"))
        return {"kind": v["kind"], "level": v["level"], "province": named, "area": band}

    def present(self) -> Iterator[dict[str, Any]]:
        """All, those that are over included."""
        for row in self.in_order().select_related("province").iterator(1000):
            upper = "" if row.area.upper is None else f"{row.area.upper.normalize():f}"
            yield {
                "kind": row.kind, "level": Level(row.level).name, "area_from": f"{row.area.lower.normalize():f}",
                "area_to": upper, "province": row.province.name if row.province else "",
                "price_rial": row.price_rial, "is_sample": row.is_sample, **_days(row),
            }  # fmt: skip


class TravelFees(PriceTable):
    """«هزینه ایاب و ذهاب» by province or city."""

    kind, title, model = "travel_fees", gettext_lazy("Travel fees"), TravelFee
    columns = (
        Column("province", gettext_lazy("Province"), cells.text(40), required=True),
        Column("city", gettext_lazy("City"), cells.text(60)),
        _PRICE, _FROM, _TO, _SAMPLE,
    )  # fmt: skip
    key = ("province", "city", "valid_from")

    def same(self, line: Line) -> dict[str, Any]:
        """Without a city: the whole province."""
        province = _looked_up(line, "province", self.places.province)
        name = line.values.get("city")
        city = (
            _looked_up(line, "city", lambda cell: self.places.city(cell, [province]))
            if name
            else None
        )
        return {"province": province, "city": city}

    def present(self) -> Iterator[dict[str, Any]]:
        """All, those that are over included."""
        for row in self.in_order().select_related("province", "city").iterator(1000):
            yield {
                "province": row.province.name, "city": row.city.name if row.city else "",
                "price_rial": row.price_rial, "is_sample": row.is_sample, **_days(row),
            }  # fmt: skip


class CloudPrices(PriceTable):
    """Prices of cloud services, one line a level."""

    kind, title, model = "cloud_prices", gettext_lazy("Prices of cloud services"), CloudTariff
    columns = (
        Column("code", gettext_lazy("Code"), cells.code(20), required=True),
        Column("level", gettext_lazy("Level"), level, required=True),
        _PRICE, _FROM, _TO, _SAMPLE,
    )  # fmt: skip
    key = ("code", "level", "valid_from")

    def same(self, line: Line) -> dict[str, Any]:
        """The product by its code."""
        return {"product": _looked_up(line, "code", _product), "level": line.values["level"]}

    def present(self) -> Iterator[dict[str, Any]]:
        """All, those that are over included."""
        for row in self.in_order().select_related("product").iterator(1000):
            yield {
                "code": row.product.code, "level": Level(row.level).name, "price_rial": row.price_rial,
                "is_sample": row.is_sample, **_days(row),
            }  # fmt: skip


def _product(code: str) -> CloudProduct:
    found = CloudProduct.objects.filter(code=code).first()
    if found is None:
        raise CellFault(_("There is no cloud product of this code."))
    return found


class VatRates(PriceTable):
    """Rates of VAT by date."""

    kind, title, model = "vat_rates", gettext_lazy("VAT rates"), VatRate
    ignored = ("valid_from_jalali", "percent", "note", "is_sample")
    columns = (
        _FROM,
        Column(
            "basis_points",
            gettext_lazy("Rate in basis points"),
            cells.whole(0, 10_000),
            required=True,
        ),
        _TO,
    )
    key = ("valid_from",)

    def same(self, line: Line) -> dict[str, Any]:
        """One rate for all."""
        return {}

    def amount(self, line: Line) -> dict[str, Any]:
        """In basis points."""
        return {"basis_points": line.values["basis_points"]}

    def present(self) -> Iterator[dict[str, Any]]:
        """By date."""
        for row in self.in_order():
            yield {"basis_points": row.basis_points, **_days(row)}
