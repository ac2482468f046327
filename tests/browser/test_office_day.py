"""A whole day of the laboratory's manager, of support, of finance and of the office's manager, in a real browser."""

import csv
from codecs import BOM_UTF8
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser

from tests.browser.desk import Desk, desk_of
from tests.browser.office_scene import POSTAL_CODE, WAITING
from tests.browser.stack import Stack

pytestmark = pytest.mark.slow
TRANSFER = "140303041122"
REQUESTS = "inspections/visitrequest/"


@pytest.fixture(scope="module")
def morning(stack: Stack, pictures: Path) -> Iterator[Path]:
    """The desks of the office as they lie at nine; gives the folder of the pictures."""
    code = "from tests.browser.office_scene import load; print(load())"
    stack.tell_clock(int(stack.manage("shell", "-c", code).splitlines()[-1]))
    return pictures / "office"


def test_the_laboratory_s_manager_gives_work_out_and_stands_by_its_results(
    browser: Browser, stack: Stack, morning: Path
) -> None:
    with desk_of(browser, stack, morning, "lab") as desk:
        _reads_the_figures(desk)
        _gives_the_waiting_out(desk)
        _endorses(desk, "عکاسی نور")
        _sends_back(desk, "گل‌فروشی یاس")
        _reads_the_statement(desk)
        _revokes(desk, "عکاسی نور")
        _declares_a_conflict(desk)
        _meets_no_other_laboratory(desk, "تالار آینه")
    with desk_of(browser, stack, morning, "lab", width=360) as desk:
        _looks_at_everything_on_a_phone(desk)


def _reads_the_figures(desk: Desk) -> None:
    desk.sees("صف بازدید بر پایه مدت انتظار")


def _gives_the_waiting_out(desk: Desk) -> None:
    desk.press("سپردن درخواست‌ها به کارشناسان")
    desk.sees("آزمایشگاه", *WAITING)
    for title in WAITING[:2]:
        desk.tick(title)
    desk.press("سپردن درخواست‌های انتخاب‌شده")
    desk.sees("کارشناس را انتخاب کنید")
    desk.tick("رضا امینی")
    desk.press("سپردن درخواست‌های انتخاب‌شده")
    desk.sees("۲ درخواست", "رضا امینی")
    desk.misses(WAITING[0], WAITING[1])


def _request(desk: Desk, title: str) -> None:
    desk.open(f"{REQUESTS}?q={title}")
    desk.row(title).get_by_role("link").first.click()


def _endorses(desk: Desk, title: str) -> None:
    desk.open("")
    desk.press("گزارش‌های در انتظار نتیجه")
    desk.sees(title)
    desk.row(title).get_by_role("link").first.click()
    desk.sees("گزارش", "بررسی شد")
    desk.press("تأیید گزارش")
    desk.tick("گزارش را خوانده‌ام")
    desk.sees("مساحت اندازه‌گیری‌شده")
    desk.press("تأیید گزارش")
    desk.sees("گزارش تأیید شد", "گواهینامه صادر شده")


def _sends_back(desk: Desk, title: str) -> None:
    _request(desk, title)
    desk.press("بازگرداندن گزارش")
    desk.press("بازگرداندن گزارش")
    desk.sees("دلیل")
    desk.fill("دلیل", "عکس ورودی خوانا نیست؛ دوباره بگیرید.")
    desk.press("بازگرداندن گزارش")
    desk.sees("گزارش به کارشناس بازگردانده شد", "عکس ورودی خوانا نیست")


def _reads_the_statement(desk: Desk) -> None:
    desk.open("billing/sharestatement/")
    desk.sees("L-01-140302")
    desk.row("L-01-140302").get_by_role("link").first.click()
    desk.sees("۴۴٬۵۲۰٬۰۰۰")


def _revokes(desk: Desk, title: str) -> None:
    desk.open(f"inspections/certificate/?q={title}")
    desk.sees(title)
    desk.row(title).get_by_role("link").first.click()
    desk.press("ابطال گواهینامه")
    desk.fill("دلیل", "دوربین ورودی پس از صدور برداشته شده است.")
    desk.sees("دلیل")
    desk.own_password()
    desk.press("ابطال گواهینامه")
    desk.sees("باطل")


