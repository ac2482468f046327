"""The 23 sample items as unsaved rows, straight from the data files."""

import csv

from django.conf import settings

from inspections.models import Criterion, ResultRule


def _rows(name: str) -> list[dict[str, str]]:
    with (settings.BASE_DIR / "data" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def criteria() -> list[Criterion]:
    """PV-01 … PV-23."""
    return [
        Criterion(
            position=position, code=row["code"], group=row["group"], title=row["title"],
            kind=row["type"], unit=row["unit"], choices=[c for c in row["choices"].split("|") if c],
            sl1=row["sl1"], sl2=row["sl2"], sl3=row["sl3"], sl4=row["sl4"],
            severity=row["severity"], photo=row["photo"], na_allowed=row["na_allowed"] == "true",
            help=row["help"], mending=row["mending"],
        )
        for position, row in enumerate(_rows("criteria.csv"), 1)
    ]  # fmt: skip


def rule(level: int) -> ResultRule:
    """How many failed items a level allows."""
    row = next(
        row for row in _rows("result_rules.csv") if row["level"].removeprefix("SL") == str(level)
    )
    return ResultRule(
        level=level,
        major_allowed=int(row["major_allowed"]),
        minor_allowed=int(row["minor_allowed"]),
    )
