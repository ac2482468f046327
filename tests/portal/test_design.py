"""«/design/» and the pages of last resort: where they are shown, and that no style is without use."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from portal.design import PAGES
from tests.front.phantom import ROOT
from tests.front.scene import Rendered
from tests.front.test_pages_html import faults_in

pytestmark = pytest.mark.django_db


def test_each_whole_page_is_shown_and_strict_html() -> None:
    for name in PAGES:
        answer = Client().get(f"/design/{name}/")
        assert (name, answer.status_code) == (name, 200)
        assert (name, faults_in(answer.content.decode())) == (name, [])
    assert Client().get("/design/other/").status_code == 404


def test_an_installation_that_does_not_offer_it_has_no_such_page(settings: Any) -> None:
    settings.DESIGN_PAGE = False
    assert {Client().get(path).status_code for path in ("/design/", "/design/404/")} == {404}


def test_no_page_of_owners_and_visitors_leads_there(rendered: list[Rendered]) -> None:
    assert [one.page.name for one in rendered if "/design/" in one.html] == ["design"]


def test_a_form_larger_than_any_of_ours_gets_a_page_that_says_so(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    answer = Client().post("/support/write/", {"text": "x" * 100})
    assert (answer.status_code, "بزرگ‌تر از اندازه" in answer.content.decode()) == (413, True)


def test_the_web_servers_own_pages_need_nothing_but_themselves(tmp_path: Path) -> None:
    call_command("error_pages", tmp_path / "pages", verbosity=0)
    for name in ("413.html", "503.html"):
        text = (tmp_path / "pages" / name).read_text(encoding="utf-8")
        assert faults_in(text) == []
        assert "background: #f4f3ee" in text
        assert re.findall(r"<(?:link|script|img)\b[^>]*", text) == []


def test_every_class_of_the_style_sheet_is_used_somewhere() -> None:
    sheet = (ROOT / "static" / "css" / "portal.css").read_text(encoding="utf-8")
    rules = re.sub(r"/\*.*?\*/|\{[^{}]*\}", " ", sheet, flags=re.DOTALL)
    places = [
        *(ROOT / "templates").rglob("*.html"), *(ROOT / "static" / "js").glob("*.js"),
        *(ROOT / "septam").rglob("*.py"), *(ROOT / "inspections").rglob("*.py"), *(ROOT / "portal").rglob("*.py"),
    ]  # fmt: skip
    words = set(
        re.findall(r"[\w-]+", " ".join(path.read_text(encoding="utf-8") for path in places))
    )
    # Made of a prefix and a name: a tone, a width.
    made = {f"tone-{name}" for name in words} | {f"input-{name}" for name in words}
    classes = set(re.findall(r"\.(-?[a-z][\w-]*)", rules))
    assert len(classes) > 60
    assert sorted(classes - words - made) == []
