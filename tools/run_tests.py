"""`make test`: all tests on a private Postgres, in random order, on three processes; says what was left out and why.

    python tools/run_tests.py [pytest's arguments]

A developer's machine may lack a browser, or Redis: then its tests are left out and named. With SEPTAM_ENGINES=all or CI=true that is
a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tools.environment import EnvironmentFault, ensure
from tools.postgres import PostgresError, database
from tools.withdb import run_with

CLONE = Path(__file__).resolve().parent.parent

# How the tests are shared out, tests/together.py says. Of two processors a seventh stood idle with two processes: tests wait
# for browsers, workers and the database.
PYTEST = ("-m", "pytest", "-n", "3")


@dataclass(frozen=True)
class Engine:
    """A browser, or another program of the machine, that some tests need: those with its mark."""

    name: str
    mark: str
    how: str  # to install it
    programs: tuple[str, ...]  # by one of these names
    besides: tuple[str, ...] = ()  # and all of these

    def is_here(self) -> bool:
        return any(map(shutil.which, self.programs)) and all(map(shutil.which, self.besides))

    def missed(self) -> str:
        return f"Left out: {self.name} ({self.how})."


CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")
OLD_CHROMIUM = str(CLONE / ".run" / "engines" / "chromium-109")
ENGINES = (
    Engine("Chromium", "chromium", "apt install chromium", CHROMIUM),
    Engine("Chromium 109", "chromium109", "tools/chromium_109.sh", (OLD_CHROMIUM,)),
    Engine("Firefox", "firefox", "apt install firefox-esr", ("firefox-esr", "firefox")),
    Engine(
        "WebKitGTK", "webkit", "apt install webkit2gtk-driver xvfb", ("WebKitWebDriver",), ("Xvfb",)
    ),
    Engine("edbrowse", "edbrowse", "apt install edbrowse", ("edbrowse",)),
    Engine("w3m", "w3m", "apt install w3m", ("w3m",)),
    Engine("Redis", "redis", "apt install redis-server", ("redis-server",)),
)
# Comes with the development packages, so that it is always here.
ALWAYS = "PhantomJS 2.1.1"


def left_out() -> list[Engine]:
    return [engine for engine in ENGINES if not engine.is_here()]


def may_miss() -> bool:
    return os.environ.get("CI") != "true" and os.environ.get("SEPTAM_ENGINES") != "all"


def without(missing: list[Engine]) -> list[str]:
    """pytest's arguments that leave the marks of these engines out."""
    return ["-m", " and ".join(f"not {engine.mark}" for engine in missing)] if missing else []


def main() -> int:
    missing = left_out()
    notes = [engine.missed() for engine in missing]
    if missing and not may_miss():
        print(*notes, "Here nothing is left out: install it.", sep="\n", file=sys.stderr)
        return 1
    try:
        python = str(ensure(dev=True))
        if run_with(os.environ.get("DATABASE_URL", ""), [python, "tools/messages.py", "compile"]):
            return 1
        # What one process compiled, the dozens that tests start need not compile again.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        with database("test") as url:
            # While the tests are collected, migrations run: the processes of tests wait for it where they need it.
            migrating = subprocess.Popen(
                [python, "-m", "tests.migrated"], env={**os.environ, "DATABASE_URL": url}
            )
            code = run_with(url, [python, *PYTEST, *without(missing), *sys.argv[1:]])
            migrating.wait()
    except (EnvironmentFault, PostgresError, OSError) as fault:
        print(f"make test: {fault}", file=sys.stderr)
        return 1
    walked = [engine.name for engine in ENGINES if engine not in missing]
    print(f"Walked with: {', '.join([*walked, ALWAYS])}.", *notes, sep="\n", file=sys.stderr)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    os.chdir(CLONE)
    sys.exit(main())
