"""Takes away what a test committed, from the tables that hold rows.

Django's own way empties every table and then makes content types and permissions anew: half a second for each such test.
"""

from typing import Any

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase

# Made by the migrations, from the models, and by tests/conftest.py, from the table of roles; no test changes them.
KEPT = {"django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}


def empty_tables() -> None:
    """Empty whatever holds rows: as a superuser without asking triggers, which refuse it to tables that only grow."""
    with transaction.atomic(), connection.cursor() as cursor:
        filled = _filled(cursor)
        cursor.execute("SELECT current_setting('is_superuser')::boolean")
        if cursor.fetchone()[0]:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("; ".join(f"DELETE FROM {name}" for name in filled) or "SELECT")
        elif filled:
            # Far slower: hardly a table stands alone, and each one gets a new file.
            cursor.execute(f"TRUNCATE {', '.join(filled)} CASCADE")


def _filled(cursor: Any) -> list[str]:
    names = [connection.ops.quote_name(name) for name in _tables()]
    cursor.execute(" UNION ALL ".join(f"(SELECT '{name}' FROM {name} LIMIT 1)" for name in names))
    return [row[0] for row in cursor.fetchall()]


def _tables() -> list[str]:
    known = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return sorted(set(known) - KEPT)


def _after_a_test(_test: TransactionTestCase) -> None:
    empty_tables()


def use(patch: pytest.MonkeyPatch) -> None:
    """Let the tests that need real transactions end so."""
    patch.setattr(TransactionTestCase, "_fixture_teardown", _after_a_test)
