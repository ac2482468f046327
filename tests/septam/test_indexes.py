"""The indexes of our tables: none is a mere beginning of another, for each is kept up with every row that is written."""

from types import SimpleNamespace

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import Model

from septam.postgres.migration_steps import DropOwnIndex

# A plain index of one column, and another whole one of its table that begins with that column in the same way.
BEGINNINGS = """
SELECT own.indrelid::regclass::text, own.indexrelid::regclass::text, wide.indexrelid::regclass::text
  FROM pg_index own JOIN pg_index wide USING (indrelid)
  JOIN pg_class a ON a.oid = own.indexrelid JOIN pg_class b ON b.oid = wide.indexrelid
 WHERE own.indexrelid <> wide.indexrelid AND a.relam = b.relam AND own.indnkeyatts = 1 AND wide.indnkeyatts > 1
   AND NOT own.indisunique AND own.indpred IS NULL AND wide.indpred IS NULL
   AND own.indkey[0] <> 0 AND own.indkey[0] = wide.indkey[0] AND own.indclass[0] = wide.indclass[0]
"""


def _is_ours(model: type[Model]) -> bool:
    return (settings.BASE_DIR / model.__module__.split(".")[0] / "migrations").is_dir()


@pytest.mark.django_db
def test_no_index_is_the_beginning_of_a_wider_one() -> None:
    # Django makes the tables of many-to-many fields itself, its own as well; they are small.
    ours = {model._meta.db_table for model in apps.get_models() if _is_ours(model)}
    with connection.cursor() as cursor:
        cursor.execute(BEGINNINGS)
        found = [row for row in cursor.fetchall() if row[0] in ours]
    assert found == []


def _indexes_of_owners() -> list[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "billing_order")
    return [name for name, one in found.items() if one["columns"] == ["owner_id"] and one["index"]]


@pytest.mark.django_db(transaction=True)
def test_an_index_that_went_comes_back_on_the_way_back_and_goes_again() -> None:
    step, state = DropOwnIndex("order", "owner"), SimpleNamespace(apps=apps)
    seen = []
    for way in (step.database_backwards, step.database_forwards):
        with connection.schema_editor(atomic=False) as editor:
            way("billing", editor, state, state)
        seen.append(len(_indexes_of_owners()))
    assert seen == [1, 0]
