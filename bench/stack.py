"""The portal as it really runs, the bare project beside it, and a private Postgres that counts its statements."""

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import cpu
from tools.postgres import Use
from tools.postgres_cluster import Cluster
from tools.processes import Child, Children
from tools.run import Addresses, demo_environment

CLONE = Path(__file__).resolve().parent.parent
PORTAL, BARE = "bench_portal", "bench_bare"
# As `make run` serves the portal; the bare project gets the same.
GRANIAN = (
    "--interface", "wsgi", "--host", "127.0.0.1", "--workers", "2", "--blocking-threads", "4",
    "--respawn-failed-workers", "--no-ws", "--log-level", "warning",
)  # fmt: skip
# Not counted: what opens and closes transactions, the look whether a kept connection still lives, and what Postgres
# asks itself about foreign keys; nor how far a demo's clock was moved, which a process asks once a second, in production
# never. Savepoints are.
NOT_COUNTED = (
    "^(BEGIN|COMMIT|ROLLBACK$|SET|SHOW|DISCARD|DEALLOCATE|SELECT \\$1$|SELECT 1$|SELECT (1|\\$\\d+) FROM ONLY"
    ' |.*pg_stat_statements|.*FROM "septam_clockoffset")'
)


@dataclass(frozen=True)
class Cpu:
    """CPU seconds of the parts that an owner's click keeps busy."""

    web: float
    worker: float
    database: float

    def __sub__(self, other: "Cpu") -> "Cpu":
        return Cpu(self.web - other.web, self.worker - other.worker, self.database - other.database)

    @property
    def total(self) -> float:
        """All of it."""
        return self.web + self.worker + self.database


@dataclass
class Stack:
    """What runs, and what can be asked of it."""

    url: str
    bare_url: str
    bank_url: str
    sms_url: str
    environment: dict[str, str]
    bare_environment: dict[str, str]
    cluster: Cluster
    web: Child
    worker: Child
    bare: Child
    children: Children

    def cpu(self) -> Cpu:
        """Of the portal and the database so far."""
        return Cpu(self._of(self.web), self._of(self.worker), self._database())

    def bare_cpu(self) -> Cpu:
        """Of the bare project and the database so far."""
        return Cpu(self._of(self.bare), 0.0, self._database())

    @staticmethod
    def _of(child: Child) -> float:
        return cpu.seconds(child.process.pid)

    def _database(self) -> float:
        return cpu.seconds(int(self.cluster.process()))

    def forget_statements(self) -> None:
        """Count from nothing again."""
        self.cluster.sql("SELECT pg_stat_statements_reset()", PORTAL)

    def statements(self) -> int:
        """How many statements the portal's database carried out since."""
        return int(self.cluster.sql(f"SELECT coalesce(sum(calls), 0) {self._counted()}", PORTAL))

    def most_frequent(self, count: int = 40) -> str:
        """The statements with their numbers, the most frequent first."""
        listed = f"SELECT calls || '  ' || left(regexp_replace(query, '\\s+', ' ', 'g'), 230) {self._counted()}"
        return self.cluster.sql(f"{listed} ORDER BY calls DESC, query LIMIT {count}", PORTAL)

    @staticmethod
    def _counted() -> str:
        return (
            "FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid"
            f" WHERE d.datname = '{PORTAL}' AND query !~* '{NOT_COUNTED}'"
        )

    @contextlib.contextmanager
    def without_worker(self) -> Iterator[None]:
        """Nobody else asks the database meanwhile."""
        self.worker.process.terminate()
        self.worker.process.wait()
        try:
            yield
        finally:
            self.children.running.remove(self.worker)
            self.worker = self.children.start("worker", [sys.executable, "manage.py", "worker"])

    def manage(self, *words: str, environment: dict[str, str]) -> None:
        """A command of the portal, with another database."""
        _run([sys.executable, "manage.py", *words, "-v", "0"], environment)

    def run(
        self,
        module: str,
        *words: str,
        bare: bool = False,
        environment: dict[str, str] | None = None,
    ) -> Any:
        """The JSON that a module of the bench prints, with Django set up for the portal, the bare project or as told."""
        environment = environment or (self.bare_environment if bare else self.environment)
        return json.loads(_run([sys.executable, "-m", module, *words], environment))


def _run(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=CLONE, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"bench: {' '.join(command[1:])}\n{done.stderr[-3000:]}")
    return done.stdout


