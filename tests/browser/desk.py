"""A desk in the office: what a member of staff sees and presses there, a picture of each page that is looked at."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Download, Locator, Page

from tests.browser.office_journey import PASSWORD, signed_in
from tests.browser.owner_journey import plain
from tests.browser.stack import Stack


class Desk:
    """One member of staff at one window."""

    def __init__(self, page: Page, stack: Stack, folder: Path, name: str) -> None:
        self.page, self.stack, self.folder, self.name = page, stack, folder, name
        self.taken = 0

    def open(self, path: str) -> None:
        """Go to an address of the office («find/?q=…»)."""
        self.page.goto(f"{self.stack.url}/office/{path}")

    def text(self) -> str:
        """What stands on the page, without its navigation."""
        return plain(self.page.locator("#content-start").inner_text())

    def sees(self, *words: str) -> None:
        """Each of these stands on the page, which is no wider than the window; a picture is taken."""
        self.taken += 1
        self.page.screenshot(path=self.folder / f"{self.name}-{self.taken:02}.png", full_page=True)
        text = self.text()
        for word in words:
            assert plain(word) in text, f"«{word}» is not on {self.page.url}:\n{text[:3000]}"
        assert self.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (
            f"{self.page.url} is wider than the window"
        )

    def misses(self, *words: str) -> None:
        """None of these stands on the page."""
        text = self.text()
        for word in words:
            assert plain(word) not in text, f"«{word}» is on {self.page.url}"

    def main(self) -> Locator:
        """The page's own part."""
        return self.page.locator("#content")

    def press(self, name: str) -> None:
        """The button, or the link, of the page that is called so."""
        called = re.compile(rf"^\s*{re.escape(name)}\s*$")
        button = self.main().get_by_role("button", name=called)
        (button if button.count() else self.main().get_by_role("link", name=called)).first.click()
        self.page.wait_for_load_state()

    def fill(self, label: str, value: str) -> None:
        """Type into the field whose label begins so."""
        self._field(label).fill(value)

    def choose(self, label: str, option: str) -> None:
        """Choose an option of a list by what it says."""
        self._field(label).select_option(label=option)

    def tick(self, label: str) -> None:
        """Tick the box, or choose the answer, whose label begins so."""
        self._field(label).check()

    def own_password(self) -> None:
        """«رمز عبور خودتان» once more."""
        self.page.locator("#content input[type=password]").fill(PASSWORD)

    def search(self, typed: str) -> None:
        """The one box at the top of every page."""
        box = self.page.locator("#office-find input")
        box.fill(typed)
        box.press("Enter")
        self.page.wait_for_load_state()

    def download(self, name: str) -> Download:
        """The file that a button gives."""
        with self.page.expect_download() as waiting:
            self.main().get_by_role("button", name=name).first.click()
        return waiting.value

    def status_of(self, path: str) -> int:
        """What the office answers to a hand-typed address."""
        return self.page.request.get(f"{self.stack.url}/office/{path}").status

    def row(self, text: str) -> Locator:
        """The row of a table with these words."""
        return self.main().get_by_role("row").filter(has_text=text).first

    def _field(self, label: str) -> Locator:
        return self.main().get_by_label(re.compile(rf"^\s*{re.escape(label)}")).first


@contextmanager
def desk_of(
    browser: Browser, stack: Stack, folder: Path, username: str, *, width: int = 1280
) -> Iterator[Desk]:
    """A member of staff who signed in with the second factor."""
    folder.mkdir(parents=True, exist_ok=True)
    with signed_in(browser, stack, username, width=width) as page:
        yield Desk(page, stack, folder, username if width > 400 else f"{username}-{width}")
