"""The shared pieces of the pages, and the pages that stand without anything else."""

import re
from types import SimpleNamespace
from typing import Any

import html5lib
import pytest
from django.core.paginator import Paginator
from django.template import Context, engines
from django.template.loader import get_template
from django.test import RequestFactory
from django.urls import resolve
from django.utils import translation
from django.utils.safestring import mark_safe

from septam.templatetags.ui import Fact, step_card


@pytest.fixture(autouse=True)
def _persian() -> Any:
    with translation.override("fa"):
        yield


def text_of(element: Any) -> str:
    """All text below an element, with single spaces."""
    return " ".join("".join(element.itertext()).split())


def parse(html: str) -> Any:
    """The tree of a strictly parsed page."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)


def draw(source: str, **context: Any) -> Any:
    """The tree of a small page that holds the drawn template."""
    page = f"<!doctype html><title>x</title><body>{{% load ui %}}{source}</body>"
    return parse(engines["django"].engine.from_string(page).render(Context(context)))  # type: ignore[attr-defined]


def draw_page(name: str, *, signed_in: bool, path: str = "/places/", **context: Any) -> Any:
    """The tree of a whole page as a visitor of `path` would get it."""
    request = RequestFactory().get(path)
    request.resolver_match = resolve(path)
    user = SimpleNamespace(is_authenticated=signed_in)
    context = {"request": request, "user": user, "csrf_token": "token", **context}
    return parse(engines["django"].engine.get_template(name).render(Context(context)))  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_pages_of_last_resort_need_no_context(name: str) -> None:
    tree = parse(get_template(name).render())
    assert text_of(next(tree.iter("h1")))


@pytest.mark.parametrize("name", ["403.html", "403_csrf.html", "404.html", "429.html"])
@pytest.mark.parametrize("signed_in", [True, False])
def test_error_pages_are_strict_html_with_one_heading(name: str, signed_in: bool) -> None:
    tree = draw_page(name, signed_in=signed_in)
    assert len(list(tree.iter("h1"))) == 1
    assert tree.get("lang") == "fa"
    assert tree.get("dir") == "rtl"


def test_the_toolbar_of_an_owner_marks_the_page_and_counts_unread_notices() -> None:
    tree = draw_page("404.html", signed_in=True, unread_notices=12)
    links = {text_of(link): link for link in next(tree.iter("header")).iter("a")}
    assert links["محل من"].get("aria-current") == "page"
    assert links["سبد خرید"].get("aria-current") is None
    assert "اعلانات ۱۲ خوانده‌نشده" in links


def test_the_toolbar_of_a_visitor_offers_registration_and_no_form() -> None:
    toolbar = next(draw_page("404.html", signed_in=False).iter("header"))
    names = [text_of(link) for link in toolbar.iter("a")]
    assert names == ["سپتام", "ثبت نام", "ورود", "راهنما", "استعلام گواهینامه", "پشتیبانی"]
    assert not list(toolbar.iter("form"))


def test_the_question_page_posts_yes_and_leads_back_by_no() -> None:
    tree = draw_page(
        "septam/confirm_page.html",
        signed_in=True,
        question="محل جدید؟",
        consequences=["یک"],
        no_url="/places/",
    )
    button = next(b for b in next(tree.iter("main")).iter("button"))
    assert (button.get("name"), button.get("value"), text_of(button)) == ("answer", "yes", "بله")
    back = next(a for a in next(tree.iter("main")).iter("a"))
    assert (back.get("href"), text_of(back)) == ("/places/", "خیر")


def test_money_ends_with_the_total_and_its_toman() -> None:
    lines = [
        {"label": "هزینه کارشناسی", "amount": 6_360_000},
        {"label": "ارزش افزوده", "amount": 572_400},
    ]
    tree = draw('{% include "septam/money_list.html" %}', lines=lines, total=6_932_400)
    rows = [text_of(row) for row in tree.iter("tr")]
    assert rows[-2:] == ["قابل پرداخت (ریال)۶٬۹۳۲٬۴۰۰", "برابر با۶۹۳٬۲۴۰ تومان"]


def test_a_timeline_says_in_words_what_is_done_and_what_is_now() -> None:
    steps = [
        {"state": "done", "title": "پرداخت"},
        {"state": "now", "title": "نوبت‌دهی"},
        {"state": "next", "title": "بازدید"},
    ]
    tree = draw('{% include "septam/timeline.html" %}', steps=steps)
    assert [text_of(item) for item in tree.iter("li")] == [
        "پرداخت (انجام شد)",
        "نوبت‌دهی (مرحله کنونی)",
        "بازدید (در پیش)",
    ]


def test_an_empty_fact_says_so_and_offers_the_change() -> None:
    rows = [{"label": "تلفن", "value": "", "change_url": "/edit/"}]
    tree = draw('{% include "septam/summary_list.html" %}', rows=rows)
    assert text_of(next(tree.iter("dd"))) == "وارد نشده تغییر تلفن"


def test_pagination_is_in_words_and_persian_digits() -> None:
    tree = draw('{% include "septam/pagination.html" %}', page=Paginator(range(30), 10).page(2))
    assert [text_of(item) for item in tree.iter("li")] == ["صفحه قبل", "صفحه ۲ از ۳", "صفحه بعد"]


def test_one_page_needs_no_pagination() -> None:
    tree = draw('{% include "septam/pagination.html" %}', page=Paginator(range(3), 10).page(1))
    assert not list(tree.iter("nav"))


def test_a_badge_of_an_unknown_tone_is_an_error() -> None:
    with pytest.raises(ValueError, match="no such tone"):
        draw('{% badge "x" "purple" %}')


def test_user_text_in_a_badge_is_escaped() -> None:
    assert text_of(next(draw("{% badge text %}", text="<b>").iter("span"))) == "<b>"


def test_a_card_escapes_what_people_wrote_and_says_whose_button_it_is() -> None:
    action = SimpleNamespace(url="/x/?a=1&b=2", text="<b>", main=False)
    step = SimpleNamespace(label="&", tone="act", text="<u>", who_text="<i>", actions=(action,))
    facts = [Fact("رسته", "<s>", "ready"), Fact("شماره", mark_safe("<bdi>۱</bdi>"))]
    html = step_card("<h>", step, facts)
    assert not re.search("<(h|b|u|i|s)>", html)
    assert '<dd class="ready">&lt;s&gt;</dd>' in html
    assert "<dd><bdi>۱</bdi></dd>" in html
    assert (
        '<a class="button button-second" href="/x/?a=1&amp;b=2">&lt;b&gt;<span class="vh"> &lt;h&gt;'
        in html
    )
