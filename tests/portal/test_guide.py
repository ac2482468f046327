"""«راهنما»: the owners' own words, a picture for each step, links that arrive, and a PDF that says the same."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image

from portal import guide_paper, guide_text
from septam.text import search_key
from tests.browser.guide_pictures import CUTS

pytestmark = pytest.mark.django_db
SOURCE = settings.BASE_DIR / "data" / "user-guide.fa.md"
TEMPLATES = settings.BASE_DIR / "templates"

# Where the owners' file writes down what their pictures showed: from one line to another, and the picture that
# stands there in the portal's edition. Without a name: said twice in a row, once by the picture before.
SCREENS = [
    ("", "پرتال سپتام راهنمای کاربری", "پرتال سپتام راهنمای کاربری"),
    ("details", "جستجوی نوع فعالیت", "هم اکنون"),
    ("my-places", "محمد حسینی", "سوابق اقدام"),
    ("place-data", "مشخصات", "با پیش شماره"),
    ("place-address", "آدرس و شماره تماس", "ثبت آدرس دقیق و تلفن (نماینده مستقر) جهت بازدید الزامیست"),
    ("place-service", "سرویس و شماره تماس", "ثبت آدرس دقیق و تلفن (نماینده مستقر) جهت بازدید الزامیست"),
    ("place-more", "اطلاعات تکمیلی", "شبکه داخلی"),
    ("", "یادداشت توضیحی", "متن این قسمت تنها برای شما قابل مشاهده است"),
    ("place-complete", "✓ اطلاعات محل تکمیل بوده و نیازمند اصلاحات نمیباشد.", "(جهت هماهنگی برای بازدید و صدور تاییدیه، تیک کردن این گزینه الزامی است)"),
    ("", "ثبت اطلاعات", "ثبت اطلاعات"),
    ("question", "با تأیید انجام الزامات در محل ، درخواست بازدید داشته و هزینه آنرا تسویه مینمایم.", "تایید انصراف"),
    ("cart", "۶,۳۶۰,۰۰۰	هزینه کارشناسی", "تکمیل خرید"),
    ("scheduling", "محل من", "محل من"),
    ("history", "سوابق اقدام", "سوابق اقدام"),
    ("confirm-time", "لطفاً تاریخ و ساعت هماهنگ شده با کارشناس جهت بازدید را تأیید فرمایید. بدیهی است در صورت مراجعه وی و عدم حضور شما یا مسئول مربوطه، مشمول پرداخت هزینه مجدد خواهید شد!", "تایید"),
]  # fmt: skip
# Slips of the pen in the owners' file. Spaces, half-spaces and punctuation do not count.
SLIPS = {"بازبازی": "بازیابی", "صوابط": "ضوابط", "سایت در به فرم": "سایت به فرم"}
# Pictures that the portal's edition has beyond the owners'.
OWN = {"toolbar", "registration", "sign-in", "ready", "notices", "certificate"}


class Shown(HTMLParser):
    """The words inside <main> from its heading to the end of the guide, with ⟦name⟧ for each picture."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.inside, self.skipped = False, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "h1":
            self.inside = True
        elif tag == "nav" or (tag == "p" and given.get("class")):
            self.skipped = self.skipped or tag
        elif tag == "figure" and given["id"] not in OWN:
            self.words.append(f"⟦{given['id']}⟧")

    def handle_endtag(self, tag: str) -> None:
        if tag == self.skipped:
            self.skipped = ""

    def handle_data(self, data: str) -> None:
        if self.inside and not self.skipped:
            self.words.append(data)


def letters(text: str) -> str:
    """What is said, whatever the spaces and punctuation; names of pictures stay marked."""
    return re.sub(r"[^\w⟦⟧-]|(?<![a-z])-|-(?![a-z])", "", search_key(text))


def page(path: str) -> str:
    return Client().get(path).content.decode()


def owners_words() -> str:
    text = re.sub(r"<!--.*?-->", "", SOURCE.read_text(encoding="utf-8"), flags=re.DOTALL)
    for name, first, last in SCREENS:
        begin = text.index(f"\n{first}")
        end = text.index(f"\n{last}", begin) + len(last) + 1
        text = text[:begin] + (f"\n⟦{name}⟧" if name else "\n") + text[end:]
    for slip, meant in SLIPS.items():
        assert slip in text, f"«{slip}» stands no longer in the owners' file"
        text = text.replace(slip, meant)
    return text


def test_the_page_says_the_owners_guide_word_for_word() -> None:
    shown = Shown()
    shown.feed(page("/guide/").rpartition("</section>")[0])
    assert letters("".join(shown.words)) == letters(owners_words())


def test_each_step_has_its_picture_and_the_walk_takes_each() -> None:
    guide = guide_text.guide()
    names = [picture.name for picture in guide.pictures]
    assert {name for name, _first, _last in SCREENS if name} | OWN == set(names)
    assert len(names) == len(set(names))
    assert set(names) == set(CUTS)
    assert all(section.pictures for section in guide.sections)


def test_the_pictures_are_there_small_and_of_the_size_that_the_page_leaves_for_them() -> None:
    for picture in guide_text.guide().pictures:
        for file, fine, size in (
            (picture.phone_file, 2, (picture.phone_width, picture.phone_height)),
            (picture.file, 1, (picture.width, picture.height)),
        ):
            path = settings.BASE_DIR / "static" / file
            with Image.open(path) as image:
                near = all(abs(image.size[i] - size[i] * fine) <= 1 for i in (0, 1))
            assert near, f"{file}: `make guide` renews the pictures"
            assert path.stat().st_size <= 70_000, file
    sizes = json.loads(guide_text.SIZES.read_text())
    assert set(sizes) == set(CUTS)


def test_the_pdf_is_of_these_words_and_pictures() -> None:
    stale = (
        "words or pictures changed since: `.venv/bin/python tools/make_guide_pdf.py` makes it anew"
    )
    assert guide_paper.edition().encode() in guide_paper.PAPER.read_bytes(), stale
    assert guide_paper.PAPER.stat().st_size < 1_000_000


def ids_of(path: str) -> set[str]:
    return set(re.findall(r'\sid="([^"]+)"', page(path)))


def links(page_name: str) -> dict[str, list[str]]:
    """The anchors to which templates link, and where they stand."""
    found: dict[str, list[str]] = {}
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for anchor in re.findall(rf"{{% url 'portal:{page_name}' %}}#([\w-]+)", text):
            found.setdefault(anchor, []).append(str(path.relative_to(TEMPLATES)))
    return found


@pytest.mark.parametrize("name", ["guide", "faq"])
def test_every_link_into_the_guide_and_the_questions_arrives(name: str) -> None:
    there = ids_of(f"/{name}/")
    inside = re.findall(r'href="#([\w-]+)"', page(f"/{name}/"))
    wanted = links(name) | {anchor: ["the page itself"] for anchor in inside}
    assert {anchor: where for anchor, where in wanted.items() if anchor not in there} == {}


HELP = {
    "accounts/register.html": "register",
    "accounts/sign_in.html": "sign-in",
    "accounts/profile.html": "profile",
    "sites/place_form.html": "place",
    "portal/places.html": "place",
    "inspections/request_visit.html": "request",
    "billing/cart.html": "cart",
    "billing/receipt.html": "waiting",
    "portal/history.html": "visit",
    "inspections/certificate.html": "certificate",
}


@pytest.mark.parametrize("template", HELP)
def test_the_forms_lead_to_the_part_of_the_guide_that_explains_them(template: str) -> None:
    assert template in links("guide").get(HELP[template], []), Path(template).name
