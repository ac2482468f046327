"""Reads the kept figures for what was chosen and may be seen: a fixed number of queries, each along an index."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet, Sum

from portal.board import periods
from portal.board.filters import Chosen
from portal.board.models import DayFigures, FiguresKept, Grain
from portal.board.viewer import Viewer

COUNTED = (
    "paid", "visited", "absent", "conforming", "nonconforming", "base_rial", "vat_rial", "returned_rial",
)  # fmt: skip


@dataclass
class Sums:
    """Figures that belong together, by the names of the columns."""

    of: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def __getitem__(self, name: str) -> int:
        return self.of[name]

    def add(self, row: dict[str, Any]) -> None:
        """One more day."""
        for name in COUNTED:
            self.of[name] += row[name] or 0

    @property
    def results(self) -> int:
        """How many results were told."""
        return self["conforming"] + self["nonconforming"]

    @property
    def pass_rate(self) -> int:
        """Whole per cent of the results that conform; 0 without any."""
        return round(100 * self["conforming"] / self.results) if self.results else 0


def kept_until() -> datetime | None:
    """Until when the figures are complete; None before the first count."""
    return FiguresKept.objects.filter(pk=1).values_list("until", flat=True).first()


@dataclass(frozen=True)
class Reading:
    """The figures of one viewer and choice."""

    viewer: Viewer
    chosen: Chosen

    def by_period(self) -> list[tuple[periods.Period, Sums]]:
        """Week after week, or month after month, the empty ones too."""
        chosen = self.chosen
        weeks = periods.are_weeks(chosen.first, chosen.last)
        sums: dict[date, Sums] = defaultdict(Sums)
        for row in self._summed(self._days(self._series(Grain.TOTAL, Grain.PLACES)), "day"):
            sums[periods.start_of(row["day"], weeks=weeks)].add(row)
        return [
            (period, sums[period.first]) for period in periods.between(chosen.first, chosen.last)
        ]

    def by_laboratory(self) -> dict[int, Sums]:
        """The laboratories with results."""
        return self._by("laboratory_id", self._days(self._narrowed(self._of_laboratories())))

    def by_category(self) -> dict[int, Sums]:
        """The categories with results."""
        return self._by("category_id", self._days(self._series(Grain.CATEGORY, Grain.DETAIL)))

    def ends(self, first: date) -> list[tuple[periods.Period, int]]:
        """How many certificates end in each week from a day on, as far ahead as they are kept."""
        rows = self._series(Grain.ENDS, Grain.ENDS_OF_PLACES).filter(day__gte=first)
        sums: dict[date, int] = defaultdict(int)
        last = first
        for day, count in rows.values_list("day").annotate(Sum("ending")).order_by("day"):
            sums[periods.week_of(day)] += count
            last = day
        return [
            (period, sums[period.first])
            for period in (periods.between(first, last) if sums else ())
        ]

    def _series(self, whole: Grain, narrowed: Grain) -> QuerySet[DayFigures]:
        """The rows of the whole country in few, else those of what was chosen."""
        chosen = self.chosen
        if self.viewer.sees_all and not (chosen.province_id or chosen.laboratory_id):
            return DayFigures.objects.filter(grain=whole)
        return self._narrowed(self._of_laboratories() if narrowed == Grain.PLACES else narrowed)

    def _of_laboratories(self) -> Grain:
        """A province asks for finer rows."""
        return Grain.PLACES if self.chosen.province_id else Grain.LABORATORIES

    def _narrowed(self, grain: Grain) -> QuerySet[DayFigures]:
        rows = DayFigures.objects.filter(grain=grain)
        if not self.viewer.sees_all:
            rows = rows.filter(laboratory_id__in=self.viewer.laboratories)
        if self.chosen.laboratory_id:
            rows = rows.filter(laboratory_id=self.chosen.laboratory_id)
        if self.chosen.province_id:
            rows = rows.filter(province_id=self.chosen.province_id)
        return rows

    def _days(self, rows: QuerySet[DayFigures]) -> QuerySet[DayFigures]:
        return rows.filter(day__range=(self.chosen.first, self.chosen.last))

    def _by(self, key: str, rows: QuerySet[DayFigures]) -> dict[int, Sums]:
        found: dict[int, Sums] = defaultdict(Sums)
        for row in self._summed(rows, key):
            if row[key] is not None:
                found[row[key]].add(row)
        return {pk: sums for pk, sums in found.items() if sums.results}

    @staticmethod
    def _summed(rows: QuerySet[DayFigures], key: str) -> Iterable[dict[str, Any]]:
        return rows.values(key).annotate(**{name: Sum(name) for name in COUNTED}).order_by(key)
