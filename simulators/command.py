"""What the two command lines share: options, environment, signals, one clear line on failure."""

from __future__ import annotations

import argparse
import errno
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from simulators.web import RunningServer

CANNOT_START = 2


def parser_for(program: str, description: str) -> argparse.ArgumentParser:
    """A parser with --port and --data."""
    parser = argparse.ArgumentParser(prog=f"python -m {program}", description=description)
    parser.add_argument(
        "--port", type=int, required=True, help="port on 127.0.0.1; 0 takes a free one"
    )
    parser.add_argument("--data", type=Path, required=True, help="folder that keeps the state")
    return parser


def add_option(parser: argparse.ArgumentParser, name: str, default: str, help: str) -> None:
    """An option --name that an environment variable presets, as SEPTAM_SIM_BANK_USER does --user."""
    simulator = parser.prog.rpartition(".")[2]
    variable = f"septam_sim_{simulator}_{name}".upper().replace("-", "_")
    parser.add_argument(
        f"--{name}", default=os.environ.get(variable, default), help=f"{help} (or {variable})"
    )


def run(name: str, port: int, start: Callable[[], RunningServer]) -> int:
    """Serve until SIGTERM or SIGINT; the result is the exit code."""
    end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: end.set())
    try:
        server = start()
    except OSError as error:
        reason = f"port {port} is taken" if error.errno == errno.EADDRINUSE else str(error)
        print(f"{name} simulator: cannot start: {reason}", file=sys.stderr)
        return CANNOT_START
    print(f"{name} simulator: {server.url}", file=sys.stderr, flush=True)
    end.wait()
    server.stop()
    return 0
