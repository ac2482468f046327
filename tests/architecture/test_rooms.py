"""docs/architecture.md shows a newcomer the rooms of each app: each module once, and none that is gone."""

import re

import pytest

from tests.architecture.source import APPS, CLONE

PAGE = CLONE / "docs" / "architecture.md"
# What an app of Django has, and templates of papers.
_USUAL = {"__init__", "apps", "urls", "migrations", "management", "typst"}
_ROOM = re.compile(r"`([\w/]+?)(?:\.py|/)`")


def _section(heading: str) -> str:
    return PAGE.read_text(encoding="utf-8").partition(f"{heading}\n")[2].partition("\n#")[0]


def rooms_on_the_page(app: str) -> list[str]:
    """The modules and folders in the first column of the app's table, in their order."""
    lines = _section(f"### {app}").splitlines()
    return [
        room for line in lines if line.startswith("|") for room in _ROOM.findall(line.split("|")[1])
    ]


def rooms_of_each_app() -> set[str]:
    """Those that have the same name everywhere; the page says so before the first app."""
    return set(_ROOM.findall(_section("## Rooms")))


def rooms_in_the_tree(app: str) -> set[str]:
    """What lies right in the app's folder."""
    found = (CLONE / app).iterdir()
    names = {
        path.stem for path in found if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    return names - _USUAL


@pytest.mark.parametrize("app", APPS)
def test_no_room_is_named_that_is_gone(app: str) -> None:
    gone = [
        room
        for room in rooms_on_the_page(app)
        if not (CLONE / app / f"{room}.py").is_file() and not (CLONE / app / room).is_dir()
    ]
    assert not gone


@pytest.mark.parametrize("app", APPS)
def test_every_module_and_folder_of_an_app_is_named(app: str) -> None:
    named = {*rooms_on_the_page(app), *rooms_of_each_app()}
    assert not rooms_in_the_tree(app) - named


@pytest.mark.parametrize("app", APPS)
def test_no_room_is_named_twice(app: str) -> None:
    named = [room for room in rooms_on_the_page(app) if "/" not in room]
    assert sorted(named) == sorted(set(named))
