"""`make check`: lint, format, types, weaknesses, migrations, messages and production's settings; all are run, then what failed is named."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tools.environment import EnvironmentFault, ensure, ensure_guard
from tools.postgres import PostgresError, database
from tools.production_example import filled
from tools.withdb import run_with

CLONE = Path(__file__).resolve().parent.parent
CHECKS = {
    "lint": ["-m", "ruff", "check", "."],
    "format": ["-m", "ruff", "format", "--check", "--quiet", "."],
    "types": ["-m", "mypy"],
    "migrations": ["manage.py", "makemigrations", "--check", "--dry-run"],
    "messages": ["tools/messages.py", "check"],
    "production": ["manage.py", "check", "--deploy", "--fail-level", "WARNING"],
}
APPS = ["septam", "notifications", "sites", "accounts", "inspections", "billing", "portal"]
# Without a word to anybody: no figures are sent, no newer version is asked for.
SEMGREP = ["--metrics=off", "--disable-version-check", "--quiet"]
WEAKNESSES = {
    "bandit": ["bandit", "-q", "-c", "pyproject.toml", "-r", *APPS],
    "rules": ["semgrep", "scan", "--config=rules", "--error", "--strict", *SEMGREP, *APPS],
    "rules' examples": ["semgrep", "scan", "--test", "--strict", *SEMGREP, "rules"],
}


def weaknesses(programs: Path) -> list[str]:
    """What bandit and the portal's own rules find, each exception with its reason at its line; the names of what failed."""
    failed = []
    for name, (program, *arguments) in WEAKNESSES.items():
        print(f"— {name}", flush=True)
        # semgrep looks for its engine along the path.
        path = f"{programs}:{os.environ['PATH']}"
        done = subprocess.run(
            [programs / program, *arguments], env={**os.environ, "PATH": path}, capture_output=True
        )
        if done.returncode:
            print(done.stdout.decode(), done.stderr.decode(), sep="\n")
            failed.append(name)
    return failed


def failed_checks(python: str, url: str) -> list[str]:
    failed = []
    for name, arguments in CHECKS.items():
        print(f"— {name}", flush=True)
        if name == "production":
            os.environ.update(filled())
            url = os.environ["DATABASE_URL"]  # nothing of these checks asks a server
        if run_with(url, [python, *arguments]):
            failed.append(name)
    return failed


def main() -> int:
    try:
        python, programs = str(ensure(dev=True)), ensure_guard()
        with database("test") as url:
            failed = failed_checks(python, url) + weaknesses(programs)
    except (EnvironmentFault, PostgresError, OSError) as fault:
        print(f"make check: {fault}", file=sys.stderr)
        return 1
    print(f"Failed: {', '.join(failed)}" if failed else "All checks pass.")
    return 1 if failed else 0


if __name__ == "__main__":
    os.chdir(CLONE)
    sys.exit(main())