def _declares_a_conflict(desk: Desk) -> None:
    desk.open("inspections/conflictofinterest/add/")
    desk.sees("تعارض منافع")


def _meets_no_other_laboratory(desk: Desk, title: str) -> None:
    desk.search(title)
    desk.misses("تبریز")
    theirs = desk.stack.manage(
        "shell", "-c", "from inspections.models import VisitRequest as V;"
        f"print(V.objects.get(place__title='{title}').pk)",
    )  # fmt: skip
    for page in ("change", "assign", "endorse"):
        assert desk.status_of(f"{REQUESTS}{theirs.splitlines()[-1]}/{page}/") == 404


def _looks_at_everything_on_a_phone(desk: Desk) -> None:
    desk.sees("صف بازدید بر پایه مدت انتظار")
    desk.open(f"{REQUESTS}unassigned/")
    desk.sees(WAITING[2])
    desk.open(REQUESTS)
    desk.sees(WAITING[0])
    _request(desk, "گل‌فروشی یاس")
    desk.sees("بررسی شد")
    desk.open("billing/sharestatement/")
    desk.sees("L-01-140302")
    desk.open("inspections/certificate/")
    desk.sees("عکاسی نور")


def test_support_finds_the_caller_and_settles_what_was_asked(
    browser: Browser, stack: Stack, morning: Path
) -> None:
    with desk_of(browser, stack, morning, "support") as desk:
        desk.sees("کارها به عدد")
        _finds_by_every_number(desk)
        _helps_the_caller_in(desk)
        _answers_the_question(desk)
        _sends_the_sms_again(desk)
        _takes_the_time_back(desk, "دندانپزشکی سپید")


def _finds_by_every_number(desk: Desk) -> None:
    desk.search("۰۹۱۲۱۱۱۰۰۰۲")
    desk.sees("زهرا کریمی")
    desk.search(POSTAL_CODE)
    desk.sees("دندانپزشکی سپید", "سرگذشت کامل")
    desk.search("دندانپزشکی سپید")
    desk.main().get_by_role("link", name="سرگذشت کامل").first.click()
    desk.sees("دندانپزشکی سپید", "زمان بازدید")


def _helps_the_caller_in(desk: Desk) -> None:
    desk.search("زهرا کریمی")
    desk.sees("زهرا", "محل‌ها، درخواست‌ها و پرداخت‌های این شخص")
    desk.press("کمک به ورود")
    desk.fill("چهار رقم آخر شماره ملی", "۲۴۱۹")
    desk.fill("نام خانوادگی", "کريمي")
    desk.sees("مقایسه پاسخ‌ها")
    desk.press("مقایسه پاسخ‌ها")
    desk.sees("پاسخ‌ها")
    desk.press("ارسال رمز تازه")
    desk.sees("رمز تازه")
    desk.stack.wait_for_sms("09121110002", r"رمز جدید: (\d{8})")


def _answers_the_question(desk: Desk) -> None:
    desk.open("")
    desk.press("گفت‌وگوهای پشتیبانی")
    desk.sees("زهرا کریمی")
    desk.row("زهرا کریمی").get_by_role("link").first.click()
    desk.sees("گواهینامه من چه روزی صادر می‌شود؟")
    desk.fill("پاسخ یا یادداشت", "سلام. گواهینامه پس از تأیید آزمایشگاه صادر می‌شود.")
    desk.press("ارسال پاسخ")
    desk.sees("پاسخ ثبت شد", "گواهینامه پس از تأیید آزمایشگاه صادر می‌شود.")


def _sends_the_sms_again(desk: Desk) -> None:
    desk.open("")
    desk.press("پیامک‌های نرسیده")
    desk.sees("۰۹۱۲۱۱۱۰۰۰۲")
    desk.row("۰۹۱۲۱۱۱۰۰۰۲").get_by_role("link").first.click()
    desk.sees("دندانپزشکی سپید")
    desk.press("ارسال دوباره")
    desk.sees("۱ پیامک")


