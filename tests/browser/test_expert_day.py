"""A whole day of an expert on a phone of 360 pixels, in the office of the running portal."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import office_journey as office
from tests.browser.stack import Stack

PHONE = 360
MORNING, AFTER_THE_VISIT = "1403/02/08 09:00", "1403/02/08 14:00"
TODAY = "/office/inspections/visitrequest/today/"
# The walks share a demo: whoever else waits for a call is not counted here.
# A visit at eleven, and two owners who wait for a call; of the demo's laboratory in Tehran.
SEED = """
from datetime import timedelta
from decimal import Decimal
from accounts.models import User
from inspections import workflow
from septam import clock
from septam.text import search_key
from sites.models import Category, City, Laboratory, Place
from sites.place import PlaceState
owner, expert = (User.objects.get(username=name) for name in ("gentleOtterB", "expert"))
now = clock.in_tehran(clock.now())
def paid(title, days_ago):
    place = Place.objects.create(
        owner=owner, title=title, state=PlaceState.READY, category=Category.objects.get(name="طلا و جواهر فروشی"),
        postal_code="1416932790", area=Decimal("38.50"), city=City.objects.get(name="تهران", province__name="تهران"),
        address="خیابان ولیعصر، بالاتر از ونک، پلاک ۱۲", representative_name="علی حسینی",
        representative_phone="02188776655", laboratory=Laboratory.objects.get(code="L-01"), note="زنگ دوم",
        note_shared=True, search_key=search_key(title), created_at=now, updated_at=now,
    )
    visit = workflow.open_request(place, owner)
    return workflow.mark_paid([visit.pk], paid_at=now - timedelta(days=days_ago))[0]
visit = paid("نانوایی سنگک", 6)
slot = workflow.propose_time(visit.pk, expert, now.replace(hour=11, minute=0, second=0, microsecond=0), expert)
workflow.confirm_time(slot.pk, owner)
paid("کافه نگار", 4)
paid("داروخانه دی", 2)
"""


class Phone:
    """The expert's phone: what is on it, and a picture of each page that is looked at."""

    def __init__(self, page: Page, stack: Stack, folder: Path) -> None:
        self.page, self.stack, self.folder, self.taken = page, stack, folder, 0

    def sees(self, *words: str) -> None:
        """Each of these stands on the page, which is no wider than the phone."""
        self.taken += 1
        self.folder.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(self.folder / f"{self.taken:02}.png"), full_page=True)
        text = self.page.locator("#container").inner_text()
        for word in words:
            assert word in text, f"«{word}» is not on {self.page.url}:\n{text[:2000]}"
        assert self.page.evaluate("document.documentElement.scrollWidth") <= PHONE, self.page.url

    def card(self, title: str):  # type: ignore[no-untyped-def]
        """The card of a place on the page of the day."""
        return self.page.locator(".office-card").filter(has_text=title)


@pytest.mark.slow
def test_an_expert_works_through_a_day_on_a_phone(
    browser: Browser, stack: Stack, pictures: Path
) -> None:
    stack.move_clock(MORNING)
    stack.manage("shell", "-c", SEED)
    with office.signed_in(browser, stack, "expert", width=PHONE) as page:
        phone = Phone(page, stack, pictures / "expert-day")
        assert page.url == f"{stack.url}{TODAY}", "the second factor leads to the day"
        _calls(phone)
        _proposes(phone)
        stack.move_clock(AFTER_THE_VISIT)
        _reports(phone)
        _takes_the_calendar_along(phone)


def _calls(phone: Phone) -> None:
    phone.sees("برای تماس (", "ساعت ۱۱ صبح – نانوایی سنگک", "خیابان ولیعصر", "زنگ دوم")
    assert phone.card("نانوایی سنگک").locator("a[href='tel:02188776655']").is_visible()
    assert phone.card("داروخانه دی").locator("a[href^='tel:09']").first.is_visible()
    phone.card("داروخانه دی").get_by_role("button", name="بی‌پاسخ").click()
    phone.sees("تماس ثبت شد", "آخرین تماس: بی‌پاسخ")
    phone.card("کافه نگار").get_by_role("button", name="توافق بر زمان").click()


def _proposes(phone: Phone) -> None:
    phone.sees("پیشنهاد زمان بازدید", "گرفته‌شده: ۱۱:۰۰ تا ۱۳:۰۰ – نانوایی سنگک")
    phone.page.locator("input[name=day]").fill("۱۴۰۳/۰۲/۰۸")
    phone.page.locator("input[name=hour]").fill("۱۲")
    phone.page.locator("#content-main form button[type=submit]").click()
    phone.sees("بازدید دیگری دارد: «نانوایی سنگک»")
    phone.page.locator(".office-free").nth(1).get_by_role("link", name="۱۰:۰۰").click()
    assert phone.page.locator("input[name=hour]").input_value() == "۱۰:۰۰"
    phone.page.locator("#content-main form button[type=submit]").click()
    assert phone.page.url.endswith(TODAY)
    phone.sees("زمان پیشنهاد شد", "ساعت ۱۰ صبح – کافه نگار", "در انتظار پاسخ متقاضی", "برای تماس (")


def _reports(phone: Phone) -> None:
    phone.page.reload()
    phone.sees("گزارش‌های عقب‌افتاده", "امروز بازدید دیگری نمانده است")
    office.write_conforming_report(phone.page, phone.folder / "report.png")
    assert phone.page.url.endswith(TODAY)
    phone.sees("گزارش ثبت شد", "برای تماس (")
    assert "گزارش‌های عقب‌افتاده" not in phone.page.locator("#content").inner_text()


def _takes_the_calendar_along(phone: Phone) -> None:
    phone.page.get_by_role("link", name="بازدیدهای من در تقویم گوشی").click()
    phone.page.get_by_role("button", name="ساختن نشانی").click()
    phone.sees("نشانی ساخته شد")
    address = phone.page.locator("#address").input_value()
    calendar = phone.page.request.get(address).text()
    assert "STATUS:TENTATIVE" in calendar
    assert "STATUS:CONFIRMED" in calendar
