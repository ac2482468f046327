"""The owner's journey as the guide tells it, in the language of the walkers; a picture a step."""

import re
from dataclasses import dataclass
from pathlib import Path

from septam.digits import to_persian
from septam.money import in_words
from tests.browser.guide_pictures import GuidePictures
from tests.browser.stack import Stack
from tests.browser.walkers import Walker

NUMBERS = {in_words(number): number for number in range(100)}


@dataclass
class Journey:
    """One owner's way through the portal at one browser."""

    walker: Walker
    stack: Stack
    pictures: Path | None
    mobile: str
    taken: int = 0
    guide: GuidePictures | None = None

    def sees(self, *words: str) -> None:
        """The page shows each of these; a picture is taken."""
        text = plain(self.walker.text())
        for word in words:
            assert plain(word) in text, f"«{word}» is not on the page:\n{text[:3000]}"

    def picture(self, name: str) -> None:
        """Take the next picture of the guide, where pictures are wanted."""
        if self.pictures is None:
            return
        self.taken += 1
        self.pictures.mkdir(parents=True, exist_ok=True)
        self.walker.shot(self.pictures / f"{self.taken:02}-{name}.png")

    def step(self, name: str) -> None:
        """Here stands what the guide shows under this name."""
        if self.guide:
            self.guide.take(name)


def plain(text: str) -> str:
    """One line, without the marks that isolate numbers."""
    marks = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u200e\u200f"))
    return " ".join(text.translate(marks).split())


def register(j: Journey) -> str:
    """«ثبت نام»: from the toolbar to the password on the phone; returns the password."""
    walker = j.walker
    walker.open(f"{j.stack.url}/")
    j.picture("home")
    j.step("toolbar")
    walker.press("ثبت نام")
    j.sees(
        "کد امنیتی",
        "قوانین و مقررات را پذیرفته‌ام",
        "رمز و پیامک‌ها به این شماره می‌آید؛ شماره خودتان باشد",
    )
    walker.fill("نام *", "محمد")
    walker.fill("نام خانوادگی", "حسینی")
    walker.fill("شماره تلفن همراه", j.mobile)
    _answer_captcha(j)
    walker.choose("قوانین و مقررات را پذیرفته‌ام")
    j.picture("register")
    j.step("registration")
    walker.press("ثبت نام")
    return j.stack.wait_for_sms(j.mobile, r"رمز عبور شما: (\d{8})")


def _answer_captcha(j: Journey) -> None:
    """«کد امنیتی»: the digits of the picture, or the sum in words where no picture is seen; what was typed stays."""
    if j.walker.reads_pictures:
        answer = j.stack.captcha_answer(j.walker.hidden("captcha_key"))
    else:
        j.walker.press("پرسش نوشتاری به جای تصویر")
        asked = re.search(r"(\S[^\n]*) به‌علاوه ([^\n]*) چند می‌شود", j.walker.text())
        assert asked is not None, j.walker.text()
        answer = str(sum(NUMBERS[words] for words in asked.groups()))
    j.walker.fill("کد امنیتی", answer)


def sign_in(j: Journey, password: str) -> None:
    """«ورود» with the password from the SMS; the mobile is filled in already."""
    j.sees("بازیابی رمز عبور")
    j.walker.fill("رمز عبور", password)
    j.picture("sign-in")
    j.step("sign-in")
    j.walker.press("ورود")


def fill_profile(j: Journey) -> None:
    """«مشخصات فردی», forced at the first sign-in."""
    j.sees("مشخصات فردی", "گزینه‌های الزامی با * مشخص شده‌اند", "شخص: ۱۰ رقم، شرکت: ۱۱ رقم، پیوسته")
    j.walker.fill("شماره ملی", "۰۴۹۹۳۷۰۸۹۹")
    j.walker.fill("تاریخ تولد یا ثبت", "۱۳۶۰/۰۵/۱۲")
    j.picture("profile")
    j.step("details")
    j.walker.press("ذخیره")
    j.sees("محل من", "نام کاربری", "محل جدید")


def add_place(j: Journey, title: str, postal_end: str = "1") -> None:
    """«+ محل جدید»: the question, the form, the tick, «ثبت اطلاعات»."""
    walker = j.walker
    j.picture("my-places")
    j.step("my-places")
    walker.press("+ محل جدید")
    walker.press("بله")
    j.sees(
        "مشخصات",
        "آدرس و شماره تماس",
        "سرویس و شماره تماس",
        "اطلاعات تکمیلی",
        "قابل تغییر یا اصلاح نیست",
    )
    walker.fill("عنوان محل", title)
    walker.fill("نام تابلو", "طلای حسینی")
    walker.suggest("رسته", "جواهر", "طلا و جواهر فروشی")
    # A code of Tabriz of this owner's own: the same one twice is warned of.
    walker.fill("کد پستی", to_persian(f"51569{j.mobile[-4:]}{postal_end}"))
    walker.fill("مساحت", "۳۸/۵")
    _show_the_list(j)
    walker.suggest("استان و شهر", "تب", "استان آذربایجان شرقی - تبریز")
    walker.fill("آدرس دقیق", "خیابان امام، پلاک ۱۲")
    walker.fill("نماینده مستقر", "علی حسینی")
    walker.fill("تلفن نماینده مستقر", "04133445566")
    if not walker.scripts:
        walker.press("جستجو استان و شهر")
    walker.choose("آزمایشگاه آتن")
    walker.choose("اطلاعات محل تکمیل بوده و نیازمند اصلاحات نمی‌باشد")
    j.picture("place")
    for part in ("place-address", "place-service", "place-more", "place-complete"):
        j.step(part)
    walker.press("ثبت اطلاعات")
    j.sees(title, "آماده ثبت درخواست", "درخواست بازدید", "ویرایش")


