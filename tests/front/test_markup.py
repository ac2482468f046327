"""Rules that every template keeps: the content security policy allows nothing inline."""

import re
from pathlib import Path

import pytest

from tests.front.phantom import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
COMMENT = re.compile(r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}", re.S)
INLINE = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "style element": re.compile(r"<style[\s>]", re.I),
    "script without src": re.compile(r"<script(?![^>]*\ssrc=)[^>]*>", re.I),
    "javascript address": re.compile(r"javascript:", re.I),
    "safe filter": re.compile(r"\|\s*safe\b"),
}


def faults(text: str) -> list[str]:
    """What in a template's text the policy forbids."""
    return [name for name, pattern in INLINE.items() if pattern.search(COMMENT.sub("", text))]


@pytest.mark.parametrize(
    "template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates"))
)
def test_no_template_holds_inline_script_style_or_handler(template: Path) -> None:
    assert faults(template.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text", ['<p style="color:red">', "<b onclick='x()'>", "<script>1</script>", "{{ x|safe }}"]
)
def test_the_rule_notices_what_it_forbids(text: str) -> None:
    assert faults(text)
