"""Every page of the registry: strict HTML, one heading, labels and fields that belong together."""

import itertools
from collections import Counter
from datetime import datetime
from typing import Any

import html5lib
import pytest
from lxml import html

from tests.front.pages import PAGES
from tests.front.phantom import ROOT
from tests.front.scene import Rendered

# The registry is reached in the test database, which is made for tests with this mark alone.
pytestmark = pytest.mark.django_db
APPS = ("accounts", "sites", "inspections", "billing", "notifications", "portal")


def whole(rendered: list[Rendered]) -> list[tuple[str, Any]]:
    """The parsed pages with their names, without parts of pages."""
    return [(r.page.name, html.fromstring(r.html)) for r in rendered if not r.page.is_part]


def faults_in(text: str) -> list[str]:
    """What a strict parser, and the rules for ids, labels and headings, say against a page."""
    tree = html.fromstring(text)
    return [
        *_parsing(text), *_ids(tree), *_labels(tree), *_headings(tree), *_frame(tree), *_times(tree)
    ]  # fmt: skip


def _parsing(text: str) -> list[str]:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    parser.parse(text)
    return [f"line {line}: {code} {data}" for (line, _column), code, data in parser.errors]


def _ids(tree: Any) -> list[str]:
    ids = Counter(tree.xpath("//@id"))
    wanted = {
        name
        for attribute in ("aria-describedby", "aria-labelledby", "aria-controls")
        for value in tree.xpath(f"//@{attribute}")
        for name in value.split()
    }
    anchors = {
        value[1:] for value in tree.xpath("//a/@href") if value.startswith("#") and value != "#"
    }
    return [
        *(f"id {name} stands {count} times" for name, count in ids.items() if count > 1),
        *(f"nothing has the id {name}" for name in sorted((wanted | anchors) - set(ids))),
    ]


def _labels(tree: Any) -> list[str]:
    fields = tree.xpath("//input[not(@type='hidden' or @type='submit')] | //select | //textarea")
    named = set(tree.xpath("//label/@for"))
    without = [
        field.get("name")
        for field in fields
        if field.get("id") not in named
        and not field.xpath("ancestor::label")
        and not (field.get("aria-label") or field.get("aria-labelledby"))
    ]
    ids = {field.get("id") for field in fields}
    lost = [name for name in named if name not in ids]
    return [
        *(f"field {name} has no label" for name in without),
        *(f"label for {name}, which is no field" for name in lost),
    ]


def _headings(tree: Any) -> list[str]:
    # The summary of errors stands before all else and has a heading of its own.
    found = tree.xpath(
        "//*[self::h1 or self::h2 or self::h3 or self::h4][not(ancestor::*[@role='alert'])]"
    )
    levels = [int(heading.tag[1]) for heading in found]
    faults = [] if levels.count(1) == 1 else [f"{levels.count(1)} headings h1"]
    if levels and levels[0] != 1:
        faults.append(f"begins with h{levels[0]}")
    return faults + [f"h{b} after h{a}" for a, b in itertools.pairwise(levels) if b > a + 1]


def _frame(tree: Any) -> list[str]:
    title = " ".join(tree.xpath("string(//head/title)").split())
    found = [] if title.replace("سپتام", "").strip(" -") else [f"the title says nothing: {title!r}"]
    if (tree.get("lang"), tree.get("dir")) != ("fa", "rtl"):
        found.append("the page does not say that it is Persian from right to left")
    if len(tree.xpath("//main")) != 1:
        found.append("not one main part")
    return found


def _times(tree: Any) -> list[str]:
    """Machines read Gregorian dates; people read the Jalali text inside."""
    return [
        f"time {value!r} is not Gregorian"
        for value in tree.xpath("//time/@datetime")
        if not _is_gregorian(value)
    ] + [
        f"time {time.text_content()!r} says no datetime"
        for time in tree.xpath("//time[not(@datetime)]")
    ]


def _is_gregorian(value: str) -> bool:
    try:
        return 1900 < datetime.fromisoformat(value).year < 2200
    except ValueError:
        return False


def test_every_page_is_reached_with_the_status_it_should_have(rendered: list[Rendered]) -> None:
    assert [(r.page.name, r.status) for r in rendered if r.status != r.page.status] == []
    assert len({page.name for page in PAGES}) == len(PAGES)


def test_every_page_is_strict_html_with_labels_headings_and_a_title(
    rendered: list[Rendered],
) -> None:
    found = {r.page.name: faults_in(r.html) for r in rendered if not r.page.is_part}
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_pages_with_other_headings_have_other_titles(rendered: list[Rendered]) -> None:
    headings: dict[str, set[str]] = {}
    for _name, tree in whole(rendered):
        title, heading = (
            " ".join(tree.xpath(f"string(//{tag})").split()) for tag in ("title", "h1")
        )
        headings.setdefault(title, set()).add(heading)
    assert {title: sorted(found) for title, found in headings.items() if len(found) > 1} == {}


def test_a_page_with_errors_says_so_in_its_title_and_leads_to_each_field(
    rendered: list[Rendered],
) -> None:
    with_errors = [(name, tree) for name, tree in whole(rendered) if name.endswith("-errors")]
    assert len(with_errors) > 10
    for name, tree in with_errors:
        assert (name, tree.xpath("string(//title)").strip().startswith("خطا")) == (name, True)
        assert (name, bool(tree.xpath("//*[@aria-invalid='true']"))) == (name, True)
        assert (name, bool(tree.xpath("//*[contains(@class, 'error-summary')]//a"))) == (name, True)


def test_no_page_shows_a_message_id_or_a_hole(rendered: list[Rendered]) -> None:
    for name, tree in whole(rendered):
        text = tree.text_content()
        for hole in ("None", "{{", "{%", "%(", "&lt;"):
            assert (name, hole, hole in text) == (name, hole, False)


def test_two_states_that_look_alike_are_not_the_same_page(rendered: list[Rendered]) -> None:
    texts = Counter(r.html for r in rendered)
    twice = [r.page.name for r in rendered if texts[r.html] > 1]
    assert " ".join(twice) == ""


def test_every_template_of_the_portal_is_rendered_by_some_page(rendered: list[Rendered]) -> None:
    shown = frozenset().union(*(r.templates for r in rendered))
    folder = ROOT / "templates"
    known = {
        str(path.relative_to(folder)) for app in APPS for path in (folder / app).rglob("*.html")
    }
    assert len(known) > 40
    assert sorted(known - shown) == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<h1>a</h1><p id=a><p id=a>", "stands 2 times"),
        ("<h1>a</h1><input name=x>", "has no label"),
        ("<h1>a</h1><label for=y>b</label>", "is no field"),
        ("<h1>a</h1><h3>b</h3>", "h3 after h1"),
        ("<h2>a</h2>", "0 headings h1"),
        ("<h1>a</h1><b><p></b></p>", "line"),
        ("<h1>a</h1><a href='#gone'>b</a>", "nothing has the id gone"),
        ("<h1>a</h1><time datetime='1405-09-06'>b</time>", "is not Gregorian"),
    ],
)
def test_the_rules_notice_what_they_are_for(body: str, fault: str) -> None:
    text = f"<!doctype html><html lang=fa dir=rtl><head><title>خانه</title></head><body><main>{body}</main></body></html>"
    assert fault in " ".join(faults_in(text))
