"""Runs a command with DATABASE_URL set to the private test Postgres, which is started for it and stopped after the last one.

python tools/withdb.py COMMAND …
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tools.postgres import PostgresError, database


def run_with(url: str, command: list[str]) -> int:
    """Runs the command to its end; Ctrl-C reaches it from the terminal, SIGTERM is passed on. Returns its exit code."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    child = subprocess.Popen(
        command,
        env={**os.environ, "DATABASE_URL": url},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    return child.wait()


def main() -> int:
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with database("test") as url:
            code = run_with(url, sys.argv[1:])
    except (PostgresError, OSError) as error:
        print(f"withdb: {error}", file=sys.stderr)
        return 1
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
