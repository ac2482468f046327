"""A private Postgres for one clone: unix socket only (folder mode 0700, no TCP), one data folder per major version.

    python tools/postgres.py [--test] start | stop | url | psql

`DATABASE_URL` overrides it: then nothing is started here. As an ordinary user everything lies in the clone's `.run/`.
Postgres refuses root, and root's home and the clone may be closed to others: as root the server runs as `postgres`, else
`nobody`, and its folders lie under /var/lib/septam/<hash of the clone>/. The test cluster is another one, with fsync off.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tools.postgres_binaries import PostgresError, plain_environment
from tools.postgres_cluster import DATABASE, ROLE, Cluster


class Use:
    """Counts who uses a cluster by a shared lock, so that the last one stops it; a killed process lets go by itself."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.gate = self._open(".gate.lock")
        self.users = self._open(".users.lock")

    def _open(self, ending: str) -> int:
        return os.open(self.cluster.path(ending), os.O_RDWR | os.O_CREAT, 0o600)

    @property
    def kept(self) -> Path:
        """Names the server process that was started by hand: leaving does not stop that one."""
        return self.cluster.path(".kept")

    def _is_kept(self) -> bool:
        return self.kept.exists() and self.kept.read_text() == self.cluster.process()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        fcntl.flock(self.gate, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self.gate, fcntl.LOCK_UN)

    def join(self, keep: bool = False) -> None:
        """Starts the cluster, or joins it if it runs. Raises PostgresError."""
        with self._alone():
            fcntl.flock(self.users, fcntl.LOCK_SH)
            self.cluster.start()
            if keep:
                self.kept.write_text(self.cluster.process())

    def leave(self) -> None:
        """Stops the cluster, unless another command uses it or it was started by hand."""
        with self._alone():
            if not self._is_kept() and self._nobody_else():
                self.cluster.stop()
            fcntl.flock(self.users, fcntl.LOCK_UN)

    def stop(self) -> None:
        """Stops what was started by hand. Raises PostgresError while another command uses it."""
        with self._alone():
            if not self._nobody_else():
                raise PostgresError("Another command uses this Postgres; end that first.")
            self.kept.unlink(missing_ok=True)
            self.cluster.stop()

    def _nobody_else(self) -> bool:
        try:
            fcntl.flock(self.users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextlib.contextmanager
def database(name: str) -> Iterator[str]:
    """The URL of a database to use meanwhile: DATABASE_URL's, else the private cluster's. Raises PostgresError."""
    given = os.environ.get("DATABASE_URL", "").strip()
    if given:
        yield given
        return
    use = Use(Cluster(name))
    try:
        use.join()
        yield use.cluster.url
    finally:
        use.leave()


def main() -> int:
    parser = argparse.ArgumentParser(description="The private Postgres of this clone")
    parser.add_argument(
        "--test", action="store_true", help="the test cluster (fsync off) instead of the demo's"
    )
    parser.add_argument("verb", choices=("start", "stop", "url", "psql"))
    arguments = parser.parse_args()
    cluster = Cluster("test" if arguments.test else "demo")
    try:
        if arguments.verb == "start":
            Use(cluster).join(keep=True)
        elif arguments.verb == "stop":
            Use(cluster).stop()
        elif arguments.verb == "psql":
            os.execve(
                cluster.binaries.command("psql"),
                ["psql", "-h", str(cluster.sockets), "-U", ROLE, DATABASE],
                plain_environment(),
            )
        if arguments.verb in ("start", "url"):
            print(cluster.url)
    except (PostgresError, OSError) as error:
        print(f"Postgres: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
