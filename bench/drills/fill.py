"""Fills the large tables of whatever schema is there, by the shapes of the office's bench; prints how many rows that made.

python -m bench.drills.fill PLACES

Columns that this schema does not have yet are left out, tables too. Nothing of Django's models is used.
"""

import os
import sys
from contextlib import closing
from typing import Any

import psycopg2

from bench.office_shapes import TABLES, Shape, references

NEUTRAL = {
    "varchar": "''", "text": "''", "int2": "0", "int4": "0", "int8": "0", "bool": "false", "jsonb": "'{}'",
    "timestamptz": "now()", "numeric": "0", "date": "current_date",
}  # fmt: skip


EXPERTS = 200
_COLUMNS = """
SELECT column_name, udt_name, is_nullable, column_default, is_identity
FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s
"""


def statement(
    shape: Shape, columns: list[tuple[str, str, str, str | None, str]], places: int
) -> str:
    """The INSERT of a shape for the columns that are there."""
    there = {name for name, *_rest in columns}
    values = {name: value for name, value in shape.columns.items() if name in there}
    for name, kind, nullable, default, identity in columns:
        if nullable == "YES" or kind not in NEUTRAL:
            continue
        if "CASE" in values.get(name, ""):
            # An earlier schema may have no room for what a later one leaves open.
            values[name] = f"coalesce({values[name]}, {NEUTRAL[kind]})"
        elif name not in values and default is None and identity == "NO":
            values[name] = NEUTRAL[kind]
    names, sources = ", ".join(f'"{name}"' for name in values), ", ".join(values.values())
    count = str(shape.count(places))
    text = f"INSERT INTO {shape.table} ({names}) SELECT {sources} FROM generate_series(1, {count}) AS i {shape.more}"
    return text.replace("{n}", count).replace("{places}", str(places))


def experts(places: int) -> tuple[Shape, Shape]:
    """Hands enough for the visits of so many places: an expert is in one place at a time."""
    share = EXPERTS / places
    return (
        Shape("accounts_user", share, {
            "id": "900000 + i", "username": "'drillExpert' || i", "is_active": "true", "is_staff": "true", "session_epoch": "1",
        }),
        Shape("accounts_staffassignment", share, {
            "user_id": "900000 + i", "role": "'expert'", "code": "(900000 + i)::text", "active": "true",
            "laboratory_id": "(SELECT id FROM septam_sites_laboratory ORDER BY id LIMIT 1)",
        }),
    )  # fmt: skip


def fill(cursor: Any, places: int) -> str:
    """All tables; words for the report."""
    cursor.execute("SET session_replication_role = replica; SET synchronous_commit = off")
    made = 0
    for shape in (*experts(places), *TABLES):
        if shape is TABLES[0]:
            cursor.execute(references())
        cursor.execute(_COLUMNS, [shape.table])
        columns = cursor.fetchall()
        if not columns:
            continue
        if not shape.table.startswith("accounts_"):
            # The demo's few rows have the first numbers.
            cursor.execute(f"DELETE FROM {shape.table}")
        cursor.execute(statement(shape, columns, places))
        made += cursor.rowcount
    cursor.execute("RESET session_replication_role")
    cursor.execute("ANALYZE")
    return f"{places:,} places, {made:,} rows"


if __name__ == "__main__":
    with closing(psycopg2.connect(os.environ["DATABASE_URL"])) as line, line.cursor() as cursor:
        line.autocommit = True
        print(fill(cursor, int(sys.argv[1])))
