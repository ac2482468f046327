"""Real processes for the kill run: a database, bank and SMS simulators that stay, a web server and a worker that die.

One stage serves many cases, each with its own owner and order; the clock of portal, bank and SMS moves together.
"""

import json
import os
import secrets
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from tests import portal_role
from tests.migrated import fresh_database
from tools.postgres import Use
from tools.postgres_cluster import ROLE, Cluster
from tools.processes import Child, Children, web_server
from tools.run import Addresses, demo_environment

CLONE = Path(__file__).resolve().parents[2]
DIES_WITHIN = 60.0


class Survived(Exception):
    """The process with the armed failpoint did not come to it."""


def free_port() -> int:
    """The first of seven neighbouring free ports: portal, bank, SMS, two web servers behind a proxy, a pooler, Redis."""
    while True:
        # Below those that the system lends to outgoing connections.
        port = 20000 + secrets.randbelow(12000)
        if all(_is_free(number) for number in range(port, port + 7)):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


class Stage:
    """What runs. `web` and `worker` start armed with a failpoint, or without one."""

    def __init__(self, folder: Path, addresses: Addresses, environment: dict[str, str]) -> None:
        self.addresses = addresses
        self.bank_url = f"http://127.0.0.1:{addresses.port + 1}"
        self._folder = folder
        self._environment = environment
        self.children = self._children = Children(folder / "log", environment, CLONE)
        self._sound: dict[str, Child] = {}
        self._passed = 0

    def open(self) -> None:
        """Start both simulators. Raises tools.processes.ChildFault."""
        for name, port in (("bank", self.addresses.port + 1), ("sms", self.addresses.port + 2)):
            command = [sys.executable, "-m", f"simulators.{name}", "--port", str(port)]
            child = self._children.start(name, [*command, "--data", str(self._folder / name)])
            self._children.wait_until(child, f"http://127.0.0.1:{port}/_control/ping")

    def as_portal_role(self) -> None:
        """What starts from now on uses the database as the portal's own role, which owns nothing (deploy/roles.sql)."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(portal_role.statements())
        self._environment["DATABASE_URL"] = self._environment["DATABASE_URL"].replace(
            f"://{ROLE}@", f"://{portal_role.PORTAL}@"
        )
        self.children.environment = self._environment

    def close(self) -> None:
        """End everything that still runs."""
        self._children.end()

    def start(self, process: str, failpoint: str = "", port: int = 0, **more: str) -> Child:
        """A web server or a worker; the web answers before this returns. `more` are settings of this process alone."""
        self._children.environment = self._environment | {"SEPTAM_FAILPOINT": failpoint, **more}
        if process == "worker":
            return self._children.start("worker", [sys.executable, "manage.py", "worker"])
        port = port or self.addresses.port
        child = self._children.start("web", web_server(sys.executable, port, threads=2))
        self._children.wait_until(child, f"http://127.0.0.1:{port}/healthz")
        return child

    def sound(self, process: str) -> None:
        """Have a process without a failpoint; one that runs already is left as it is."""
        if process not in self._sound:
            self._sound[process] = self.start(process)

    def without(self, process: str) -> None:
        """End the sound process, so that an armed one can take its place."""
        if process in self._sound:
            self.stop(self._sound.pop(process))

    def stop(self, child: Child) -> None:
        """End one process outright, with its group."""
        self._children.running.remove(child)
        alone = Children(self._children.logs, {}, CLONE, [child])
        alone.end()

    def await_death(self, child: Child) -> None:
        """Until the process is gone by kill −9. Raises Survived."""
        limit = time.monotonic() + DIES_WITHIN
        while time.monotonic() < limit:
            if child.process.poll() is not None or _worker_died(child):
                self.stop(child)
                return
            time.sleep(0.1)
        raise Survived(child.last_lines())

    def fault(self, simulator: str, operation: str, kind: str, **more: Any) -> None:
        """Let the next call of the operation go wrong."""
        url = self.bank_url if simulator == "bank" else self.addresses.sms
        post(f"{url}/_control/faults", {"operation": operation, "kind": kind, **more})

    def pass_time(self, seconds: int) -> None:
        """So much time passes at the portal, the bank and the SMS provider."""
        from septam import clock
        from septam.models import ClockOffset

        self._passed += seconds
        ClockOffset.objects.update_or_create(pk=1, defaults={"seconds": self._passed})
        clock.forget()
        for url in (self.bank_url, self.addresses.sms):
            post(f"{url}/_control/clock", {"offset_seconds": self._passed})
        time.sleep(1.1)  # every process reads the offset at most once a second

    def ledger(self) -> dict[str, Any]:
        """The bank's own books."""
        found: dict[str, Any] = json.load(urlopen(f"{self.bank_url}/_control/ledger", timeout=10))
        return found

    def messages(self, mobile: str) -> list[str]:
        """What the provider handed to a mobile."""
        url = f"{self.addresses.sms}/_control/messages?receptor={mobile}"
        return [one["message"] for one in json.load(urlopen(url, timeout=10))["messages"]]


def _worker_died(child: Child) -> bool:
    """Whether granian says that its own worker is gone, while it still stands itself."""
    return child.name == "web" and "Unexpected exit from worker" in child.last_lines(40)


def post(url: str, body: object) -> None:
    """A command to a simulator."""
    headers = {"Content-Type": "application/json"}
    urlopen(Request(url, json.dumps(body).encode(), headers), timeout=10).close()


@contextmanager
def own_server(name: str, **settings: str) -> Iterator[tuple[Cluster, Stage, Path]]:
    """A Postgres of its own under this name, the stage on it, and the stage's folder; all of it ends with the context."""
    cluster = Cluster(name)
    use = Use(cluster)
    use.join()
    os.environ["DATABASE_URL"] = cluster.url
    try:
        with (
            tempfile.TemporaryDirectory(prefix=f"septam-{name}-") as folder,
            stage(Path(folder), **settings) as running,
        ):
            os.chmod(folder, 0o711)  # a proxy or a pooler of another user finds its files
            yield cluster, running, Path(folder)
    finally:
        use.leave()


@contextmanager
def stage(folder: Path, **settings: str) -> Iterator[Stage]:
    """A migrated, empty portal in this process's Django, and the simulators. DATABASE_URL names the server."""
    addresses = Addresses(free_port())
    with fresh_database("killing") as url:
        environment = (
            demo_environment(addresses, url)
            | settings
            | {
                "SEPTAM_STATIC_ROOT": str(folder / "static"),
                "SEPTAM_MEDIA_ROOT": str(folder / "media"),
                # Alone: a failure is to end with this provider, not with the next one.
                "SEPTAM_SMS_PROVIDERS": "kavenegar",
            }
        )
        os.environ.update(environment)
        _set_up()
        made = Stage(folder, addresses, environment)
        try:
            made.open()
            yield made
        finally:
            made.close()
            _hang_up()


def _set_up() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    for words in (["setup_roles"], ["collectstatic", "--noinput", "-v0"]):
        call_command(*words)


def _hang_up() -> None:
    from django.db import connection

    connection.close()
