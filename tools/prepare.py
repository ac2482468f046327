"""What `make run` does inside the virtual environment before the servers start; what is done already is skipped.

Messages, migrations, static files, reference data and roles, demo people on first start. Writes the demo people's list
and the clock's offset to .run/prepared.json. One process, because starting Django is most of the time.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tools.messages import compile_catalogues

CLONE = Path(__file__).resolve().parent.parent
RUN = CLONE / ".run"
PREPARED = RUN / "prepared.json"


class Stamps:
    """Remembers by name what was done last, as a digest of what it was done from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def is_done(self, name: str, digest: str) -> bool:
        stamp = self.folder / name
        return stamp.exists() and stamp.read_text() == digest

    def done(self, name: str, digest: str) -> None:
        (self.folder / name).write_text(digest)

    def forget(self, *names: str) -> None:
        for name in names:
            (self.folder / name).unlink(missing_ok=True)


def fingerprint(paths: Iterable[Path], *more: str) -> str:
    """A digest of files by name, size and time of change, and of further words."""
    digest = hashlib.sha256("\0".join(more).encode())
    for path in sorted(set(paths)):
        seen = path.stat()
        digest.update(f"{path}\0{seen.st_size}\0{seen.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def prepare() -> None:
    """All steps in order; what a step raises goes through."""
    import django

    compile_catalogues(CLONE)
    django.setup()
    stamps = Stamps(RUN / "stamps")
    _static_files(stamps)
    database = _migrate(stamps)
    _reference_data(stamps, database)
    _demo_data(stamps, database)
    PREPARED.write_text(json.dumps({"people": _people(), "offset_seconds": _offset_seconds()}))


def _migrate(stamps: Stamps) -> str:
    """Applies missing migrations; returns words that tell this database from another."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if not executor.loader.applied_migrations:
        stamps.forget("reference", "demo")
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        _say("Migrating the database …")
        call_command("migrate", verbosity=0, interactive=False)
    with connection.cursor() as cursor:
        cursor.execute("select oid from pg_database where datname = current_database()")
        number = cursor.fetchone()[0]
    return f"{settings.DATABASES['default']['NAME']} {number} {os.environ.get('DATABASE_URL', '')}"


def _static_files(stamps: Stamps) -> None:
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    found = [
        Path(storage.path(name))
        for finder in get_finders()
        for name, storage in finder.list(["CVS", ".*", "*~"])
    ]
    digest = fingerprint(found, str(settings.STATIC_ROOT))
    if stamps.is_done("static", digest) and Path(settings.STATIC_ROOT).is_dir():
        return
    _say("Collecting static files …")
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamps.done("static", digest)


def _reference_data(stamps: Stamps, database: str) -> None:
    from django.core.management import call_command

    digest = fingerprint(_reference_sources(), database)
    if not stamps.is_done("reference", digest):
        _say("Loading reference data …")
        call_command("setup_reference", verbosity=0)
        call_command("setup_roles", verbosity=0)
        stamps.done("reference", digest)


def _reference_sources() -> Iterator[Path]:
    yield from (path for path in (CLONE / "data").rglob("*") if path.is_file())
    yield from CLONE.glob("*/management/commands/setup_*.py")
    yield from CLONE.glob("*/roles.py")


def _demo_data(stamps: Stamps, database: str) -> None:
    from django.core.management import call_command

    if not stamps.is_done("demo", database):
        _say("Loading the demonstration's people …")
        call_command("setup_demo", verbosity=0, stdout=io.StringIO())  # shown at the end
        stamps.done("demo", database)


def _people() -> str:
    from django.core.management import call_command

    text = io.StringIO()
    call_command("setup_demo", print=True, stdout=text)
    return text.getvalue()


def _offset_seconds() -> int:
    from septam import clock

    return int(clock.offset().total_seconds())


def _say(text: str) -> None:
    print(text, flush=True)


def main() -> int:
    from django.core.management import CommandError
    from django.db import DatabaseError

    try:
        prepare()
    except DatabaseError as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        print(f"The database cannot be used: {first}", file=sys.stderr)
        return 1
    except (CommandError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "septam.settings")
    sys.exit(main())
