"""Whoever has switched cookies off is told so on one clear page, in every browser that can switch them off.

edbrowse cannot: it keeps them for the session whatever one says.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.firefox import NO_COOKIES, firefox
from tests.browser.owner_journey import plain
from tests.browser.stack import Stack
from tests.browser.text_walkers import w3m
from tests.browser.walkers import CHROMIUM_ARGS, Chromium, Walker, chromium_path, phantom

Request = pytest.FixtureRequest


class _Blocking:
    """In place of a browser: a profile in which cookies are blocked, as its settings page would write it."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self._kind, self._folder = browser.browser_type, folder
        settings = folder / "Default" / "Preferences"
        settings.parent.mkdir()
        blocked = {"profile": {"default_content_setting_values": {"cookies": 2}}}
        settings.write_text(json.dumps(blocked))

    def new_context(self, **options: Any) -> BrowserContext:
        """A window of this profile."""
        return self._kind.launch_persistent_context(
            self._folder, executable_path=chromium_path(), args=CHROMIUM_ARGS, **options
        )


@contextmanager
def _chromium(request: Request, folder: Path, _port: int) -> Iterator[Walker]:
    blocking = _Blocking(request.getfixturevalue("browser"), folder)
    walker = Chromium(cast(Browser, blocking), scripts=True)
    yield walker
    walker.close()


OPENERS: dict[str, Callable[[Request, Path, int], AbstractContextManager[Walker]]] = {
    "chromium": _chromium,
    "phantom": lambda _request, folder, port: phantom(port, folder / "log", "no-cookies"),
    "firefox": lambda _request, folder, port: firefox(folder, port, NO_COOKIES),
    "w3m": lambda _request, folder, _port: w3m(folder, "-no-cookie"),
}
MARKS = {"firefox": pytest.mark.firefox, "w3m": pytest.mark.w3m}


@pytest.mark.parametrize(
    "engine", [pytest.param(name, marks=MARKS.get(name, ())) for name in OPENERS]
)
def test_without_cookies_one_page_says_what_to_do(
    engine: str, stack: Stack, tmp_path: Path, free_port: int, request: Request
) -> None:
    with OPENERS[engine](request, tmp_path, free_port) as walker:
        walker.open(f"{stack.url}/sign-in/")
        walker.fill("شماره تلفن همراه", "09121110001")
        walker.fill("رمز عبور", "12345678")
        walker.press("ورود")
        told = plain(walker.text())
        assert "کوکی در مرورگر شما خاموش است" in told
        assert "در تنظیمات مرورگر" in told
        walker.press("باز کردن دوباره صفحه")
        assert "شماره تلفن همراه" in walker.text()
