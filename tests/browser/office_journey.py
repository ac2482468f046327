"""What the expert and the laboratory do in the office, in a Chromium of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.stack import Stack

PASSWORD = "12345678"
LONG_COMMENT = "بررسی شد و با ضوابط این رسته سازگار است."


@contextmanager
def signed_in(
    browser: Browser, stack: Stack, username: str, *, width: int = 1280
) -> Iterator[Page]:
    """A member of staff of the demo in the office, past the second factor."""
    context = browser.new_context(viewport={"width": width, "height": 800}, locale="fa-IR")
    page = context.new_page()
    page.set_default_timeout(15000)
    page.goto(f"{stack.url}/office/")
    page.get_by_label("شماره تلفن همراه").first.fill(username)
    page.get_by_label("رمز عبور").first.fill(PASSWORD)
    page.get_by_role("button", name="ورود").first.click()
    page.locator("input[name=token]").fill(stack.second_factor_code(username))
    # Not merely the first button: an announcement above it has one of its own.
    page.locator("form:has(input[name=token]) button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/office/" in url and "verify" not in url)
    try:
        yield page
    finally:
        context.close()


def open_request(page: Page, stack: Stack, title: str) -> None:
    """The newest request of a place on the work list."""
    page.goto(f"{stack.url}/office/inspections/visitrequest/")
    page.get_by_role("row").filter(has_text=title).get_by_role("link").first.click()


def log_call(page: Page) -> None:
    """«ثبت تماس»: the owner answered and a time was agreed."""
    page.get_by_role("link", name="ثبت تماس").click()
    page.locator("input[name=outcome][value=agreed]").check()
    page.locator("#content-main form button[type=submit]").click()


def propose_time(page: Page, day: str, hour: str, picture: Path) -> None:
    """«پیشنهاد زمان بازدید»: a Jalali date and an hour."""
    page.get_by_role("link", name="پیشنهاد زمان بازدید").click()
    page.locator("input[name=day]").fill(day)
    page.locator("input[name=hour]").fill(hour)
    page.screenshot(path=str(picture), full_page=True)
    page.locator("#content-main form button[type=submit]").click()


def write_conforming_report(page: Page, picture: Path) -> None:
    """«نوشتن گزارش»: the checklist with the best answer to every item, its result, then handed in."""
    page.get_by_role("link", name="نوشتن گزارش").click()
    page.locator("input[name=measured_area]").fill("۳۸/۵")
    for item in page.locator(".office-item").all():
        _answer_well(item)
    page.screenshot(path=str(picture), full_page=True)
    page.locator("button[value=review]").click()
    page.locator("input[name=no_interest]").check()
    page.locator("button[value=hand_in]").click()
    page.get_by_text("گزارش ثبت شد").wait_for()


def _answer_well(item: object) -> None:
    radios = item.locator("input[type=radio]")  # type: ignore[attr-defined]
    if radios.count():
        best = item.locator("input[type=radio][value=yes]")  # type: ignore[attr-defined]
        (best if best.count() else radios.last).check()
    else:
        asked = item.inner_text()  # type: ignore[attr-defined]
        best = "۱" if "حداکثر" in asked else ("۱۰۰" if "درصد" in asked else "۵۰۰")
        item.locator("input[inputmode=decimal]").fill(best)  # type: ignore[attr-defined]
    item.locator("details").evaluate("part => { part.open = true; }")  # type: ignore[attr-defined]
    item.locator("[name$=_comment]").fill(LONG_COMMENT)  # type: ignore[attr-defined]


def endorse(page: Page) -> None:
    """«تأیید گزارش» by the laboratory: the certificate is issued."""
    page.get_by_role("link", name="تأیید گزارش").click()
    page.locator("#content-main input[type=checkbox]").check()
    page.locator("#content-main form button[type=submit]").click()
