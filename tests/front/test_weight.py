"""What an owner's first visit may weigh, compressed."""

import gzip
from pathlib import Path

from tests.front.phantom import ROOT, SCRIPTS

STATIC = ROOT / "static"


def packed(path: Path) -> int:
    """The size of a file as a browser gets it, in bytes."""
    return len(gzip.compress(path.read_bytes(), 9))


def test_the_style_sheet_is_at_most_6_kb() -> None:
    assert packed(STATIC / "css" / "portal.css") <= 6 * 1024


def test_all_scripts_of_the_portal_together_are_at_most_8_kb() -> None:
    # The office's own is no part of any page that owners load; a page of theirs that named it would fail below.
    portal = [path for path in SCRIPTS if path.name != "office.js"]
    assert sum(packed(path) for path in portal) <= 8 * 1024


def test_no_page_of_the_portal_loads_the_offices_script() -> None:
    pages = [path for path in (ROOT / "templates").rglob("*.html") if "admin" not in path.parts]
    assert pages
    assert [path for path in pages if "office.js" in path.read_text(encoding="utf-8")] == []


def test_the_web_font_is_about_41_kb() -> None:
    assert (STATIC / "fonts" / "vazirmatn-fa-400-700.woff2").stat().st_size <= 42 * 1024


def test_the_fonts_licence_lies_beside_them() -> None:
    assert "SIL OPEN FONT LICENSE" in (STATIC / "fonts" / "OFL.txt").read_text(encoding="utf-8")


def test_the_floor_of_the_style_sheet_uses_nothing_that_old_engines_lack() -> None:
    sheet = (STATIC / "css" / "portal.css").read_text(encoding="utf-8")
    floor = sheet.split("/* 2. engines of today */")[0].split("*/", 1)[1]
    newer = ("var(", "display: flex", "display: grid", "-inline", "inset", "gap:", ":is(", ":not(")
    assert [word for word in newer if word in floor] == []
