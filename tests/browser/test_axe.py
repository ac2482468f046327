"""Every page of the registry in Chromium at 320 px: axe, sideways scroll, console, colours by night.

The pages come from the test client (tests/front/scene.py) and are handed to the browser with their content
security policy; styles, fonts and scripts come from the folder of static files.
"""

import mimetypes
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from playwright.sync_api import Page, Route, sync_playwright

from tests.browser.walkers import CHROMIUM_ARGS, chromium_path
from tests.front.scene import Rendered

pytestmark = pytest.mark.django_db
ORIGIN = "http://127.0.0.1:9"
STATIC = Path(__file__).resolve().parents[2] / "static"
RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
COLOURS = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}}


@dataclass
class Look:
    """What was found, each as «page: finding»."""

    axe: list[str] = field(default_factory=list)
    by_night: list[str] = field(default_factory=list)
    sideways: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    templates: frozenset[str] = frozenset()
    seen: int = 0


class Showcase:
    """Answers the browser's requests out of the rendered pages and the static files."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.shown: Rendered | None = None
        self.messages: list[str] = []
        page.route("**/*", self._answer)
        page.on(
            "console",
            lambda message: (
                self.messages.append(message.text) if message.type in ("error", "warning") else None
            ),
        )
        page.on("pageerror", lambda error: self.messages.append(str(error)))

    def _answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            # The office's come from Django's own folder.
            found = Path(finders.find(path.removeprefix("/static/")) or STATIC / "missing")
            kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
            route.fulfill(body=found.read_bytes(), content_type=kind)
        elif route.request.is_navigation_request() and self.shown is not None:
            headers = {"Content-Type": "text/html; charset=utf-8"}
            if self.shown.policy:
                headers["Content-Security-Policy"] = self.shown.policy
            route.fulfill(body=self.shown.html, headers=headers)
        else:
            route.fulfill(body=(STATIC / "favicon.svg").read_bytes(), content_type="image/svg+xml")

    def show(self, shown: Rendered) -> None:
        """Open one page."""
        self.shown = shown
        self.messages.clear()
        self.page.goto(f"{ORIGIN}/{shown.page.name}/")


def findings(page: Page, options: dict[str, Any]) -> list[str]:
    """What axe says against the page as it stands."""
    answer = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{violation['id']} {[node['target'] for node in violation['nodes']][:3]}"
        for violation in answer["violations"]
    ]


def look_at(showcase: Showcase, shown: Rendered, look: Look) -> None:
    """Everything about one page."""
    page, name = showcase.page, shown.page.name
    page.emulate_media(color_scheme="light")
    showcase.show(shown)
    page.evaluate(Axe().axe_script)
    look.axe += [f"{name}: {finding}" for finding in findings(page, RULES)]
    wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    look.sideways += [f"{name}: {wide} px"] if wide > 0 else []
    if not shown.templates <= look.templates:  # its colours are those of pages seen before
        page.emulate_media(color_scheme="dark")
        look.by_night += [f"{name}: {finding}" for finding in findings(page, COLOURS)]
    look.templates |= shown.templates
    look.console += [f"{name}: {message}" for message in showcase.messages]
    look.seen += 1


def look_at_all(pages: list[Rendered]) -> Look:
    """Look at the pages in a phone's narrow window.

    In a thread of its own: Playwright leaves a loop running in the thread that it works in, and Django would
    open a second connection there.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_looked, pages).result()


def _looked(pages: list[Rendered]) -> Look:
    found = Look()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGS)
        window = browser.new_context(
            viewport={"width": 320, "height": 640}, locale="fa-IR", reduced_motion="reduce"
        )
        showcase = Showcase(window.new_page())
        for shown in pages:
            look_at(showcase, shown, found)
        browser.close()
    return found


@pytest.fixture(scope="module")
def look(rendered: list[Rendered]) -> Look:
    """All pages, looked at once."""
    found = look_at_all([shown for shown in rendered if not shown.page.is_part])
    assert found.seen > 100
    return found


def test_axe_has_nothing_against_any_page(look: Look) -> None:
    assert "\n".join(look.axe) == ""


def test_colours_stand_out_by_night_too(look: Look) -> None:
    assert "\n".join(look.by_night) == ""


def test_no_page_scrolls_sideways_at_320_px(look: Look) -> None:
    assert "\n".join(look.sideways) == ""


def test_no_page_writes_an_error_to_the_console(look: Look) -> None:
    assert "\n".join(look.console) == ""


def test_the_look_notices_what_it_is_for(rendered: list[Rendered]) -> None:
    home = next(r for r in rendered if r.page.name == "home")
    bad = '<img src="/x.png"><p style="width:900px">x</p><pre>' + "x" * 900 + "</pre></main>"
    found = look_at_all([replace(home, html=home.html.replace("</main>", bad))])
    assert "image-alt" in " ".join(found.axe)
    assert found.sideways
    assert "Content Security Policy" in " ".join(found.console)
