"""Applies all missing migrations and prints what each held, as JSON. Run with the settings of the database to upgrade."""

import json
import os
import sys
import time
from dataclasses import dataclass, field

import django

django.setup()

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from bench.drills.locks import Watch
from septam.postgres.migration_locks import until_free, waiting_shortly


@dataclass
class _Progress:
    """Follows the executor's calls, and tells the watch which migration runs."""

    watch: Watch
    began: dict[str, float] = field(default_factory=dict)

    def __call__(self, action: str, migration: object = None, fake: bool = False) -> None:
        """Called by Django before and after each migration."""
        name = str(migration)
        if action == "apply_start":
            self.watch.current, self.began[name] = name, time.monotonic()
        if action == "apply_success":
            self.watch.seen[name].seconds = time.monotonic() - self.began[name]
            self.watch.current = ""


def run() -> list[dict[str, object]]:
    """A row a migration, in the order in which they ran."""
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    watch = Watch(os.environ["DATABASE_URL"], pid)
    progress = _Progress(watch)

    def migrate() -> None:
        executor = MigrationExecutor(connection, progress)
        executor.migrate(executor.loader.graph.leaf_nodes())

    with watch.watching(), waiting_shortly(connection):
        until_free(migrate, lambda text: print(text, file=sys.stderr))
    found = []
    for name in progress.began:
        seen = watch.seen[name]
        held = [(table, mode, round(took, 2)) for (table, mode), took in seen.held.items()]
        waited, waited_for = seen.longest
        found.append({
            "name": name, "seconds": round(seen.seconds, 2), "held": held,
            "waited": round(waited, 2), "waited_for": waited_for,
        })  # fmt: skip
    return found


if __name__ == "__main__":
    print(json.dumps(run()))
