"""`make pictures`: every page as a person sees it, into tests/artifacts/pages/; not a part of `make test`.

A file a page, width and colour scheme: the registry of the portal's pages in each state, and each page of the
office as the first of the staff who may open it. The portal's pages are taken in PhantomJS 2.1.1 too, the oldest
engine that they must look well in. Look at them after a change of styles or of a shared template.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from billing.models import AttemptState, PaymentAttempt
from tests.access.office_pages import office_pages
from tests.access.table import OFFICE
from tests.access.world import make_world
from tests.browser.guide_pictures import OWN_FONT
from tests.browser.showing import Showcase, showing
from tests.browser.walkers import CHROMIUM_ARGS, chromium_path, phantom
from tests.front.scene import Rendered

pytestmark = pytest.mark.django_db
FOLDER = Path(__file__).resolve().parents[1] / "artifacts" / "pages"
WIDTHS = (360, 768, 1280)
OLD_WIDTHS = (360, 1024)
# A browser loads the lazy pictures of the guide as one scrolls or prints; a picture of the page does neither.
LOAD_ALL = """() => Promise.all([...document.images].map(function (one) {
  one.loading = 'eager'; return one.decode().catch(function () {}); }))"""


def _take(pages: list[Rendered], widths: tuple[int, ...], schemes: tuple[str, ...]) -> int:
    taken = 0
    with sync_playwright() as playwright, showing(pages) as address:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGS)
        for width in widths:
            window = browser.new_context(
                viewport={"width": width, "height": 800}, locale="fa-IR", reduced_motion="reduce"
            )
            showcase = Showcase(window.new_page(), address)
            for shown in pages:
                showcase.show(shown)
                showcase.page.evaluate(LOAD_ALL)
                showcase.page.evaluate(OWN_FONT)
                for scheme in schemes:
                    showcase.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                    path = FOLDER / f"{width}-{scheme}" / f"{shown.page.name}.png"
                    showcase.page.screenshot(path=path, full_page=True)
                    taken += 1
            window.close()
        browser.close()
    return taken


def take(pages: list[Rendered], widths: tuple[int, ...], schemes: tuple[str, ...]) -> None:
    """Take them all, in a thread of their own: Playwright leaves its loop there (see test_axe.py)."""
    with ThreadPoolExecutor(1) as thread:
        taken = thread.submit(_take, pages, widths, schemes).result()
    assert taken == len(pages) * len(widths) * len(schemes)


def test_a_picture_of_every_page_of_the_portal(rendered: list[Rendered]) -> None:
    whole = [shown for shown in rendered if not shown.page.is_part]
    take(whole, WIDTHS, ("light", "dark"))


def test_a_picture_of_every_page_in_the_oldest_engine(
    rendered: list[Rendered], free_port: int, tmp_path: Path
) -> None:
    whole = [shown for shown in rendered if not shown.page.is_part]
    with showing(whole) as root, phantom(free_port, tmp_path / "phantom.log") as old:
        for width in OLD_WIDTHS:
            old.widen(width)
            folder = FOLDER / f"phantom-{width}"
            folder.mkdir(parents=True, exist_ok=True)
            for shown in whole:
                old.open(f"{root}/{shown.page.name}/")
                old.shot(folder / f"{shown.page.name}.png")


def test_a_picture_of_every_page_of_the_office() -> None:
    world = make_world()
    pages = {shown.page.name: shown for shown in office_pages(world)}
    open_to_decide = PaymentAttempt.objects.filter(pk=world.settled.pk)
    open_to_decide.update(state=AttemptState.NEEDS_REVIEW, settled_at=None)
    again = {shown.page.name: shown for shown in office_pages(world)}
    pages |= {name: shown for name, shown in again.items() if "_review" in name}
    assert len(pages) > len(OFFICE) // 2
    take(list(pages.values()), (360, 1280), ("light",))
