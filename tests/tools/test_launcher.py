"""`make run` refuses clearly, watches what it started and ends all of it."""

import os
import signal
import socket
import sys
import time
from pathlib import Path

import pytest

from tools import run
from tools.prepare import Stamps, fingerprint
from tools.processes import ChildFault, Children


def test_a_taken_port_is_named_with_another_choice() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(
            run.Refusal, match=rf"Port ({port - 2}|{port - 1}|{port}) is taken.*make run PORT="
        ):
            run.require_free(port - 2)


def test_a_port_that_needs_privileges_is_refused() -> None:
    with pytest.raises(run.Refusal, match="PORT=80"):
        run.require_free(80)


def test_the_bank_is_another_site_than_the_portal() -> None:
    addresses = run.Addresses(8000)
    assert (addresses.portal, addresses.bank) == ("http://127.0.0.1:8000", "http://localhost:8001")


@pytest.fixture
def children(tmp_path: Path) -> Children:
    return Children(tmp_path / "log", dict(os.environ), tmp_path)


def test_a_process_that_ends_by_itself_is_named_with_its_last_lines(children: Children) -> None:
    child = children.start(
        "worker", [sys.executable, "-c", "print('no queue'); raise SystemExit(3)"]
    )
    child.process.wait()
    with pytest.raises(ChildFault, match=r"(?s)«worker».*code 3.*no queue"):
        children.look()


def test_ending_reaches_the_grandchildren_too(children: Children, tmp_path: Path) -> None:
    code = (
        "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        "print(p.pid, flush=True); p.wait()"
    )
    child = children.start("web", [sys.executable, "-c", code])
    while not child.log.read_text().strip():
        time.sleep(0.02)
    children.end()
    assert child.process.returncode == -signal.SIGTERM
    assert not is_alive(int(child.log.read_text()))


def is_alive(number: int) -> bool:
    """A process that was ended may stay a moment as a zombie of the machine's first process."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
        if state == "Z":
            return False
        time.sleep(0.02)
    return True


def test_the_shells_postgres_variables_do_not_lead_astray(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "1")
    variables = run.demo_environment(run.Addresses(8000), "postgres://septam@/septam")
    assert "PGPORT" not in variables
    assert variables["SEPTAM_MODE"] == "demo"


def test_what_is_done_is_done_again_only_after_a_change(tmp_path: Path) -> None:
    source = tmp_path / "cities.csv"
    source.write_text("one")
    stamps, before = Stamps(tmp_path / "stamps"), fingerprint([source])
    stamps.done("reference", before)
    assert stamps.is_done("reference", fingerprint([source]))
    source.write_text("another")
    assert not stamps.is_done("reference", fingerprint([source]))