def _show_the_list(j: Journey) -> None:
    """«تب» is typed and the list stands open, for its picture alone."""
    if j.guide and "place-data" not in j.guide.taken:
        j.walker.fill("استان و شهر", "تب")
        j.guide.page.get_by_role("option").first.wait_for()
        j.step("place-data")
        j.walker.fill("استان و شهر", "")


def request_visit(j: Journey, title: str = "") -> None:
    """«درخواست بازدید»: the guide's dialog, then the cart."""
    j.picture("place-ready")
    j.step("ready")
    j.walker.press(f"درخواست بازدید {title}".strip())
    j.sees(
        "با تأیید انجام الزامات در محل، درخواست بازدید داشته و هزینه آن را تسویه می‌نمایم.",
        "ضوابط پایش تصویری رسته خود را در محل اعمال نموده‌ام.",
        "مشاهده ضوابط مربوطه",
        "انصراف",
    )
    j.picture("request")
    j.step("question")
    j.walker.press("تأیید")


def pay(j: Journey, *, base: str, vat: str, total: str) -> None:
    """The cart's four lines, «تکمیل خرید», the bank's page, and back to the receipt."""
    j.sees("هزینه کارشناسی", base, "سرویس ابری", "ارزش افزوده", vat, "قابل پرداخت (ریال)", total)
    j.sees("اگر فیلترشکن دارید، خاموش کنید")
    j.picture("cart")
    j.step("cart")
    j.walker.press("تکمیل خرید")
    _go_to_bank(j)
    j.walker.press("پرداخت")
    j.walker.press("بازگشت")
    j.sees("پرداخت انجام شد", total)
    j.picture("receipt")
    receipt = j.stack.wait_for_sms(j.mobile, r"(مبلغ .* ریال بابت کارشناسی[\s\S]*رسید شماست)")
    assert total in receipt


def _go_to_bank(j: Journey) -> None:
    if "رفتن به درگاه" not in j.walker.text():
        j.walker.press("پرداخت")
    j.picture("to-the-bank")
    j.walker.press("رفتن به درگاه")
    j.picture("bank")


def wait_for_the_expert(j: Journey) -> None:
    """«نوبت‌دهی»: the status, the notices, the empty «سوابق»."""
    j.walker.open(f"{j.stack.url}/places/")
    j.sees("نوبت‌دهی")
    j.picture("scheduling")
    j.step("scheduling")
    j.walker.open(f"{j.stack.url}/notices/")
    j.sees("پرداخت", "منتظر تماس کارشناسان باشید")
    j.picture("notices")
    j.step("notices")
    j.walker.open(f"{j.stack.url}/history/")
    j.sees("هنوز سابقه‌ای نیست")


def confirm_time(j: Journey, when: str) -> None:
    """The SMS, then «سوابق اقدام», the guide's dialog, «تأیید»."""
    j.stack.wait_for_sms(j.mobile, r"(لطفاً این زمان را در «سوابق اقدام» تأیید کنید)")
    j.walker.open(f"{j.stack.url}/history/")
    j.sees(when)
    j.picture("history")
    j.step("history")
    j.walker.press("تأیید زمان")
    j.sees(
        "لطفاً تاریخ و ساعت هماهنگ شده با کارشناس جهت بازدید را تأیید فرمایید. بدیهی است در صورت مراجعه وی و عدم حضور شما یا مسئول مربوطه، مشمول پرداخت هزینه مجدد خواهید شد",
        when,
        "انصراف",
    )
    j.picture("confirm-time")
    j.step("confirm-time")
    j.walker.press("تأیید")
    j.sees("پذیرش در انتظار بازدید")
    j.picture("accepted")


def open_certificate(j: Journey, title: str) -> None:
    """The certificate by the SMS's link (anyone's page) and by the owner's."""
    address = j.stack.wait_for_sms(j.mobile, r"(127\.0\.0\.1:\d+/c/\S+)")
    j.walker.open(f"http://{address}")
    j.sees("گواهینامه", "معتبر", title)
    assert "محمد حسینی" not in j.walker.text()
    j.picture("public-certificate")
    j.step("certificate")
    j.walker.open(f"{j.stack.url}/places/")
    j.sees("گواهینامه صادر شده")
    j.walker.press("مشاهده گواهینامه")
    j.sees("محمد حسینی", "سطح ۴ (SL4)")
    j.picture("certificate")
