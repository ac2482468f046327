"""The whole journey, from «ثبت نام» to the certificate, in text browsers, Firefox, WebKitGTK, Chromium 109, and by keyboard alone.

test_guide.py walks the same way in Chromium with and without scripts and in PhantomJS; there the office has its walk too.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.browser import owner_journey as owner
from tests.browser.firefox import firefox
from tests.browser.keyboard import Keyboard
from tests.browser.owner_journey import Journey
from tests.browser.stack import Stack
from tests.browser.text_walkers import edbrowse, w3m
from tests.browser.walkers import CHROMIUM_ARGS, Chromium, Walker
from tests.browser.webkit import webkit
from tools.run_tests import OLD_CHROMIUM

Request = pytest.FixtureRequest


@dataclass(frozen=True)
class Walk:
    """With what the owner walks, who it is, and when the expert comes."""

    opened: Callable[[Request, Path], AbstractContextManager[Any]]
    mobile: str
    title: str
    hour: str
    when: str


@contextmanager
def _keyboard(request: Request, _folder: Path) -> Iterator[Walker]:
    walker = Keyboard(request.getfixturevalue("browser"), scripts=True)
    yield walker
    walker.close()


@contextmanager
def _chromium_109(request: Request, _folder: Path) -> Iterator[Walker]:
    kind = request.getfixturevalue("browser").browser_type
    old = kind.launch(executable_path=OLD_CHROMIUM, args=CHROMIUM_ARGS)
    assert old.version.startswith("109.")
    walker = Chromium(old, scripts=True)
    yield walker
    walker.close()
    old.close()


def _firefox(request: Request, folder: Path) -> AbstractContextManager[Walker]:
    return firefox(folder, request.getfixturevalue("free_port"))


def _webkit(request: Request, folder: Path) -> AbstractContextManager[Walker]:
    return webkit(folder, request.getfixturevalue("free_port"))


WALKS = {
    "edbrowse": Walk(
        lambda _request, folder: edbrowse(folder),
        "09123456784", "طلای نگین", "17:30", "۱۴۰۳/۰۱/۰۶ ساعت ۵:۳۰ عصر",
    ),
    "w3m": Walk(
        lambda _request, folder: w3m(folder),
        "09123456785", "طلای سپهر", "08:00", "۱۴۰۳/۰۱/۰۶ ساعت ۸ صبح",
    ),
    "firefox": Walk(_firefox, "09123456786", "طلای مهتاب", "09:00", "۱۴۰۳/۰۱/۰۶ ساعت ۹ صبح"),
    "webkit": Walk(_webkit, "09123456790", "طلای مروارید", "10:00", "۱۴۰۳/۰۱/۰۶ ساعت ۱۰ صبح"),
    "chromium109": Walk(
        _chromium_109,
        "09123456788", "طلای آفتاب", "14:00", "۱۴۰۳/۰۱/۰۶ ساعت ۲ بعد از ظهر",
    ),
    "keyboard": Walk(_keyboard, "09123456787", "طلای کیمیا", "11:15", "۱۴۰۳/۰۱/۰۶ ساعت ۱۱:۱۵ صبح"),
}  # fmt: skip
MARKS = {name: getattr(pytest.mark, name) for name in WALKS if name != "keyboard"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "engine", [pytest.param(name, marks=MARKS.get(name, ())) for name in WALKS]
)
def test_the_whole_journey_goes_to_its_end(
    engine: str, stack: Stack, tmp_path: Path, request: Request
) -> None:
    walk = WALKS[engine]
    stack.move_clock("1402/12/24 10:00")
    with walk.opened(request, tmp_path) as walker:
        journey = Journey(walker, stack, None, walk.mobile)
        owner.sign_in(journey, owner.register(journey))
        owner.fill_profile(journey)
        owner.add_place(journey, walk.title)
        owner.request_visit(journey)
        owner.pay(journey, base="۶٬۳۶۰٬۰۰۰", vat="۵۷۲٬۴۰۰", total="۶٬۹۳۲٬۴۰۰")
        owner.wait_for_the_expert(journey)
        stack.order("propose", walk.title, f"1403/01/06 {walk.hour}")
        owner.confirm_time(journey, walk.when)
        stack.move_clock("1403/01/06 18:00")
        stack.order("certify", walk.title)
        owner.open_certificate(journey, walk.title)
