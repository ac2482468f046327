"""The processes of `make run`: each in its own group, logged to .run/log, watched, and ended together."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

GRACE = 10  # seconds that a process has to end by itself
PR_SET_PDEATHSIG = 1


class ChildFault(Exception):
    """A process did not start or ended by itself; the message names it and has its last lines."""


@dataclass
class Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def last_lines(self, count: int = 12) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])


@dataclass
class Children:
    """What was started, in order; it is ended in the opposite order."""

    logs: Path
    environment: dict[str, str]
    folder: Path
    running: list[Child] = field(default_factory=list)

    def start(self, name: str, command: list[str]) -> Child:
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{name}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        child = Child(name, process, log)
        self.running.append(child)
        return child

    def wait_until(self, child: Child, url: str, seconds: float = 60) -> None:
        """Waits until the address answers at all. Raises ChildFault if it never does or any child ends."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            self.look()
            if _answers(url):
                return
            time.sleep(0.1)
        raise ChildFault(
            f"«{child.name}» did not answer at {url} in {seconds:.0f} seconds. Its last lines:\n{child.last_lines()}"
        )

    def look(self) -> None:
        """Raises ChildFault for the first child that has ended by itself."""
        for child in self.running:
            code = child.process.poll()
            if code is not None:
                raise ChildFault(
                    f"«{child.name}» ended by itself (code {code}). Its last lines:\n{child.last_lines()}"
                )

    def end(self) -> None:
        """Ends all, the last started first: politely, then (after the grace) by force, with their whole groups."""
        for child in reversed(self.running):
            _signal(child, signal.SIGTERM)
        limit = time.monotonic() + GRACE
        for child in reversed(self.running):
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, limit - time.monotonic()))
            _signal(child, signal.SIGKILL)
            child.process.wait()
        self.running.clear()


def web_server(
    program: str, port: int, *more: str, workers: int = 1, threads: int = 4
) -> list[str]:
    """The command that serves the portal to this machine alone; `more` are options of granian."""
    served = f"--interface wsgi --host 127.0.0.1 --port {port} --workers {workers} --blocking-threads {threads} --no-ws"
    return [program, "-m", "granian", *served.split(), *more, "septam.wsgi:application"]


def _signal(child: Child, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.process.pid, number)


def _end_with_parent() -> None:
    """Linux ends the child even when the launcher is killed outright."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(url, timeout=2).close()
    except urllib.error.HTTPError as answer:
        return answer.code < 500
    except OSError:
        return False
    return True


def until_told(look: Callable[[], None]) -> None:
    """Looks every half second until SIGINT, SIGTERM or SIGHUP; what `look` raises goes through."""
    while True:
        look()
        time.sleep(0.5)


class Told(BaseException):
    """The person, or the system, asked us to end."""


def raise_when_told() -> None:
    """Turns the signals that ask us to end into Told, once; later ones are ignored while all is being ended."""

    def tell(number: int, _frame: object) -> None:
        for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(one, signal.SIG_IGN)
        raise Told

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, tell)
