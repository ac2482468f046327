"""Every message has its one Persian text, and every Persian text is asked for."""

from pathlib import Path

import pytest

from tools import messages


def test_the_catalogues_are_complete() -> None:
    assert messages.check() == []


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with one message in code, one in a template, and no catalogue yet."""
    for folder in ("portal", "templates", "locale/fa"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "portal" / "views.py").write_text('title = _("Cart of %(name)s")\n')
    page = "{% load i18n %}\n  <p>it's {% translate 'Pay' %}</p>\n {% if a %}x{% endif %}\n"
    (tmp_path / "templates" / "cart.html").write_text(page)
    return tmp_path


def write(clone: Path, *entries: tuple[str, str], name: str = "portal") -> None:
    text = "".join(f'msgid "{english}"\nmsgstr "{persian}"\n\n' for english, persian in entries)
    (clone / "locale" / "fa" / f"{name}.po").write_text(text)


GOOD = (("Cart of %(name)s", "سبد %(name)s"), ("Pay", "پرداخت"))


def test_complete_catalogues_have_no_fault(clone: Path) -> None:
    write(clone, *GOOD)
    assert messages.check(clone) == []


@pytest.mark.parametrize(
    ("entries", "fault"),
    [
        (GOOD[:1], "«Pay» is in no catalogue"),
        ((*GOOD[:1], ("Pay", "")), "has no Persian text"),
        ((*GOOD, ("Sell", "فروش")), "asked for nowhere"),
        ((*GOOD, GOOD[1]), "stands twice"),
        ((("Cart of %(name)s", "سبد"), GOOD[1]), "other placeholders"),
        ((GOOD[0], ("Pay", "تایید")), "تأیید"),
        ((GOOD[0], ("Pay", "پرداخت كنيد")), "ک"),
    ],
)
def test_each_fault_is_named(clone: Path, entries: tuple[tuple[str, str], ...], fault: str) -> None:
    write(clone, *entries)
    assert any(fault in line for line in messages.check(clone))


def test_two_apps_may_not_give_one_message_two_texts(clone: Path) -> None:
    write(clone, *GOOD)
    write(clone, ("Pay", "بپردازید"), name="billing")
    assert any("another text" in line for line in messages.check(clone))


def test_a_fuzzy_text_is_a_fault_and_is_not_compiled(clone: Path) -> None:
    write(clone, *GOOD)
    path = clone / "locale" / "fa" / "portal.po"
    path.write_text(path.read_text().replace('msgid "Pay"', '#, fuzzy\nmsgid "Pay"'))
    messages.compile_catalogues(clone)
    assert any("fuzzy" in line for line in messages.check(clone))
    assert "پرداخت".encode() not in (clone / messages.COMPILED).read_bytes()


def test_compiling_is_done_only_when_a_catalogue_is_newer(clone: Path) -> None:
    write(clone, *GOOD)
    assert messages.compile_catalogues(clone)
    assert not messages.compile_catalogues(clone)
