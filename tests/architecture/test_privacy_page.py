"""docs/privacy.md names each column that could say something of a person: as personal, or as not."""

import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models

from tests.architecture.source import CLONE

PAGE = CLONE / "docs" / "privacy.md"
# What cannot name or reach a person by itself: numbers, moments, yes and no, one of a few words.
PLAIN = (
    models.IntegerField,
    models.DecimalField,
    models.BooleanField,
    models.DateTimeField,
    models.TimeField,
)
_ROW = re.compile(r"^\| `(?P<model>\w+\.\w+)` \| (?P<fields>[^|]+) \|")


def is_plain(field: Any) -> bool:
    """Whether the kind of column says already that it holds nothing of a person."""
    if field.is_relation:
        return field.related_model._meta.label != "accounts.User"
    ranges = type(field).__name__ in {"DateRangeField", "DateTimeRangeField", "DecimalRangeField"}
    return bool(field.choices) or isinstance(field, PLAIN) or ranges


def columns() -> set[str]:
    """Every column of every table that is not plain, as «app.Model.field»."""
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=False)
        for field in [*model._meta.concrete_fields, *model._meta.many_to_many]
        if not is_plain(field)
    }


def named() -> Iterator[str]:
    """The columns in the tables of the page, in their order."""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        found = _ROW.match(line)
        for field in re.findall(r"`(\w+)`", found["fields"]) if found else ():
            yield f"{found['model'] if found else ''}.{field}"


def test_every_column_that_could_hold_personal_data_is_named_once() -> None:
    found = list(named())
    assert columns() - set(found) == set(), (
        "tell in docs/privacy.md what it is, or that it is no person's"
    )
    assert set(found) - columns() == set(), "docs/privacy.md names what is not there"
    assert sorted(found) == sorted(set(found))
