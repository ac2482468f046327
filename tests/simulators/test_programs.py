"""The two programs as the launcher starts them: flags, signals, a taken port."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from simulators import bank

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ("bank", "sms")


def start(name: str, port: int, data: Path, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", f"simulators.{name}", "--port", str(port), "--data", str(data)],
        cwd=ROOT,
        env={**os.environ, **environment},
        stderr=subprocess.PIPE,
        text=True,
    )


def address(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    found = re.search(r"http://127\.0\.0\.1:\d+", process.stderr.readline())
    assert found is not None
    return found[0]


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_program_answers_ping_and_ends_at_once(name: str, ending: int, tmp_path: Path) -> None:
    with start(name, 0, tmp_path / "data") as process:
        answer = requests.get(f"{address(process)}/_control/ping", timeout=5).json()
        begin = time.monotonic()
        process.send_signal(ending)
        assert process.wait(timeout=5) == 0
    assert time.monotonic() - begin < 2
    assert answer["service"] == name


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_taken_port_is_one_clear_line(name: str, tmp_path: Path) -> None:
    with bank.serve(data=tmp_path / "first") as first:
        process = start(name, first.port, tmp_path / "second")
        _, errors = process.communicate(timeout=10)
    assert process.returncode == 2
    assert errors.splitlines() == [f"{name} simulator: cannot start: port {first.port} is taken"]


def test_the_sms_key_comes_from_the_environment(tmp_path: Path) -> None:
    with start("sms", 0, tmp_path, SEPTAM_SIM_SMS_KEY="other-key") as process:
        url = address(process)
        answers = [
            requests.get(f"{url}/v1/{key}/account/info.json", timeout=5).status_code
            for key in ("other-key", "demo-sms-key")
        ]
        process.terminate()
    assert answers == [200, 403]


def test_simulators_import_nothing_of_the_portal() -> None:
    portal = "django|septam|notifications|sites|accounts|inspections|billing|portal"
    banned = re.compile(rf"^\s*(?:from|import) (?:{portal})\b", re.MULTILINE)
    offenders = [
        path.name
        for path in (ROOT / "simulators").rglob("*.py")
        if banned.search(path.read_text(encoding="utf-8"))
    ]
    assert offenders == []
