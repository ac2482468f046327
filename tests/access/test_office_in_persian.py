"""The office speaks Persian: no English word is left on any of its pages."""

import re

import pytest
from lxml import html

from tests.access.office_pages import office_pages
from tests.access.world import make_world

pytestmark = pytest.mark.django_db
WORD = re.compile(r"[A-Za-z]{3,}")
# What is Latin by its nature: names of people at the sign-in, of files, of kinds of things, of formats, a threshold's «yes».
LATIN = re.compile(
    r"\b(yes|SMS\.ir|PDF|CSV|xlsx|SL[1-4]|Excel|report\.csv|[a-z]+\.[a-z_]+|expert\d*|lab[-_]manager\d*|support\d*|finance\d*"
    r"|manager\d*|trustingHawk\d+|https?://\S+|[\w.]+@[\w.]+)\b"
)
SEEN = "//body//text()[not(ancestor::script or ancestor::style or ancestor::bdi or ancestor::code)]|//@title|//@placeholder|//@aria-label"


def english(page: str) -> set[str]:
    """What a person would read in English on the page; codes stand in <bdi>."""
    texts = (str(text).strip() for text in html.document_fromstring(page).xpath(SEEN))
    return {text for text in texts if WORD.search(LATIN.sub("", text))}


def test_no_english_is_left_in_the_office() -> None:
    found = {
        f"{shown.page.name}: {text[:90]}"
        for shown in office_pages(make_world())
        for text in english(shown.html)
    }
    assert "\n".join(sorted(found)) == ""


def test_the_look_finds_english_where_it_is() -> None:
    assert english("<body><p>محل</p><p title='Kind'>Amount rial</p></body>") == {
        "Kind",
        "Amount rial",
    }
