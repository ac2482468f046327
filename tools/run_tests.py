"""`make test`: all tests on a private Postgres, in random order, on two processes; says what was left out and why.

    python tools/run_tests.py [pytest's arguments]

A developer's machine may lack a browser: then its tests are left out and named. With CI=true that is a failure.
"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tools.environment import EnvironmentFault, ensure
from tools.postgres import PostgresError, database
from tools.withdb import run_with

CLONE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Engine:
    """A program that some tests drive."""

    name: str
    programs: tuple[str, ...]
    without: tuple[str, ...]
    tests: str

    def is_here(self) -> bool:
        return any(shutil.which(program) for program in self.programs)


ENGINES = (
    Engine(
        "Chromium",
        ("chromium", "chromium-browser", "google-chrome", "chrome"),
        ("--ignore=tests/browser",),
        "tests/browser",
    ),
    Engine("edbrowse", ("edbrowse",), ("-m", "not edbrowse"), "tests marked «edbrowse»"),
)


def left_out() -> list[Engine]:
    return [engine for engine in ENGINES if not engine.is_here()]


def main() -> int:
    missing = left_out()
    notes = [f"Left out: {engine.tests} ({engine.name} is not installed)." for engine in missing]
    if missing and os.environ.get("CI") == "true":
        print("\n".join(notes), "CI leaves nothing out: install it.", sep="\n", file=sys.stderr)
        return 1
    without = [argument for engine in missing for argument in engine.without]
    try:
        python = str(ensure(dev=True))
        if run_with(os.environ.get("DATABASE_URL", ""), [python, "tools/messages.py", "compile"]):
            return 1
        with database("test") as url:
            code = run_with(url, [python, "-m", "pytest", "-n", "2", *without, *sys.argv[1:]])
    except (EnvironmentFault, PostgresError, OSError) as fault:
        print(f"make test: {fault}", file=sys.stderr)
        return 1
    if notes:
        print(*notes, sep="\n", file=sys.stderr)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    os.chdir(CLONE)
    sys.exit(main())
