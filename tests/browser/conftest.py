"""The running portal and the browsers, one each for all browser tests of a process."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.stack import Stack, running_stack
from tests.browser.walkers import CHROMIUM_ARGS, chromium_path

OTHERS = ("edbrowse", "w3m", "firefox", "webkit", "chromium109")
ARTIFACTS = Path(__file__).resolve().parents[1] / "artifacts"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What names no other browser drives Chromium (`make test` leaves out what is not installed, by these marks)."""
    for item in items:
        if Path(__file__).parent in item.path.parents and not any(
            map(item.get_closest_marker, OTHERS)
        ):
            item.add_marker("chromium")


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Web, worker and simulators as processes, with a database of their own."""
    with running_stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium."""
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # Playwright's loop stands in this thread while it waits: Django would take every test for async code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        started = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where the pictures of the guide's steps go."""
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    return ARTIFACTS


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
