"""`make kill-run`: kills web and worker at each failpoint of a purchase and writes docs/kill-run.md.

python tools/kill_run.py [--only process:point …]
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tools.environment import EnvironmentFault, ensure
from tools.postgres import PostgresError, database
from tools.withdb import run_with

CLONE = Path(__file__).resolve().parent.parent


def main() -> int:
    wanted = sys.argv[1:] or ["--report", "docs/kill-run.md"]
    try:
        python = str(ensure(dev=True))
        if run_with(os.environ.get("DATABASE_URL", ""), [python, "tools/messages.py", "compile"]):
            return 1
        with database("test") as url:
            return run_with(url, [python, "-m", "tests.killing.run", *wanted])
    except (EnvironmentFault, PostgresError, OSError) as fault:
        print(f"make kill-run: {fault}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    os.chdir(CLONE)
    sys.exit(main())
