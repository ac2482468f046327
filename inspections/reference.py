"""Loads criteria, holidays and hours of seasons from the files under ``data/``; may run as often as one likes."""

import csv
from datetime import date, time

from django.conf import settings
from django.db import transaction

from inspections.models import CriteriaSet, Criterion, Holiday, ResultRule, SpecialHours
from septam import clock

_LEVELS = ("sl1", "sl2", "sl3", "sl4")


def load_all() -> int:
    """Criteria, holidays, hours of seasons; the number of rows written."""
    return load_criteria() + load_holidays() + load_special_hours()


@transaction.atomic
def load_criteria() -> int:
    """Version 1 of the criteria with its result rules, published; rows written.

    A published version never changes, so a set that stands already is left alone: staff publish a new one.
    """
    rows = _rows("criteria")
    criteria, new = CriteriaSet.objects.get_or_create(
        version=1,
        defaults={
            "title": "ضوابط پایش تصویری",
            "is_sample": rows[0]["is_sample"] == "true",
        },
    )
    if not new:
        return 0
    items = [_criterion(criteria, position, row) for position, row in enumerate(rows, start=1)]
    rules = [_rule(criteria, row) for row in _rows("result_rules")]
    Criterion.objects.bulk_create(items)
    ResultRule.objects.bulk_create(rules)
    criteria.published_at = clock.now()
    criteria.save(update_fields=["published_at"])
    return 1 + len(items) + len(rules)


def _criterion(criteria: CriteriaSet, position: int, row: dict[str, str]) -> Criterion:
    return Criterion(
        criteria_set=criteria, position=position, code=row["code"], group=row["group"], title=row["title"],
        kind=row["type"], unit=row["unit"], choices=row["choices"].split("|") if row["choices"] else [],
        severity=row["severity"], photo=row["photo"], na_allowed=row["na_allowed"] == "true", help=row["help"],
        mending=row["mending"],
        **{level: row[level] for level in _LEVELS},
    )  # fmt: skip


def _rule(criteria: CriteriaSet, row: dict[str, str]) -> ResultRule:
    return ResultRule(
        criteria_set=criteria, level=int(row["level"].removeprefix("SL")),
        major_allowed=int(row["major_allowed"]), minor_allowed=int(row["minor_allowed"]),
    )  # fmt: skip


@transaction.atomic
def load_holidays() -> int:
    """Official holidays; those that staff added or removed the sample mark from stay. Rows written."""
    present = set(Holiday.objects.values_list("day", "name"))
    wanted = [
        Holiday(
            day=date.fromisoformat(row["day"]),
            name=row["name"],
            is_sample=row["is_sample"] == "true",
        )
        for row in _rows("holidays")
    ]
    missing = [holiday for holiday in wanted if (holiday.day, holiday.name) not in present]
    Holiday.objects.bulk_create(missing)
    return len(missing)


@transaction.atomic
def load_special_hours() -> int:
    """The hours of seasons, once: whatever stands already is staff's. Rows written."""
    if SpecialHours.objects.exists():
        return 0
    wanted = [
        SpecialHours(
            name=row["name"], is_sample=row["is_sample"] == "true",
            first_day=date.fromisoformat(row["first_day"]), last_day=date.fromisoformat(row["last_day"]),
            opens=time.fromisoformat(row["opens"]), closes=time.fromisoformat(row["closes"]),
        )
        for row in _rows("special_hours")
    ]  # fmt: skip
    return len(SpecialHours.objects.bulk_create(wanted))


def _rows(name: str) -> list[dict[str, str]]:
    path = settings.BASE_DIR / "data" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))
