"""The clone's virtual environments: made and filled only when something changed.

    python3 tools/environment.py [--dev]

Runs on the machine's own Python, with the standard library alone.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036  (said before anything that an older Python cannot read)
    sys.exit(
        f"Septam needs Python 3.11 or newer; this one is {sys.version_info[0]}.{sys.version_info[1]}. "
        "Try: make PYTHON=python3.12 …"
    )

import argparse
import fcntl
import hashlib
import importlib.util
import subprocess
from pathlib import Path

CLONE = Path(__file__).resolve().parent.parent
VENV = CLONE / ".venv"
PYTHON = VENV / "bin" / "python"
# What looks for weaknesses has some sixty packages of its own: none of them meets the portal's.
GUARD_VENV = CLONE / ".run" / "guard"
RUNTIME, DEVELOPMENT, GUARD = "requirements.txt", "requirements-dev.txt", "requirements-guard.txt"


class EnvironmentFault(Exception):
    """The virtual environment cannot be made; the message is one line for the person at the keyboard."""


def ensure(dev: bool = False) -> Path:
    """The environment's Python, after making and filling the environment where needed.

    Raises EnvironmentFault.
    """
    return _ensure(VENV, [RUNTIME, DEVELOPMENT] if dev else [RUNTIME])


def ensure_guard() -> Path:
    """The folder of bandit's and semgrep's programs, in an environment of their own. Raises EnvironmentFault."""
    return _ensure(GUARD_VENV, [GUARD]).parent


def _ensure(venv: Path, locks: list[str]) -> Path:
    try:
        (CLONE / ".run").mkdir(exist_ok=True)
        with open(CLONE / ".run" / "environment.lock", "w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            _make(venv)
            _install(venv, locks)
    except OSError as error:
        raise EnvironmentFault(f"The virtual environment cannot be made: {error}.") from None
    return _python(venv)


def _python(venv: Path) -> Path:
    return venv / "bin" / "python"


def _make(venv: Path) -> None:
    """A venv keeps absolute paths: one that was moved with its clone is made anew."""
    place, stamp = str(venv), venv / "septam-place"
    if venv.is_symlink():
        raise EnvironmentFault(
            f"{venv.name} is a link to {venv.resolve()}; remove the link, an environment of this clone's own is made."
        )
    if stamp.exists() and stamp.read_text() == place and _python(venv).exists():
        return
    if not stamp.exists() and _runs(
        venv
    ):  # somebody made it by hand: it is filled, not thrown away
        stamp.write_text(place)
        return
    if importlib.util.find_spec("ensurepip") is None:
        raise EnvironmentFault(
            "This Python has no venv module: install it (Debian: apt install python3-venv)."
        )
    print("Making the virtual environment …", flush=True)
    _run(
        [sys.executable, "-m", "venv", "--clear", str(venv)],
        "The virtual environment cannot be made",
    )
    stamp.write_text(place)


def _runs(venv: Path) -> bool:
    """Whether the environment has a Python and a pip: an interrupted making leaves less."""
    try:
        return (
            subprocess.run(
                [_python(venv), "-m", "pip", "--version"], capture_output=True
            ).returncode
            == 0
        )
    except OSError:
        return False


def _install(venv: Path, locks: list[str]) -> None:
    """Installs the locks that changed since they were installed; hashes are demanded for every package."""
    wanted = {lock: hashlib.sha256((CLONE / lock).read_bytes()).hexdigest() for lock in locks}
    changed = {lock: digest for lock, digest in wanted.items() if _installed(venv, lock) != digest}
    if not changed:
        return
    print("Installing the pinned packages …", flush=True)
    pip = [
        str(_python(venv)),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--quiet",
        "--require-hashes",
    ]
    files = [argument for lock in locks for argument in ("-r", str(CLONE / lock))]
    _run([*pip, *files], "The packages cannot be installed (is the network there?)")
    for lock, digest in changed.items():
        (venv / f"septam-{lock}").write_text(digest)


def _installed(venv: Path, lock: str) -> str:
    stamp = venv / f"septam-{lock}"
    return stamp.read_text() if stamp.exists() else ""


def _run(command: list[str], complaint: str) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        said = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        errors = [line for line in said if line.startswith("ERROR")] or said or ["no reason given"]
        raise EnvironmentFault(f"{complaint}: {errors[-1].strip()}")


def main() -> int:
    parser = argparse.ArgumentParser(description="Makes and fills the virtual environment")
    parser.add_argument("--dev", action="store_true", help="with what tests and checks need")
    try:
        ensure(parser.parse_args().dev)
    except EnvironmentFault as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
