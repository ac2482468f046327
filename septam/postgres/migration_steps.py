"""Steps of migrations for tables that people read and write meanwhile.

A migration is either one transaction whose locks last no longer than its statements (`AtOnce`), or, with `atomic = False`,
a row of steps that hold no lock for long. Such a row may be interrupted anywhere and run again: each step sees what an
earlier run left. `tests/architecture/test_migrations.py` says where they are demanded.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently, NotInTransactionMixin
from django.db import migrations
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.fields import FieldOperation
from django.db.models import ForeignKey, Index, UniqueConstraint

# Django's schema editors and project states have no types.
Editor = Any
State = Any


class AtOnce(migrations.SeparateDatabaseAndState):
    """Several steps of one transaction: first all their statements are worked out, then they are sent in a row.

    Django works out each step only when it comes to it, and that takes longer than most statements: meanwhile the locks
    of the earlier ones are held. For steps that neither read rows nor run Python.
    """

    def __init__(self, operations: list[Operation]) -> None:
        super().__init__(database_operations=operations, state_operations=operations)

    def database_forwards(
        self, app_label: str, schema_editor: Editor, from_state: State, to_state: State
    ) -> None:
        """As Django, by a plan."""
        with _planned(schema_editor) as plan:
            super().database_forwards(app_label, plan, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Editor, from_state: State, to_state: State
    ) -> None:
        """As Django, by a plan."""
        with _planned(schema_editor) as plan:
            super().database_backwards(app_label, plan, from_state, to_state)


@contextmanager
def _planned(editor: Editor) -> Iterator[Editor]:
    if editor.collect_sql:  # `sqlmigrate` only shows them
        yield editor
        return
    with editor.connection.schema_editor(collect_sql=True, atomic=False) as plan:
        yield plan
    for statement in plan.collected_sql:
        editor.execute(statement, None)


class AddIndexOnce(AddIndexConcurrently):
    """An index that is built while people work. Half an index of an interrupted run is built anew, a whole one kept."""

    def database_forwards(
        self, app_label: str, schema_editor: Editor, from_state: State, to_state: State
    ) -> None:
        """Raises NotSupportedError inside a transaction."""
        if not _stands(schema_editor, str(self.index.name)):
            with _waiting_is_free(schema_editor):
                super().database_forwards(app_label, schema_editor, from_state, to_state)


class AddIndexToTable(NotInTransactionMixin, Operation):  # type: ignore[misc]
    """An index of a table that is another package's, built as `AddIndexOnce` does; no model of ours knows of it."""

    atomic = False

    def __init__(self, name: str, table: str, columns: tuple[str, ...]) -> None:
        self.name, self.table, self.columns = name, table, columns

    def state_forwards(self, app_label: str, state: State) -> None:
        """Nothing: the state holds models."""

    def database_forwards(
        self, app_label: str, schema_editor: Editor, from_state: State, to_state: State
    ) -> None:
        """Raises NotSupportedError inside a transaction."""
        self._ensure_not_in_transaction(schema_editor)
        if _stands(schema_editor, self.name):
            return
        quote = schema_editor.quote_name
        columns = ", ".join(map(quote, self.columns))
        with _waiting_is_free(schema_editor):
            # Quoted names of the migration's own.
            # nosemgrep: statement-of-pieces
            schema_editor.execute(
                f"CREATE INDEX CONCURRENTLY {quote(self.name)} ON {quote(self.table)} ({columns})",
                None,
            )

    def database_backwards(
        self, app_label: str, schema_editor: Editor, from_state: State, to_state: State
    ) -> None:
        """Drop it."""
        self._ensure_not_in_transaction(schema_editor)
        _drop(schema_editor, self.name)

    def describe(self) -> str:
        """For `migrate --plan`."""
        return f"Create index {self.name} of {self.table}"


class AddUniqueOnce(NotInTransactionMixin, migrations.AddConstraint):
    """A unique constraint with a condition, which is an index for Postgres, built as `AddIndexOnce` does."""

    atomic = False
    constraint: UniqueConstraint

    def database_forwards(
        self, app_label: str, schema_editor: Editor, from_state: State, to_state: State
    ) -> None:
        """Raises IntegrityError where rows contradict it; the half index is removed by the next run."""
        self._ensure_not_in_transaction(schema_editor)
        if _stands(schema_editor, self.constraint.name):
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        plain = "CREATE UNIQUE INDEX"
        text = str(self.constraint.create_sql(model, schema_editor))
        if not text.startswith(plain):
            raise ValueError(f"{self.constraint.name} has no condition: it is no mere index")
        with _waiting_is_free(schema_editor):
            schema_editor.execute(text.replace(plain, f"{plain} CONCURRENTLY", 1), None)

    def database_backwards(
        self, app_label: str, schema_editor: Editor, from_state: State, to_state: State
    ) -> None:
        """Drop the index."""
        self._ensure_not_in_transaction(schema_editor)
        _drop(schema_editor, self.constraint.name)