def _takes_the_time_back(desk: Desk, title: str) -> None:
    _request(desk, title)
    desk.press("پس گرفتن زمان بازدید")
    desk.sees("دلیل")
    desk.fill("دلیل", "صاحب محل به سفر رفته است.")
    desk.press("پس گرفتن زمان بازدید")
    desk.sees("زمان پس گرفته شد", "نوبت‌دهی")


def test_finance_decides_returns_matches_and_takes_the_books_out(
    browser: Browser, stack: Stack, morning: Path
) -> None:
    with desk_of(browser, stack, morning, "finance") as desk:
        desk.sees("کارها به عدد")
        _decides_about_a_payment(desk)
        _asks_for_a_refund(desk, "رستوران باران")
        _records_a_transfer(desk)
        _reconciles(desk)
        _changes_a_price(desk)
        _takes_the_payments_out(desk)
    with desk_of(browser, stack, morning, "finance2") as desk:
        _matches_the_transfer(desk)
        _approves_the_refund(desk)


def _decides_about_a_payment(desk: Desk) -> None:
    desk.press("پرداخت‌های در انتظار تصمیم")
    desk.sees("پرداخت‌های در انتظار تصمیم")
    desk.row("زهرا کریمی").get_by_role("link").first.click()
    desk.sees("زهرا کریمی", "بستن به‌عنوان پرداخت‌نشده")
    desk.press("بستن به‌عنوان پرداخت‌نشده")
    desk.fill("دلیل", "در گزارش بانک چنین پرداختی نیست.")
    desk.own_password()
    desk.sees("بستن به‌عنوان پرداخت‌نشده")
    desk.press("بستن به‌عنوان پرداخت‌نشده")
    desk.sees("پرداخت با نتیجه «پرداخت‌نشده» بسته شد")


def _asks_for_a_refund(desk: Desk, title: str) -> None:
    desk.search("۰۹۱۲۱۱۱۰۰۰۲")
    paid = desk.main().get_by_role("listitem").filter(has_text="ریال – پرداخت‌شده").first
    paid.get_by_role("link").first.click()
    desk.sees(title, "درخواست استرداد وجه")
    desk.press("درخواست استرداد وجه")
    desk.fill("قابل استرداد (ریال)", "۱٬۰۰۰٬۰۰۰")
    desk.fill("دلیل", "تخفیف توافق‌شده در نظر گرفته نشده بود.")
    desk.own_password()
    desk.sees("۶٬۹۹۶٬۰۰۰")
    desk.press("درخواست استرداد وجه")
    desk.sees("شخص دیگری", "۱٬۰۰۰٬۰۰۰")


def _records_a_transfer(desk: Desk) -> None:
    desk.open("")
    desk.press("حواله‌های بانکی")
    desk.sees("حواله")
    desk.main().get_by_role("link", name="حواله بانکی").first.click()
    desk.sees("ثبت حواله از صورتحساب بانک")
    desk.fill("مبلغ (ریال)", "۶٬۹۹۶٬۰۰۰")
    desk.fill("تاریخ حواله", "۱۴۰۳/۰۳/۰۴")
    desk.page.locator("#content input[name=reference]").fill(TRANSFER)
    desk.page.locator("#content input[name=payer]").fill("زهرا کریمی")
    desk.press("ثبت حواله از صورتحساب بانک")
    desk.sees("حواله ثبت شد", "تطبیق یا برگشت آن با همکار دیگری است")


def _matches_the_transfer(desk: Desk) -> None:
    desk.open("")
    desk.press("حواله‌های بانکی")
    desk.row("زهرا کریمی").get_by_role("link").first.click()
    desk.sees("سفارش‌هایی که شاید این حواله بابت آن‌هاست")
    desk.row("مبلغ برابر").get_by_role("link", name="تطبیق با سفارش").click()
    desk.own_password()
    desk.sees("زهرا کریمی")
    desk.press("تطبیق با سفارش")
    desk.sees("تطبیق‌یافته با سفارش")


