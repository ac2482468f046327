"""`make check`: lint, format, types, migrations, messages and production's settings; all are run, then what failed is named."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tools.environment import EnvironmentFault, ensure
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
        python = str(ensure(dev=True))
        with database("test") as url:
            failed = failed_checks(python, url)
    except (EnvironmentFault, PostgresError, OSError) as fault:
        print(f"make check: {fault}", file=sys.stderr)
        return 1
    print(f"Failed: {', '.join(failed)}" if failed else "All checks pass.")
    return 1 if failed else 0


if __name__ == "__main__":
    os.chdir(CLONE)
    sys.exit(main())
