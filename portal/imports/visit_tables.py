"""Holidays, closures of provinces, and the criteria of the newest draft."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections.criteria import versions as criteria_sets
from inspections.models import Closure, CriteriaSet, Criterion, CriterionKind, Holiday
from inspections.models.criteria import PhotoRule, Severity
from portal.imports import cells
from portal.imports.cells import CellFault
from portal.imports.lookups import Places
from portal.imports.tables import ADD, CHANGE, Column, Line, RowTable
from septam import jalali
from septam.digits import to_latin

_DAY = Column("day", gettext_lazy("Day"), cells.day, required=True)


class Holidays(RowTable):
    """Official holidays of the whole country; a day may have two names."""

    kind, title, model = "holidays", gettext_lazy("Holidays"), Holiday
    ignored = ("day_jalali",)
    columns = (
        _DAY,
        Column("name", gettext_lazy("Name"), cells.text(120), required=True),
        Column("is_sample", gettext_lazy("Sample data"), cells.boolean),
    )
    key: ClassVar[tuple[str, ...]] = ("day", "name")

    def rows(self, lines: list[Line]) -> Any:
        """Of these days."""
        return Holiday.objects.filter(day__in=[line.values["day"] for line in lines])

    def present(self) -> Iterator[dict[str, Any]]:
        """By day."""
        for row in Holiday.objects.order_by("day", "name").iterator(1000):
            yield {"day": jalali.format_date(row.day), "name": row.name, "is_sample": row.is_sample}


class Closures(RowTable):
    """Days on which a province is closed."""

    kind, title, model = "closures", gettext_lazy("Closures of provinces"), Closure
    hint = gettext_lazy(
        "Visits of such a day are moved once the closure is confirmed on its own page."
    )
    columns = (
        _DAY,
        Column("province", gettext_lazy("Province"), cells.text(40), required=True),
        Column("reason", gettext_lazy("Reason"), cells.text(120), required=True),
    )
    key = ("day", "province_id")

    def __init__(self) -> None:
        self.places = Places()

    def judge(self, lines: list[Line]) -> None:
        """Provinces by name."""
        for line in lines:
            if not line.faults:
                try:
                    line.values["province_id"] = self.places.province(line.values["province"]).pk
                except CellFault as fault:
                    line.refuse("province", str(fault), line.values["province"])
        super().judge(lines)

    def fields_of(self, line: Line) -> dict[str, Any]:
        """The province by its id."""
        return {name: line.values[name] for name in ("day", "province_id", "reason")}

    def key_of(self, line: Line) -> tuple[Any, ...]:
        """By the province's name, before it is looked up."""
        known = line.values.get("province_id")
        return line.values.get("day"), known or line.values.get("province")

    def rows(self, lines: list[Line]) -> Any:
        """Of these days."""
        return Closure.objects.filter(day__in=[line.values["day"] for line in lines])

    def present(self) -> Iterator[dict[str, Any]]:
        """By day."""
        for row in Closure.objects.select_related("province").order_by("day").iterator(1000):
            yield {
                "day": jalali.format_date(row.day),
                "province": row.province.name,
                "reason": row.reason,
            }


def _threshold(cell: str) -> str:
    word = {"بله": "yes", "خیر": "no"}.get(cell, cell)
    number = to_latin(word).replace("٫", ".")
    return number if number.replace(".", "", 1).isdigit() else word


class Criteria(RowTable):
    """The items of the newest draft; a published set never changes."""

    kind, title, model = "criteria", gettext_lazy("Criteria of the newest draft"), Criterion
    hint = gettext_lazy(
        "They go into the newest version that is not published yet; without one, make a draft first."
    )
    columns = (
        Column("code", gettext_lazy("Code"), cells.code(12), required=True),
        Column("group", gettext_lazy("Group"), cells.text(40), required=True),
        Column("title", gettext_lazy("Title"), cells.text(160), required=True),
        Column(
            "kind", gettext_lazy("Kind"), cells.choice(dict(CriterionKind.choices)), required=True
        ),
        Column("unit", gettext_lazy("Unit"), cells.text(30)),
        Column("choices", gettext_lazy("Choices"), cells.several(cells.text(60))),
        *(Column(f"sl{n}", f"SL{n}", _threshold) for n in (1, 2, 3, 4)),
        Column(
            "severity",
            gettext_lazy("Severity"),
            cells.choice(dict(Severity.choices)),
            required=True,
        ),
        Column(
            "photo", gettext_lazy("Photo"), cells.choice(dict(PhotoRule.choices)), required=True
        ),
        Column("na_allowed", gettext_lazy("May not apply"), cells.boolean),
        Column("help", gettext_lazy("Help"), cells.text(240)),
        Column("mending", gettext_lazy("How it is mended"), cells.text(240)),
    )
    # The file of data/ calls the kind a type; the mark of samples is the whole set's.
    ignored = ("is_sample",)
    aliases: ClassVar[dict[str, str]] = {"type": "kind"}
    key = ("code",)

    @cached_property
    def draft(self) -> CriteriaSet | None:
        """The newest one that is not published."""
        return CriteriaSet.objects.filter(published_at=None).order_by("-version").first()

    @cached_property
    def _last_position(self) -> int:
        last = Criterion.objects.filter(criteria_set=self.draft).order_by("-position").first()
        return last.position if last else 0

    def rows(self, lines: list[Line]) -> Any:
        """Of the draft."""
        codes = [line.values["code"] for line in lines]
        return Criterion.objects.filter(criteria_set=self.draft, code__in=codes)

    def fields_of(self, line: Line) -> dict[str, Any]:
        """Choices are a list."""
        values = super().fields_of(line)
        return values | ({"choices": list(values["choices"])} if "choices" in values else {})

    def fresh(self, values: dict[str, Any]) -> Criterion:
        """At the end of the draft."""
        self._last_position += 1
        return Criterion(criteria_set=self.draft, position=self._last_position, **values)

    def judge(self, lines: list[Line]) -> None:
        """Each item must be one that could be published."""
        if self.draft is None:
            for line in lines:
                line.refuse(
                    "code", _("There is no draft of the criteria; make a new version first.")
                )
            return
        super().judge(lines)
        for line in lines:
            if line.action in (ADD, CHANGE):
                for fault in criteria_sets.faults_of(line.row):
                    line.refuse("kind", fault, line.values["code"])

    def present(self) -> Iterator[dict[str, Any]]:
        """Those of the draft, else of the newest published set."""
        source = self.draft or criteria_sets.latest_published()
        names = [column.name for column in self.columns]
        for row in Criterion.objects.filter(criteria_set=source).values(*names):
            yield row | {"choices": "|".join(row["choices"])}
