"""A database on which every migration ran, from which the tests' databases are copied; it is kept until one changes.

Running them takes longer than most files of tests, and every process of tests, browser stack and stage needs a database.

    python -m tests.migrated        makes it, with DATABASE_URL set
"""

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2

CLONE = Path(__file__).resolve().parents[1]
PREFIX = "septam_migrated_"
# Postgres' own lock: whoever comes first makes it, the others wait.
LOCK = 7_364_826


def name() -> str:
    """The database to copy from; made now if it is not there. Raises AssertionError if a migration fails."""
    wanted = PREFIX + _digest()
    with administered() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        known = {row[0] for row in cursor.fetchall()}
        if wanted not in known:
            for old in known:
                cursor.execute(f"DROP DATABASE {old} WITH (FORCE)")
            _make(cursor, wanted)
    return wanted


def _make(cursor: Any, wanted: str) -> None:
    unready = f"{PREFIX}unready"
    cursor.execute(f"CREATE DATABASE {unready}")
    environment = {**os.environ, "DATABASE_URL": named(unready), "SEPTAM_MODE": "test"}
    migrate = [sys.executable, "manage.py", "migrate", "--noinput", "-v", "0"]
    done = subprocess.run(migrate, cwd=CLONE, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    cursor.execute(f"ALTER DATABASE {unready} RENAME TO {wanted}")


def _digest() -> str:
    """Of all that migrations come from: our own, and the versions of the packages."""
    found = hashlib.sha256()
    ways = [CLONE / "septam" / "postgres" / "migration_steps.py", CLONE / "requirements.txt"]
    for path in sorted([*CLONE.glob("*/migrations/*.py"), *ways]):
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()[:16]


def named(database: str) -> str:
    """DATABASE_URL with another database."""
    given = os.environ.get("DATABASE_URL") or "postgres://septam@/septam"
    return re.sub(r"(://[^/]*/)[^?]*", rf"\g<1>{database}", given)


@contextmanager
def administered() -> Iterator[Any]:
    """A cursor outside any transaction, on the tests' server."""
    with closing(psycopg2.connect(named("postgres"))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


@contextmanager
def fresh_database(kind: str) -> Iterator[str]:
    """The address of a database of its own, on which every migration ran; it ends with the context."""
    own = f"{kind}_{os.getpid()}_{os.urandom(3).hex()}"
    template = name()
    with administered() as cursor:
        cursor.execute(f"CREATE DATABASE {own} TEMPLATE {template}")
    try:
        yield named(own)
    finally:
        with administered() as cursor:
            cursor.execute(f"DROP DATABASE {own} WITH (FORCE)")


if __name__ == "__main__":
    name()
