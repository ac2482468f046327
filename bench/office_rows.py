"""Fills an empty portal with places and all that hangs on them, made by SQL; prints how long each step took, as JSON.

python -m bench.office_rows PLACES

For each place: half an owner, two thirds of a request with its steps, visit, report, order, payment and SMS, one event of
the audit log. Indexes are dropped before and made again after; triggers and foreign keys look away meanwhile. Time runs
with the numbers of the rows over two years, as in life, and the last requests are open.
"""

import json
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import django

django.setup()

from django.db import connection

from bench import office_people
from bench.office_shapes import TABLES, Shape, references
from portal.board import figures
from septam import clock, jalali

# A session that loads: nothing checks what the rows point to, and sorts stay in memory.
LOADING = (
    "SET session_replication_role = replica; SET maintenance_work_mem = '1GB'; SET work_mem = '256MB';"
    " SET synchronous_commit = off"
)
# What a column gets that a shape does not name and the database does not fill.
NEUTRAL = {
    "varchar": "''", "text": "''", "int2": "0", "int4": "0", "int8": "0", "bool": "false", "jsonb": "'{}'",
    "timestamptz": "now()", "numeric": "0", "date": "current_date",
}  # fmt: skip


def execute(sql: str) -> list[tuple[object, ...]]:
    """One statement; its rows if it has any."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall()) if cursor.description else []


def insert(shape: Shape, places: int) -> None:
    """All rows of one table in one statement."""
    rows = execute(
        "SELECT column_name, udt_name FROM information_schema.columns WHERE table_schema = 'public' AND column_default IS NULL"
        f" AND is_nullable = 'NO' AND is_identity = 'NO' AND table_name = '{shape.table}'"
    )
    needed = {str(name): NEUTRAL[str(kind)] for name, kind in rows if name not in shape.columns}
    columns = needed | shape.columns
    names, values = ", ".join(f'"{name}"' for name in columns), ", ".join(columns.values())
    source = f"generate_series(1, {shape.count(places)}) AS i {shape.more}"
    execute(
        f"INSERT INTO {shape.table} ({names}) SELECT {values} FROM {source}".replace(
            "{n}", str(shape.count(places))
        ).replace("{places}", str(places))
    )


def drop_indexes() -> Iterator[str]:
    """Drop what slows inserts down; what makes it again."""
    tables = ", ".join(f"'{shape.table}'::regclass" for shape in TABLES)
    constraints = execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        f" WHERE conrelid IN ({tables}) AND contype IN ('u', 'x')"
    )
    for table, name, definition in constraints:
        execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        yield f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'
    indexes = execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        f" WHERE indrelid IN ({tables}) AND NOT indisprimary"
    )
    for name, definition in indexes:
        execute(f"DROP INDEX {name}")
        yield str(definition)


def insert_all(shapes: Iterable[Shape], places: int) -> None:
    """These tables one after the other, in a session of their own."""
    try:
        execute(LOADING)
        execute(references())
        for shape in shapes:
            insert(shape, places)
    finally:
        connection.close()


def _lanes() -> list[list[Shape]]:
    """Two processors load at once: requests with what is made out of them, and all others."""
    of_requests = [shape for shape in TABLES if shape.table.startswith("inspections_")]
    return [of_requests, [shape for shape in TABLES if shape not in of_requests]]


def fill(places: int) -> dict[str, float]:
    """Everything; seconds by step."""
    office_people.make()
    took: dict[str, float] = {}

    def timed(name: str, begun: float) -> None:
        took[name] = round(time.monotonic() - begun, 1)
        print(f"bench: {places:,} places: {name} in {took[name]} s", file=sys.stderr, flush=True)

    execute(LOADING)
    again = list(drop_indexes())
    begun = time.monotonic()
    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(insert_all, lane, places) for lane in _lanes()]:
            done.result()
    timed("rows", begun)
    begun = time.monotonic()
    for statement in again:
        execute(statement)
    timed("indexes", begun)
    begun = time.monotonic()
    execute("VACUUM ANALYZE")
    timed("statistics", begun)
    begun = time.monotonic()
    figures.rebuild(jalali.add_months(clock.today(), -25), clock.today())
    figures.rebuild_ends(clock.today())
    execute("INSERT INTO portal_figureskept (id, until) VALUES (1, now())")
    execute("VACUUM ANALYZE portal_dayfigures")
    timed("figures", begun)
    return took


if __name__ == "__main__":
    print(json.dumps(fill(int(sys.argv[1]))))