@contextlib.contextmanager
def running() -> Iterator[Stack]:
    """Start everything on databases of its own; all of it ends with the context."""
    os.environ.pop("DATABASE_URL", None)
    cluster = Cluster("bench")
    use = Use(cluster)
    use.join()
    try:
        _count_statements(cluster)
        for name in (PORTAL, BARE):
            cluster.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            cluster.sql(f"CREATE DATABASE {name}")
        with tempfile.TemporaryDirectory(prefix="septam-bench-") as folder:
            yield from _serve(cluster, Path(folder))
    finally:
        use.leave()


@contextlib.contextmanager
def empty_database(name: str) -> Iterator[dict[str, str]]:
    """The environment of a database without a table on the benches' server; it goes with the context."""
    os.environ.pop("DATABASE_URL", None)
    cluster = Cluster("bench")
    use = Use(cluster)
    use.join()
    try:
        cluster.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cluster.sql(f"CREATE DATABASE {name}")
        yield demo_environment(Addresses(1), cluster.url.replace("/septam?", f"/{name}?"))
    finally:
        cluster.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        use.leave()


def _count_statements(cluster: Cluster) -> None:
    wanted = "pg_stat_statements"
    if cluster.sql("SHOW shared_preload_libraries") != wanted:
        cluster.sql(f"ALTER SYSTEM SET shared_preload_libraries = '{wanted}'")
        cluster.stop()
        cluster.start()
    cluster.sql(f"CREATE EXTENSION IF NOT EXISTS {wanted}", "postgres")


def _serve(cluster: Cluster, folder: Path) -> Iterator[Stack]:
    addresses = Addresses(free_ports())
    environment = demo_environment(addresses, cluster.url.replace("/septam?", f"/{PORTAL}?")) | {
        "SEPTAM_STATIC_ROOT": str(folder / "static"),
        "SEPTAM_MEDIA_ROOT": str(folder / "media"),
        "SEPTAM_GATEWAYS": "behpardakht",
        # A buyer of the bench buys in a minute what others buy in years; their SMS must not wait for each other.
        "SEPTAM_SMS_PER_NUMBER": "1000",
        "SEPTAM_SECRET_KEY": secrets.token_hex(32),
    }
    bare = environment | {
        "DATABASE_URL": cluster.url.replace("/septam?", f"/{BARE}?"),
        "DJANGO_SETTINGS_MODULE": "bench.bare.settings",
    }
    for words in (("migrate", "--noinput"), ("setup_reference",), ("setup_roles",), ("collectstatic", "--noinput")):  # fmt: skip
        _run([sys.executable, "manage.py", *words, "-v", "0"], environment)
    _run([sys.executable, "-m", "django", "migrate", "-v", "0"], bare)
    cluster.sql("CREATE EXTENSION pg_stat_statements", PORTAL)
    children, bare_children = Children(folder / "log", environment, CLONE), Children(folder / "log", bare, CLONE)  # fmt: skip
    try:
        yield _start(children, bare_children, addresses, cluster, folder)
    finally:
        children.end()
        bare_children.end()


def _start(
    children: Children, bare_children: Children, addresses: Addresses, cluster: Cluster, folder: Path
) -> Stack:  # fmt: skip
    program, port = sys.executable, addresses.port
    for name, own_port in (("bank", port + 1), ("sms", port + 2)):
        command = [
            program,
            "-m",
            f"simulators.{name}",
            "--port",
            str(own_port),
            "--data",
            str(folder / name),
        ]
        child = children.start(name, command)
        children.wait_until(child, f"http://127.0.0.1:{own_port}/_control/ping")
    worker = children.start("worker", [program, "manage.py", "worker"])
    serve = [program, "-m", "granian", *GRANIAN, "--port"]
    web = children.start("web", [*serve, str(port), "septam.wsgi:application"])
    bare = bare_children.start("bare", [*serve, str(port + 3), "bench.bare.wsgi:application"])
    children.wait_until(web, f"{addresses.portal}/healthz")
    bare_url = f"http://127.0.0.1:{port + 3}"
    bare_children.wait_until(bare, f"{bare_url}/out/")
    return Stack(
        url=addresses.portal, bare_url=bare_url, bank_url=f"http://127.0.0.1:{port + 1}", sms_url=addresses.sms,
        environment=children.environment, bare_environment=bare_children.environment, cluster=cluster,
        web=web, worker=worker, bare=bare, children=children,
    )  # fmt: skip


def free_ports() -> int:
    """The first of four ports in a row that nobody has."""
    for _try in range(200):
        first = 20_000 + secrets.randbelow(20_000)
        with contextlib.ExitStack() as held:
            try:
                for port in range(first, first + 4):
                    probe = held.enter_context(socket.socket())
                    probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return first
    raise SystemExit("bench: no free ports")
