"""Whatever people wrote into any text, no file that leaves the portal makes a spreadsheet program compute it."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Role
from billing.finance.export_tables import TABLES
from portal.imports import kinds
from tests.access.table import MODELS
from tests.access.world import World, make_world
from tests.architecture.source import APPS
from tests.people import PASSWORD, make_staff, office_client

pytestmark = pytest.mark.django_db

FORMULA = "=1+1"
# Once a text begins so and is no number, it may be computed.
LEADS = tuple("=+-@\t\r＝＋－＠")


def poison() -> list[str]:
    """A formula in every text of every row that takes one; the names of those that did."""
    took = []
    for app in APPS:
        for model in apps.get_app_config("septam_sites" if app == "sites" else app).get_models():
            for field in model._meta.concrete_fields:
                if _is_text(field) and _takes(model, field.name):
                    took.append(f"{model.__name__}.{field.name}")
    return took


def _is_text(field: models.Field) -> bool:  # type: ignore[type-arg]
    long_enough = field.max_length is None or field.max_length >= 16
    text = type(field) in (models.CharField, models.TextField)
    return text and not field.choices and not field.unique and not field.primary_key and long_enough


def _takes(model: Any, name: str) -> bool:
    try:
        with transaction.atomic():
            return bool(model.objects.update(**{name: FORMULA}))
    except (DatabaseError, AttributeError):
        return False


def is_number(cell: str) -> bool:
    """Whether a spreadsheet reads it as a number, as amounts below zero are."""
    return cell.lstrip("+-").replace(".", "", 1).isdigit()


def unsafe(cells: Iterator[str]) -> list[str]:
    return [
        one for one in cells if one.lstrip(" \u200c\ufeff").startswith(LEADS) and not is_number(one)
    ]


def cells_of(answer: Any) -> Iterator[str]:
    """Each cell of a CSV or XLSX; nothing of what is no file."""
    body = answer.getvalue() if answer.streaming else answer.content
    kind = answer.get("Content-Type", "")
    if "csv" in kind:
        for row in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")):
            yield from row
    elif "sheet" in kind:
        for sheet in load_workbook(io.BytesIO(body)).worksheets:
            for row in sheet.iter_rows():
                assert [cell for cell in row if cell.data_type == "f"] == []
                yield from (str(cell.value) for cell in row if isinstance(cell.value, str))


def files(world: World) -> Iterator[tuple[str, Any]]:
    """Every file of rows that the office gives, in each format, as somebody who may take it."""
    manager, finance = (office_client(make_staff(role)) for role in (Role.MANAGER, Role.FINANCE))
    for model in (name.replace("/", "_") for name, pages in MODELS.items() if pages.exports):
        for kind in ("csv", "xlsx"):
            path = reverse(f"admin:{model}_export")
            query = "?work=all" if model == "inspections_visitrequest" else ""
            yield model, manager.post(path + query, {"format": kind})
    for table in TABLES:
        for kind in ("csv", "xlsx"):
            yield table, _finance_file(finance, table, kind)
    for kind in kinds.TABLES:
        yield f"import {kind}", manager.get(reverse("admin:import_present_csv", args=[kind]))
    statement = reverse("admin:billing_sharestatement_csv", args=[_statement(world)])
    yield "shares", finance.get(statement)


def _finance_file(finance: Client, table: str, kind: str) -> Any:
    asked = {"table": table, "first": "1402/01/01", "last": "1402/12/29", "state": "", "gateway": "", "format": kind, "own_password": PASSWORD}  # fmt: skip
    return finance.post(reverse("admin:billing_order_exports"), asked)


def _statement(world: World) -> int:
    return int(
        world.rows.get("statement") or apps.get_model("billing.ShareStatement").objects.get().pk
    )


def test_no_file_of_the_office_holds_a_formula() -> None:
    world = make_world()
    took = poison()
    assert {"Place.title", "Profile.name", "User.last_name"} <= set(took)
    wrong, poisoned = [], set()
    for name, answer in files(world):
        cells = list(cells_of(answer))
        wrong += [f"{name}: {cell}" for cell in unsafe(iter(cells))]
        if f"'{FORMULA}" in cells:
            poisoned.add(name)
    assert wrong == []
    assert {"septam_sites_place", "inspections_visitrequest", "accounts_user"} <= poisoned
