"""`make run`: the whole portal on this machine by one command; everything that it starts ends with it.

    python3 tools/run.py [--port 8000]

The web is at PORT, the bank simulator at PORT + 1, the SMS simulator at PORT + 2, all on loopback.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036  (said before anything that an older Python cannot read)
    sys.exit(
        f"Septam needs Python 3.11 or newer; this one is {sys.version_info[0]}.{sys.version_info[1]}. "
        "Try: make run PYTHON=python3.12"
    )

import argparse
import fcntl
import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CLONE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CLONE))
from tools import environment
from tools.postgres import PostgresError, database
from tools.postgres_binaries import plain_environment
from tools.processes import ChildFault, Children, Told, raise_when_told, until_told, web_server

RUN = CLONE / ".run"
STATE = RUN / "state.json"
WEB_WORKERS = 2


class Refusal(Exception):
    """`make run` cannot go on; the message is one clear line."""


@dataclass(frozen=True)
class Addresses:
    port: int

    @property
    def portal(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def bank(self) -> str:
        """Under another name than the portal, so that the browser takes them for two sites, as in life."""
        return f"http://localhost:{self.port + 1}"

    @property
    def sms(self) -> str:
        return f"http://127.0.0.1:{self.port + 2}"


@contextmanager
def alone() -> Iterator[None]:
    """Holds the clone's run lock. Raises Refusal if `make run` already has it."""
    RUN.mkdir(exist_ok=True)
    with open(RUN / "run.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal(
                f"Septam already runs from this folder{_where()}; end that first (Ctrl-C there)."
            ) from None
        yield


def _where() -> str:
    try:
        return f" at {json.loads(STATE.read_text())['portal']}"
    except (OSError, ValueError, KeyError):
        return ""


def require_free(port: int) -> None:
    """Raises Refusal for the first of the three ports that cannot be had."""
    if not 1024 <= port <= 65533:
        raise Refusal(f"PORT={port} cannot be used: give a number from 1024 to 65533.")
    for number in (port, port + 1, port + 2):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", number))
            except OSError:
                raise Refusal(
                    f"Port {number} is taken; choose another, for example: make run PORT={port + 100}"
                ) from None


def demo_environment(addresses: Addresses, database_url: str) -> dict[str, str]:
    """What the portal's processes and the simulators get; PG* variables of the shell would lead astray."""
    shell = {name: value for name, value in os.environ.items() if name in plain_environment()}
    return {
        **shell,
        "DJANGO_SETTINGS_MODULE": "septam.settings",
        "SEPTAM_MODE": "demo",
        "DATABASE_URL": database_url,
        "SEPTAM_BASE_URL": addresses.portal,
        "SEPTAM_BANK_URL": addresses.bank,
        "SEPTAM_SMS_URL": addresses.sms,
        "SEPTAM_PHONE_URL": addresses.sms,
        "SEPTAM_SIM_SMS_SITE": f"127.0.0.1:{addresses.port}",
        "SEPTAM_STATIC_ROOT": str(RUN / "static"),
        "SEPTAM_MEDIA_ROOT": str(RUN / "media"),
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        "PATH": f"{environment.VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
    }


def prepare(python: Path, variables: dict[str, str]) -> dict[str, object]:
    """Runs tools/prepare.py in the virtual environment. Raises Refusal with its last line."""
    done = subprocess.run(
        [python, str(CLONE / "tools" / "prepare.py")],
        cwd=CLONE,
        env=variables,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        (RUN / "log").mkdir(parents=True, exist_ok=True)
        (RUN / "log" / "prepare.log").write_text(done.stderr)
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Refusal(f"{last} (all of it: .run/log/prepare.log)")
    prepared: dict[str, object] = json.loads((RUN / "prepared.json").read_text())
    return prepared


def start_all(
    python: Path, children: Children, addresses: Addresses, offset_seconds: object
) -> None:
    """Simulators, worker and web server, each one answering before this returns. Raises ChildFault."""
    program = str(python)
    start_simulators(program, children, addresses, offset_seconds)
    children.start("worker", [program, "manage.py", "worker"])
    web = children.start("web", _web(program, addresses.port))
    children.wait_until(web, f"{addresses.portal}/healthz")


def start_simulators(
    program: str, children: Children, addresses: Addresses, offset_seconds: object
) -> None:
    """Bank and SMS provider, at the portal's time. Raises ChildFault."""
    bank = children.start("bank", _simulator(program, "bank", addresses.port + 1))
    sms = children.start("sms", _simulator(program, "sms", addresses.port + 2))
    for child, url in ((bank, f"http://127.0.0.1:{addresses.port + 1}"), (sms, addresses.sms)):
        children.wait_until(child, f"{url}/_control/ping")
        set_clock(url, offset_seconds)


def _simulator(program: str, name: str, port: int) -> list[str]:
    return [program, "-m", f"simulators.{name}", "--port", str(port), "--data", str(RUN / name)]


def _web(program: str, port: int) -> list[str]:
    kept = ("--respawn-failed-workers", "--log-level", "warning")
    return web_server(program, port, *kept, workers=WEB_WORKERS)


def set_clock(url: str, offset_seconds: object) -> None:
    """Moves a simulator's clock (seconds from the machine's). Raises OSError."""
    body = json.dumps({"offset_seconds": offset_seconds}).encode()
    request = urllib.request.Request(
        f"{url}/_control/clock", body, {"Content-Type": "application/json"}
    )
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=5).close()


def remember(addresses: Addresses, database_url: str) -> None:
    """Tells other commands of this clone what runs (`make clock` asks); the URL may hold a password."""
    state = {"portal": addresses.portal, "port": addresses.port, "database_url": database_url}
    STATE.touch(mode=0o600)
    STATE.write_text(json.dumps(state))


def announce(addresses: Addresses, people: object, seconds: float) -> None:
    print(
        f"""
Septam runs — سپتام آماده است ({seconds:.1f} s)

  Portal        سامانه            {addresses.portal}/
  Office        پنل کارکنان       {addresses.portal}/office/
  Phone         پیامک‌ها           {addresses.sms}/
  Bank panel    شبیه‌ساز بانک      {addresses.bank}/panel

{people}
Logs: .run/log/   End: Ctrl-C   پایان: Ctrl-C""",
        flush=True,
    )


Start = Callable[[Path, Children, Addresses, object], None]


def run(port: int, start: Start = start_all) -> None:
    """Starts everything and watches it until told to end. Raises Refusal, PostgresError, ChildFault."""
    began, addresses = time.monotonic(), Addresses(port)
    require_free(port)
    python = environment.ensure()
    with database("demo") as url:
        variables = demo_environment(addresses, url)
        prepared = prepare(python, variables)
        children = Children(RUN / "log", variables, CLONE)
        try:
            start(python, children, addresses, prepared["offset_seconds"])
            remember(addresses, url)
            announce(addresses, prepared["people"], time.monotonic() - began)
            until_told(children.look)
        finally:
            STATE.unlink(missing_ok=True)
            children.end()


def main(start: Start = start_all) -> int:
    """Run with these processes; the exit code."""
    parser = argparse.ArgumentParser(description="Runs the portal with its simulators")
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args().port
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    raise_when_told()
    try:
        with alone():
            run(port, start)
    except Told:
        print("\nSeptam has ended. پایان.", flush=True)
        return 0
    except (Refusal, PostgresError, environment.EnvironmentFault, ChildFault, OSError) as fault:
        print(f"Septam: {fault}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