class IndexForeignKeyOnce(NotInTransactionMixin, migrations.AlterField):
    """Gives a foreign key that was added with `db_index=False` the index that Django would have made at once."""

    atomic = False

    def database_forwards(
        self, app_label: str, schema_editor: Editor, from_state: State, to_state: State
    ) -> None:
        """Raises NotSupportedError inside a transaction."""
        self._ensure_not_in_transaction(schema_editor)
        model, field, name = self._index(app_label, schema_editor, to_state)
        if not _stands(schema_editor, name):
            create = schema_editor._create_index_sql(model, fields=[field], concurrently=True)
            with _waiting_is_free(schema_editor):
                schema_editor.execute(create, None)

    def database_backwards(
        self, app_label: str, schema_editor: Editor, from_state: State, to_state: State
    ) -> None:
        """Drop the index."""
        self._ensure_not_in_transaction(schema_editor)
        _drop(schema_editor, self._index(app_label, schema_editor, from_state)[2])

    def _index(
        self, app_label: str, editor: Editor, state: State
    ) -> "tuple[Any, ForeignKey[Any, Any], str]":
        model = state.apps.get_model(app_label, self.model_name)
        field = model._meta.get_field(self.name)
        return model, field, editor._create_index_name(model._meta.db_table, [field.column])


class DropOwnIndex(NotInTransactionMixin, FieldOperation):  # type: ignore[misc]
    """`db_index=False` for a foreign key where a wider index begins with the same column.

    The constraint stays: Django's AlterField would make it anew, and Postgres read the whole table under a lock.
    """

    atomic = False

    def __init__(self, model_name: str, name: str) -> None:
        super().__init__(model_name, name)

    def state_forwards(self, app_label: str, state: State) -> None:
        """The field as the model has it."""
        field = state.models[app_label, self.model_name_lower].fields[self.name].clone()
        field.db_index = False
        state.alter_field(app_label, self.model_name_lower, self.name, field, preserve_default=True)

    def database_forwards(
        self, app_label: str, schema_editor: Editor, from_state: State, to_state: State
    ) -> None:
        """Drop the index that Django made for the field; those that the model names stay."""
        self._ensure_not_in_transaction(schema_editor)
        model = from_state.apps.get_model(app_label, self.model_name)
        column = model._meta.get_field(self.name).column
        named = {index.name for index in model._meta.indexes}
        own = schema_editor._constraint_names(
            model, [column], index=True, unique=False, type_=Index.suffix, exclude=named
        )
        for name in own:
            _drop(schema_editor, name)

    def database_backwards(
        self, app_label: str, schema_editor: Editor, from_state: State, to_state: State
    ) -> None:
        """Make it again."""
        self._ensure_not_in_transaction(schema_editor)
        model = to_state.apps.get_model(app_label, self.model_name)
        field = model._meta.get_field(self.name)
        name = schema_editor._create_index_name(model._meta.db_table, [field.column])
        if not _stands(schema_editor, name):
            create = schema_editor._create_index_sql(model, fields=[field], concurrently=True)
            with _waiting_is_free(schema_editor):
                schema_editor.execute(create, None)

    def describe(self) -> str:
        """For `migrate --plan`."""
        return f"Drop the own index of {self.model_name}.{self.name}, which a wider one begins with"


class AddFieldOnce(migrations.AddField):
    """A column in a migration without a transaction: one that is there already is left as it is."""

    def database_forwards(
        self, app_label: str, schema_editor: Editor, from_state: State, to_state: State
    ) -> None:
        """As Django, unless an interrupted run did it."""
        table = to_state.apps.get_model(app_label, self.model_name)._meta.db_table
        column = to_state.apps.get_model(app_label, self.model_name)._meta.get_field(self.name)
        if not _has(schema_editor, table, column.column):
            super().database_forwards(app_label, schema_editor, from_state, to_state)


def _has(editor: Editor, table: str, column: str) -> bool:
    if editor.collect_sql:
        return False
    with editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attname = %s AND NOT attisdropped",
            [editor.quote_name(table), column],
        )
        return cursor.fetchone() is not None


def _stands(editor: Editor, name: str) -> bool:
    """Whether the whole index is there; half of one is dropped."""
    if editor.collect_sql:
        return False
    with editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)",
            [editor.quote_name(name)],
        )
        found = cursor.fetchone()
    if found and not found[0]:
        _drop(editor, name)
    return bool(found and found[0])


def _drop(editor: Editor, name: str) -> None:
    with _waiting_is_free(editor):
        # The quoted name of an index of ours.
        # nosemgrep: statement-of-pieces
        editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {editor.quote_name(name)}", None)


@contextmanager
def _waiting_is_free(editor: Editor) -> Iterator[None]:
    """What is done concurrently waits for older transactions while nobody waits for it: no limit is needed."""
    if editor.collect_sql:
        yield
        return
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        (before,) = cursor.fetchone()
        cursor.execute("SET lock_timeout = 0")
    try:
        yield
    finally:
        with editor.connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [before])
