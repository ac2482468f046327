"""How long `make run` takes to its first page: in a new clone, where everything is made first, and the next time."""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from bench.stack import CLONE, Stack, free_ports
from bench.table import Row
from bench.yardstick import Yardstick

FIRST, NEXT = 120, 6
PATIENCE = 600


def measure(stack: Stack, yardstick: Yardstick) -> tuple[list[Row], list[str]]:
    """The rows of the table. The new clone holds what is committed."""
    with tempfile.TemporaryDirectory(prefix="septam-start-") as folder:
        clone = Path(folder) / "septam"
        subprocess.run(["git", "clone", "-q", str(CLONE), str(clone)], check=True)
        first, *following = [_seconds_to_first_page(clone) for _number in range(4)]
    later = sorted(following)[1]
    shown = ", ".join(f"{one:.1f}" for one in following)
    return [
        Row("`make run` in a new clone: to the first page", f"≤ {FIRST} s", f"{first:.0f} s", first <= FIRST),
        Row("`make run` again", f"≤ {NEXT} s", f"{later:.1f} s ({shown})", later <= NEXT),
    ], ["The first one makes the virtual environment and installs the packages from the network."]  # fmt: skip


def _seconds_to_first_page(clone: Path) -> float:
    port, began = free_ports(), time.monotonic()
    with _running(clone, port) as run:
        while time.monotonic() < began + PATIENCE:
            with contextlib.suppress(urllib.error.URLError, OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
                return time.monotonic() - began
            if run.poll() is not None:
                break
            time.sleep(0.05)
    raise SystemExit("bench: `make run` does not come to its first page")


@contextlib.contextmanager
def _running(clone: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """`make run`, ended as by Ctrl-C."""
    run = subprocess.Popen(
        ["make", "run", f"PORT={port}"], cwd=clone, start_new_session=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, env={k: v for k, v in os.environ.items() if k != "DATABASE_URL"},
    )  # fmt: skip
    try:
        yield run
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGINT)
        run.wait(60)