def _reconciles(desk: Desk) -> None:
    desk.open("")
    desk.press("بارگذاری فایل بانک")
    content = "شماره سفارش,شماره مرجع تراکنش,مبلغ,تاریخ تراکنش,ساعت تراکنش,وضعیت\n101,5001,6996000,1403/03/04,14:03:22,واریز شده\n"
    desk.page.locator("#content input[type=file]").set_input_files(
        {"name": "گزارش ۴ خرداد.csv", "mimeType": "text/csv", "buffer": content.encode("utf-8-sig")}
    )
    desk.sees("بارگذاری فایل بانک")
    desk.press("بارگذاری فایل بانک")
    desk.sees("نزد بانک پرداخت شده، نزد ما ناشناخته")
    desk.press("بستن مغایرت")
    desk.page.locator("#content textarea, #content input[name=note]").first.fill(
        "پرداخت آزمایشی بانک بود."
    )
    desk.sees("بستن مغایرت")
    desk.page.locator("#content button[type=submit]").first.click()
    desk.sees("مغایرت")


def _changes_a_price(desk: Desk) -> None:
    desk.open("billing/tariff/")
    desk.sees("قیمت تازه از تاریخ")
    desk.main().get_by_role("link", name="قیمت تازه از تاریخ").first.click()
    desk.sees("مبلغ (ریال)")
    desk.fill("مبلغ (ریال)", "۷٬۱۰۰٬۰۰۰")
    desk.fill("از روز", "۱۴۰۳/۰۷/۰۱")
    desk.press("ذخیره")
    desk.sees("۷٬۱۰۰٬۰۰۰", "۱۴۰۳/۰۷/۰۱")


def _takes_the_payments_out(desk: Desk) -> None:
    desk.open("")
    desk.press("خروجی‌های مالی")
    desk.fill("نخستین روز", "۱۴۰۳/۰۳/۰۱")
    desk.fill("آخرین روز", "۱۴۰۳/۰۳/۰۵")
    desk.press("نمایش شمار ردیف‌ها")
    desk.sees("ردیف")
    desk.own_password()
    taken = desk.download("دریافت فایل")
    content = Path(taken.path()).read_bytes()
    assert content.startswith(BOM_UTF8), "Excel reads it as Persian"
    lines = list(csv.reader(content.decode("utf-8-sig").splitlines()))
    assert lines[0][:2] == ["سفارش", "وضعیت"]
    assert any("6996000" in line for line in lines[1:])
    desk.choose("نوع فایل", "اکسل (xlsx)")
    desk.press("نمایش شمار ردیف‌ها")
    desk.own_password()
    taken = desk.download("دریافت فایل")
    assert taken.suggested_filename.endswith(".xlsx")
    book = load_workbook(BytesIO(Path(taken.path()).read_bytes()), read_only=True)
    rows = list(book.worksheets[0].values)
    assert [str(cell) for cell in rows[0]] == lines[0]
    assert len(rows) == len(lines)
    book.close()


def _approves_the_refund(desk: Desk) -> None:
    desk.open("billing/refundcase/")
    desk.sees("۱٬۰۰۰٬۰۰۰")
    desk.row("۱٬۰۰۰٬۰۰۰").get_by_role("link").first.click()
    desk.sees("تخفیف توافق‌شده در نظر گرفته نشده بود.")
    desk.press("تأیید استرداد")
    desk.own_password()
    desk.sees("تأیید استرداد")
    desk.press("تأیید استرداد")
    desk.sees("استرداد تأیید شد")
    desk.press("ثبت بازگشت دستی وجه")
    desk.page.locator("#content input[type=radio]").last.check()
    desk.fill("شماره پیگیری بانک", "۷۷۰۰۱۲۳")
    desk.own_password()
    desk.sees("ثبت بازگشت دستی وجه")
    desk.press("ثبت بازگشت دستی وجه")
    desk.sees("استرداد انجام شد")


def test_the_manager_prepares_the_next_season(
    browser: Browser, stack: Stack, morning: Path
) -> None:
    with desk_of(browser, stack, morning, "manager") as desk:
        desk.sees("کارها به عدد")
        _imports_holidays(desk)
        _publishes_criteria(desk)
        _closes_a_province(desk)
        _announces_the_closure(desk)
        _gives_a_role(desk)
        _reads_the_audit(desk)


