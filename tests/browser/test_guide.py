"""The whole guide, from «ثبت نام» to the certificate's link, in three browsers, on the running portal.

The clock stands before Nowruz 1403, so that the guide's own figures (9 % VAT) and its own visit time come
out; a second place bought after Nowruz shows the 10 % day. That, and what the office does in a browser, is walked
once, beside the walk with scripts.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import office_journey as office
from tests.browser import owner_journey as owner
from tests.browser.guide_pictures import FINE, WANTED, GuidePictures
from tests.browser.owner_journey import Journey
from tests.browser.stack import Stack
from tests.browser.walkers import Chromium, Walker, phantom

NINE_PERCENT_DAY = "1402/12/24 10:00"
VISIT_DAY, VISIT_HOUR = "1403/01/06", {"js": "15:00", "nojs": "10:00", "phantom": "12:30"}
WHEN = {
    "js": "۱۴۰۳/۰۱/۰۶ ساعت ۳ بعد از ظهر",
    "nojs": "۱۴۰۳/۰۱/۰۶ ساعت ۱۰ صبح",
    "phantom": "۱۴۰۳/۰۱/۰۶ ساعت ۱۲:۳۰ ظهر",
}
AFTER_THE_VISIT = "1403/01/06 18:00"
MOBILE = {"js": "09123456781", "nojs": "09123456782", "phantom": "09123456783"}
TITLE = {"js": "طلافروشی حسینی", "nojs": "زرگری حسینی", "phantom": "جواهری حسینی"}


@contextmanager
def _chromium(browser: Browser, *, scripts: bool) -> Iterator[Walker]:
    walker = Chromium(browser, scripts=scripts, fine=FINE if scripts and WANTED else 1)
    yield walker
    walker.close()


def _open(engine: str, browser: Browser, folder: Path, port: int) -> AbstractContextManager[Walker]:
    openers: dict[str, Callable[[], AbstractContextManager[Walker]]] = {
        "js": lambda: _chromium(browser, scripts=True),
        "nojs": lambda: _chromium(browser, scripts=False),
        "phantom": lambda: phantom(port, folder / "phantom.log"),
    }
    return openers[engine]()


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["nojs", "js", "phantom"])
def test_the_guide_can_be_followed_to_the_certificate(
    engine: str, browser: Browser, stack: Stack, pictures: Path, tmp_path: Path, free_port: int
) -> None:
    stack.move_clock(NINE_PERCENT_DAY)
    title = TITLE[engine]
    folder = pictures / f"guide-{engine}"
    with _open(engine, browser, tmp_path, free_port) as walker:
        journey = Journey(walker, stack, folder, MOBILE[engine])
        if WANTED and engine == "js":
            assert isinstance(walker, Chromium)
            journey.guide = GuidePictures(walker.page)
        _to_the_receipt(journey, title)
        if engine == "js":
            _propose(browser, stack, title, folder)
        else:
            stack.order("propose", title, f"{VISIT_DAY} {VISIT_HOUR[engine]}")
        owner.confirm_time(journey, WHEN[engine])
        stack.move_clock(AFTER_THE_VISIT)
        if engine == "js":
            _report_and_endorse(browser, stack, title, folder)
        else:
            stack.order("certify", title)
        owner.open_certificate(journey, title)
        if journey.guide:
            journey.guide.write_sizes()
        if engine == "js":
            _second_place_on_a_ten_percent_day(journey)


def _to_the_receipt(journey: Journey, title: str) -> None:
    password = owner.register(journey)
    owner.sign_in(journey, password)
    owner.fill_profile(journey)
    owner.add_place(journey, title)
    owner.request_visit(journey)
    owner.pay(journey, base="۶٬۳۶۰٬۰۰۰", vat="۵۷۲٬۴۰۰", total="۶٬۹۳۲٬۴۰۰")
    owner.wait_for_the_expert(journey)


def _propose(browser: Browser, stack: Stack, title: str, folder: Path) -> None:
    with office.signed_in(browser, stack, "expert") as page:
        office.open_request(page, stack, title)
        office.log_call(page)
        office.propose_time(page, VISIT_DAY, VISIT_HOUR["js"], folder / "office-propose.png")


def _report_and_endorse(browser: Browser, stack: Stack, title: str, folder: Path) -> None:
    with office.signed_in(browser, stack, "expert") as page:
        office.open_request(page, stack, title)
        office.write_conforming_report(page, folder / "office-report.png")
    with office.signed_in(browser, stack, "lab") as page:
        office.open_request(page, stack, title)
        office.endorse(page)


def _second_place_on_a_ten_percent_day(journey: Journey) -> None:
    journey.walker.open(f"{journey.stack.url}/places/")
    owner.add_place(journey, "شعبه دوم", postal_end="7")
    owner.request_visit(journey, "شعبه دوم")
    journey.sees("۶٬۳۶۰٬۰۰۰", "۶۳۶٬۰۰۰", "۶٬۹۹۶٬۰۰۰")
