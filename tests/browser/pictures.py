"""`make pictures`: every page of the registry as a person sees it, into tests/artifacts/pages/; not a part of `make test`.

A file a page, width and colour scheme. Look at them after a change of the style sheet or a shared template.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.test_axe import Showcase
from tests.browser.walkers import CHROMIUM_ARGS, chromium_path
from tests.front.scene import Rendered

pytestmark = pytest.mark.django_db
FOLDER = Path(__file__).resolve().parents[1] / "artifacts" / "pages"
WIDTHS = (360, 768, 1280)


def _take(pages: list[Rendered]) -> int:
    taken = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGS)
        for width in WIDTHS:
            window = browser.new_context(
                viewport={"width": width, "height": 800}, locale="fa-IR", reduced_motion="reduce"
            )
            showcase = Showcase(window.new_page())
            for shown in pages:
                showcase.show(shown)
                for scheme in ("light", "dark"):
                    showcase.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                    path = FOLDER / f"{width}-{scheme}" / f"{shown.page.name}.png"
                    showcase.page.screenshot(path=path, full_page=True)
                    taken += 1
            window.close()
        browser.close()
    return taken


def test_a_picture_of_every_page_at_every_width(rendered: list[Rendered]) -> None:
    whole = [shown for shown in rendered if not shown.page.is_part]
    # Playwright leaves its loop in the thread: see test_axe.py.
    with ThreadPoolExecutor(1) as thread:
        taken = thread.submit(_take, whole).result()
    assert taken == len(whole) * len(WIDTHS) * 2