def _imports_holidays(desk: Desk) -> None:
    desk.press("ورود داده از CSV")
    desk.sees("تعطیلات رسمی")
    desk.press("تعطیلات رسمی")
    desk.sees("نام", "روز")
    _send_holidays(desk, "روز,نام\n۱۴۰۵/۰۱/۰۱,نوروز\n1405/13/02,نوروز\n")
    desk.sees("ایراد دارد و اجرا نمی‌شود", "1405/13/02")
    desk.press("فرستادن فایل دیگر")
    _send_holidays(desk, "روز,نام\n۱۴۰۵/۰۱/۰۱,نوروز\n۱۴۰۵/۰۱/۰۲,نوروز\n")
    desk.sees("هنوز چیزی تغییر نکرده")
    desk.press("اجرا")
    desk.sees("فایل اجرا شد")


def _send_holidays(desk: Desk, lines: str) -> None:
    desk.page.locator("#content input[type=file]").set_input_files(
        {"name": "تعطیلات.csv", "mimeType": "text/csv", "buffer": lines.encode("utf-8-sig")}
    )
    desk.press("بررسی فایل")


def _publishes_criteria(desk: Desk) -> None:
    desk.open("inspections/criteriaset/")
    desk.sees("ضوابط")
    desk.main().locator("#result_list tbody th a").first.click()
    desk.sees("نسخه جدید از روی این نسخه")
    desk.press("نسخه جدید از روی این نسخه")
    desk.sees("نسخه جدید از روی این نسخه")
    desk.press("نسخه جدید از روی این نسخه")
    desk.sees("پیش‌نویس")
    desk.press("انتشار برای درخواست‌های تازه")
    desk.sees("انتشار برای درخواست‌های تازه")
    desk.press("انتشار برای درخواست‌های تازه")
    desk.sees("منتشر شد")


def _closes_a_province(desk: Desk) -> None:
    desk.open("inspections/closure/add/")
    desk.sees("تعطیلی")
    desk.fill("روز", "۱۴۰۳/۰۳/۲۰")
    desk.choose("استان", "تهران")
    desk.fill("دلیل", "آلودگی هوا")
    desk.press("ذخیره")
    desk.sees("آلودگی هوا")
    desk.press("تأیید")
    desk.sees("آلودگی هوا")


def _announces_the_closure(desk: Desk) -> None:
    desk.open("notifications/announcement/add/")
    desk.fill("متن", "بازدیدهای ۲۰ خرداد در استان تهران جابه‌جا می‌شود.")
    desk.page.locator("#content input[name=last_day]").fill("۱۴۰۳/۰۳/۲۰")
    assert desk.page.locator("#content input[name=first_day]").input_value() == "۱۴۰۳/۰۳/۰۵"
    desk.sees("اطلاعیه")
    desk.press("ذخیره")
    desk.sees("بازدیدهای ۲۰ خرداد")
    desk.page.goto(desk.stack.url)
    assert "بازدیدهای ۲۰ خرداد" in desk.page.inner_text("body")
    desk.open("")


def _gives_a_role(desk: Desk) -> None:
    desk.open("accounts/staffassignment/add/")
    desk.choose("شخص", "آرش بهرامی – newcomer")
    desk.choose("نقش", "پشتیبانی")
    desk.press("ذخیره")
    desk.sees("رمز عبور خودتان را هم وارد کنید")
    desk.own_password()
    desk.press("ذخیره")
    desk.sees("آرش بهرامی")


def _reads_the_audit(desk: Desk) -> None:
    desk.open("septam/auditevent/")
    desk.fill("انجام‌دهنده", "manager")
    desk.choose("کار انجام‌شده", "افزودن")
    desk.press("یافتن")
    desk.sees("افزودن", "اطلاعیه")
    found = desk.main().locator("#result_list tbody tr").all_inner_texts()
    assert found
    assert all("افزودن" in line for line in found), found
