"""Migrations of tables that people use meanwhile: no lock for long, and what may be interrupted may be run again.

docs/operations.md («Upgrade») says how; `make drill-upgrade` measures it. A new table is a large one until SMALL names it.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    RemoveIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from septam.postgres.migration_steps import (
    AddFieldOnce,
    AddIndexOnce,
    AddIndexToTable,
    AddUniqueOnce,
    AtOnce,
    DropOwnIndex,
    IndexForeignKeyOnce,
)

OURS = ("septam", "notifications", "septam_sites", "accounts", "inspections", "billing", "portal")
# Reference data, settings and what is emptied all the time: some thousand rows in a whole country.
SMALL = {
    "septam.throttle", "septam.job", "septam.heartbeat", "septam.clockoffset", "septam.edition",
    "notifications.announcement", "notifications.smsproviderstate",
    "septam_sites.province", "septam_sites.city", "septam_sites.category", "septam_sites.categoryname",
    "septam_sites.laboratory", "septam_sites.coverage", "septam_sites.cloudproduct",
    "accounts.secondfactorreset", "accounts.pendingpassword", "accounts.logincodedevice", "accounts.captchapass",
    "accounts.recoverycode", "accounts.recoverycodedevice", "accounts.termsversion", "accounts.staffassignment",
    "inspections.holiday", "inspections.closure", "inspections.closuremove", "inspections.expertleave",
    "inspections.specialhours", "inspections.expertplan", "inspections.experthours", "inspections.calendarfeed",
    "inspections.conflictofinterest", "inspections.criteriaset", "inspections.criterion", "inspections.resultrule",
    "inspections.reportdraft", "billing.refundcase", "billing.invoicecounter", "billing.bankfile", "billing.vatrate",
    "billing.tariff", "billing.travelfee", "billing.cloudtariff", "billing.sharerule", "billing.sharestatement",
    "portal.dayfigures", "portal.figureskept", "portal.referenceimport", "portal.supportcode", "portal.cannedanswer",
}  # fmt: skip
# The last migrations from before any table could be filled: the version from which `make drill-upgrade` starts.
BEFORE_ANY_ROWS = {
    "septam": "0004", "notifications": "0001", "septam_sites": "0003", "accounts": "0004", "inspections": "0004",
    "billing": "0015", "portal": "",
}  # fmt: skip
# Steps on large tables that are quick although they look slow, and why.
QUICK = {
    "notifications.0002 AlterField smsmessage.next_try_at": "drops NOT NULL: reads no row",
}
# In a migration without a transaction each step sees what an interrupted run left.
MAY_BE_REPEATED = (
    AddFieldOnce, AddIndexOnce, AddIndexToTable, AddUniqueOnce, DropOwnIndex, IndexForeignKeyOnce, RemoveIndexConcurrently, ValidateConstraint,
    migrations.AlterModelOptions,
)  # fmt: skip
# Statements that say IF EXISTS, or give the same when given twice.
REPEATABLE_SQL = {"notifications.0003"}

Step = tuple[Operation, ProjectState, ProjectState]


def steps(operations: list[Operation], app: str, state: ProjectState) -> Iterator[Step]:
    """Each step that touches the database, with the state before and after it."""
    for one in operations:
        before = state.clone()
        if isinstance(one, migrations.SeparateDatabaseAndState):
            yield from steps(one.database_operations, app, before.clone())
        else:
            after = before.clone()
            one.state_forwards(app, after)
            yield one, before, after
        one.state_forwards(app, state)


def faults(name: str, migration: migrations.Migration, state: ProjectState) -> list[str]:
    """What this migration does to a table with rows that keeps others waiting. Moves the state on."""
    app, made, found = migration.app_label, set(), []
    for one, before, after in steps(migration.operations, app, state):
        if isinstance(one, migrations.CreateModel):
            made.add(one.name_lower)
        model = getattr(one, "model_name_lower", "")
        if not model or model in made or f"{app}.{model}" in SMALL:
            continue
        what = f"{name} {type(one).__name__} {model}.{getattr(one, 'name', '')}".rstrip(".")
        if slow(one, app, before, after) and what not in QUICK:
            found.append(what)
    return found


def slow(one: Operation, app: str, before: ProjectState, after: ProjectState) -> bool:
    """Whether a step reads or writes all rows under a lock that others wait for."""
    if isinstance(one, migrations.AddIndex):
        return not isinstance(one, AddIndexConcurrently)
    if isinstance(one, migrations.RemoveIndex | migrations.RemoveConstraint):
        return False
    if isinstance(one, migrations.AddConstraint):
        return not isinstance(one, AddConstraintNotValid | AddUniqueOnce)
    if isinstance(one, migrations.AddField):
        field = one.field
        is_indexed = field.db_index or field.unique or isinstance(field, models.GeneratedField)
        return is_indexed and not field.many_to_many
    if isinstance(one, IndexForeignKeyOnce) or not isinstance(one, migrations.AlterField):
        return False
    key = (app, one.model_name_lower)
    return column(before.models[key].fields[one.name]) != column(after.models[key].fields[one.name])


def column(field: "models.Field[Any, Any]") -> tuple[object, ...]:
    """What of a field the database knows, as Django's schema editor has it."""
    _name, path, args, options = field.deconstruct()
    known = {key: value for key, value in options.items() if key not in field.non_db_attrs}
    return path, args, known


