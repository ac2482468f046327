"""Walks migrations back to the versions that the database had before; prints how many, and which way it went, as JSON.

python -m bench.drills.backwards APP.NAME …      the last applied migration of each app, as the database had it
"""

import json
import sys

import django

django.setup()

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder


def applied() -> set[tuple[str, str]]:
    """What the database's own list says."""
    return set(MigrationRecorder(connection).applied_migrations())


def run(kept: set[tuple[str, str]]) -> dict[str, object]:
    """Unapply whatever is not among the kept, the newest first."""
    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    targets: list[tuple[str, str | None]] = []
    for app in {app for app, _name in applied()}:
        names = [key for key in graph.nodes if key[0] == app and key in kept]
        last = [
            key
            for key in names
            if not any(child.key in names for child in graph.node_map[key].children)
        ]
        targets += last or [(app, None)]
    gone = applied() - kept
    executor.migrate(targets)
    return {"walked": len(gone), "left": sorted(".".join(key) for key in applied() - kept)}


if __name__ == "__main__":
    pairs = (word.partition(".") for word in sys.argv[1:])
    print(json.dumps(run({(app, name) for app, _dot, name in pairs})))
