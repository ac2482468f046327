"""A migration that finds a table in use steps back and comes again; its steps may be repeated where it was interrupted."""

from typing import Any

import pytest
from django.db import OperationalError, connection, migrations, models, transaction
from django.db.migrations.loader import MigrationLoader

from septam.postgres.migration_locks import until_free, waiting_shortly
from septam.postgres.migration_steps import AddIndexOnce, AtOnce


def ask(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone() if cursor.description else None


@pytest.mark.django_db
def test_who_waits_for_a_lock_gives_up_and_comes_again_once_it_is_free() -> None:
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("LOCK TABLE septam_heartbeat IN ACCESS EXCLUSIVE MODE")
    told: list[str] = []

    def read() -> Any:
        with transaction.atomic():
            return ask("SELECT count(*) FROM septam_heartbeat")

    try:
        with waiting_shortly(connection):
            assert until_free(read, told.append, lambda _seconds: other.rollback()) == (0,)
    finally:
        other.close()
    assert len(told) == 1
    assert ask("SHOW lock_timeout") == ("0",)


def test_another_fault_is_no_reason_to_try_again() -> None:
    calls: list[int] = []

    def broken() -> None:
        calls.append(1)
        raise OperationalError("no room")

    with pytest.raises(OperationalError, match="no room"):
        until_free(broken, calls.append, calls.append)  # type: ignore[arg-type]
    assert calls == [1]


@pytest.fixture(scope="module")
def state() -> Any:
    return MigrationLoader(None).project_state()


@pytest.mark.django_db(transaction=True)
def test_half_an_index_of_an_interrupted_run_is_made_anew_and_a_whole_one_is_kept(
    state: Any,
) -> None:
    step = AddIndexOnce("heartbeat", models.Index(fields=["at"], name="imagined_at"))
    after = state.clone()
    step.state_forwards("septam", after)

    def run() -> int:
        with connection.schema_editor(atomic=False) as editor:
            step.database_forwards("septam", editor, state, after)
        return int(ask("SELECT 'imagined_at'::regclass::oid::int")[0])

    try:
        first = run()
        assert run() == first
        ask("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'imagined_at'::regclass")
        assert run() != first
        assert ask("SELECT indisvalid FROM pg_index WHERE indexrelid = 'imagined_at'::regclass") == (True,)  # fmt: skip
    finally:
        with connection.schema_editor(atomic=False) as editor:
            step.database_backwards("septam", editor, after, state)
    assert ask("SELECT to_regclass('imagined_at')") == (None,)


@pytest.mark.django_db
def test_what_is_done_at_once_is_worked_out_before_the_first_statement(
    state: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    step = AtOnce([
        migrations.AddField("heartbeat", "one", models.IntegerField(null=True)),
        migrations.AddField("heartbeat", "two", models.CharField(max_length=3, default="")),
    ])  # fmt: skip
    real = migrations.AddField.database_forwards

    def noted(self: Any, *args: Any) -> None:
        seen.append("worked out")
        real(self, *args)

    monkeypatch.setattr(migrations.AddField, "database_forwards", noted)
    after = state.clone()
    step.state_forwards("septam", after)
    with connection.schema_editor(atomic=False) as editor:
        run, editor.execute = editor.execute, lambda *said: (seen.append("sent"), run(*said))
        step.database_forwards("septam", editor, state, after)
    assert seen[:2] == ["worked out"] * 2
    assert set(seen[2:]) == {"sent"}
    assert ask("SELECT one, two FROM septam_heartbeat LIMIT 1") is None