def all_of_ours() -> Iterator[tuple[str, migrations.Migration, ProjectState]]:
    """Every migration in the order in which they run, with the state before it."""
    loader = MigrationLoader(None)
    state = ProjectState()
    plan: list[tuple[str, str]] = []
    for leaf in loader.graph.leaf_nodes():
        plan += [key for key in loader.graph.forwards_plan(leaf) if key not in plan]
    for app, name in plan:
        migration = loader.disk_migrations[app, name]
        if app in OURS:
            yield f"{app}.{name[:4]}", migration, state.clone()
        state = migration.mutate_state(state, preserve=False)


@pytest.fixture(scope="module")
def ours() -> list[tuple[str, migrations.Migration, ProjectState]]:
    return list(all_of_ours())


def test_what_keeps_others_waiting_is_done_on_no_large_table(
    ours: list[tuple[str, migrations.Migration, ProjectState]],
) -> None:
    found = [
        fault
        for name, migration, state in ours
        if name.partition(".")[2] > BEFORE_ANY_ROWS[migration.app_label]
        and migration.initial is not True
        for fault in faults(name, migration, state)
    ]
    assert found == []


def test_a_migration_without_a_transaction_may_be_interrupted_and_run_again(
    ours: list[tuple[str, migrations.Migration, ProjectState]],
) -> None:
    wrong = [
        f"{name} {type(one).__name__}"
        for name, migration, state in ours
        if not migration.atomic
        for one, _before, _after in steps(migration.operations, migration.app_label, state)
        if not isinstance(one, MAY_BE_REPEATED)
        and not (isinstance(one, migrations.RunSQL) and name in REPEATABLE_SQL)
    ]
    assert wrong == []


def test_every_step_goes_back_or_its_migration_says_why_not(
    ours: list[tuple[str, migrations.Migration, ProjectState]],
) -> None:
    stuck = [
        f"{name} {type(one).__name__}"
        for name, migration, _state in ours
        for one in migration.operations
        if not one.reversible and "Not reversible:" not in (type(migration).__doc__ or "")
    ]
    assert stuck == []


def imagined(*operations: Operation) -> list[str]:
    """The faults of a migration of certificates that nobody wrote."""
    migration = migrations.Migration("9999_imagined", "inspections")
    migration.operations = list(operations)
    state = MigrationLoader(None).project_state()
    return [fault.partition(" ")[2] for fault in faults("inspections.9999", migration, state)]


def test_the_look_sees_an_index_a_constraint_a_key_and_a_changed_column() -> None:
    index = models.Index(fields=["number"], name="imagined")
    check = models.CheckConstraint(condition=models.Q(number__gt=""), name="imagined")
    key = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    assert imagined(migrations.AddIndex("certificate", index)) == ["AddIndex certificate"]
    assert imagined(AtOnce([migrations.AddConstraint("certificate", check)])) == ["AddConstraint certificate"]  # fmt: skip
    assert imagined(migrations.AddField("certificate", "seen_by", key)) == ["AddField certificate.seen_by"]  # fmt: skip
    changed = migrations.AlterField("certificate", "number", models.TextField())
    assert imagined(changed) == ["AlterField certificate.number"]
    assert imagined(AddIndexOnce("certificate", index), AddConstraintNotValid("certificate", check)) == []  # fmt: skip
    assert imagined(migrations.AddIndex("criterion", models.Index(fields=["id"], name="small"))) == []  # fmt: skip
