"""Every page of the registry in Chromium, opened once: at 320 px and at 1280 px, by day and by night.

320 px is what 1280 px become at 400 %, so that zoom is reflow here. What looks the same on two pages is looked at
by night, in forced colours and in a wide window on the first of them.

The pages come from the test client (tests/front/scene.py) and are shown on a port with their content security policy.
"""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize, sync_playwright

from tests.browser.showing import Showcase, showing
from tests.browser.walkers import CHROMIUM_ARGS, chromium_path
from tests.front.scene import Rendered

pytestmark = pytest.mark.django_db
# A window of 1280 px at 200 %: half the width in twice as fine points (see `_looked`).
ZOOMED: ViewportSize = {"width": 640, "height": 400}
NARROW: ViewportSize = {"width": 320, "height": 640}
WIDE: ViewportSize = {"width": 1280, "height": 800}
RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
COLOURS = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}}
CHECKS = Path(__file__).with_name("page_checks.js").read_text(encoding="utf-8")


@dataclass
class Look:
    """What was found, by what was asked; each as «page: finding»."""

    found: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    looks: set[str] = field(default_factory=set)
    seen: int = 0

    def note(self, name: str, **findings: list[str]) -> None:
        """Keep the findings of one page."""
        for asked, lines in findings.items():
            self.found[asked] += [f"{name}: {line}" for line in lines]


# Only what is found comes back: whatever axe has to say of a page is a hundred times as much.
_ASKED = """async ([options, names]) => {
  const found = (options ? (await axe.run(document, options)).violations : []).map(
    one => `${one.id} ${JSON.stringify(one.nodes.slice(0, 3).map(node => node.target))}`);
  return {axe: found, ...Object.fromEntries(names.map(name => [name, checks[name]()]))};
}"""


def ask(page: Page, *checks: str, rules: dict[str, Any] | None = None) -> dict[str, list[str]]:
    """What axe says by these rules against the page as it stands, and what the checks of page_checks.js answer."""
    return dict(page.evaluate(_ASKED, [rules, checks]))


def look_at(showcase: Showcase, shown: Rendered, look: Look) -> None:
    """Everything about one page."""
    page, name = showcase.page, shown.page.name
    showcase.show(shown)
    found = ask(page, "sideways", "targets", "moving", "looks", "spacing", rules=RULES)
    looks = found.pop("looks")
    look.note(name, **found)
    if not look.looks.issuperset(looks):
        look_closer(page, name, look)
    look.looks.update(looks)
    look.note(name, console=showcase.messages)
    look.seen += 1


def look_closer(page: Page, name: str, look: Look) -> None:
    """The page in forced colours, by night, in a wide window, at 200 % and with letters twice as large.

    Of pages that look like others one is enough; that none is too wide for half of this width is asked of each.
    """
    page.emulate_media(forced_colors="active")
    look.note(name, edges=ask(page, "edges")["edges"])
    page.emulate_media(forced_colors="none", color_scheme="dark")
    look.note(name, night=ask(page, rules=COLOURS)["axe"])
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(WIDE)
    wide = ask(page, "sideways", "targets", rules=RULES)
    look.note(name, wide=[*wide["axe"], *wide["sideways"], *wide["targets"]])
    page.set_viewport_size(ZOOMED)
    zoomed = ask(page, "sideways", "largeText")
    look.note(name, zoomed=[*zoomed["sideways"], *zoomed["largeText"]])
    page.set_viewport_size(NARROW)


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
            viewport=NARROW, device_scale_factor=2, locale="fa-IR", reduced_motion="reduce"
        )
        # Half a megabyte, which the browser keeps for all pages.
        window.add_init_script(Axe().axe_script + CHECKS)
        with showing(pages) as address:
            showcase = Showcase(window.new_page(), address)
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


@pytest.mark.parametrize(
    "asked",
    [
        "axe",
        "wide",
        "night",
        "sideways",
        "spacing",
        "targets",
        "edges",
        "moving",
        "zoomed",
        "console",
    ],
)
def test_nothing_is_found_on_any_page(asked: str, look: Look) -> None:
    assert "\n".join(look.found[asked]) == ""


def test_the_look_notices_what_it_is_for(rendered: list[Rendered]) -> None:
    home = next(r for r in rendered if r.page.name == "home")
    bad = (
        '<img src="/x.png"><p style="width:900px">x</p><pre>' + "x" * 900 + "</pre>"
        '<p><button class="new">a</button></p><h3 class="vh new">b</h3></main>'
    )
    found = look_at_all([replace(home, html=home.html.replace("</main>", bad))]).found
    assert "image-alt" in " ".join(found["axe"])
    assert found["sideways"]
    assert found["targets"]
    assert "px" in " ".join(found["zoomed"])
    assert "Content Security Policy" in " ".join(found["console"])
