"""docs/quality.md names commands that are there, and every promise."""

from tools import quality


def test_every_command_and_every_kept_figure_is_there() -> None:
    assert quality.missing() == []


def test_the_page_has_a_row_for_each_promise() -> None:
    page = quality.PAGE.read_text(encoding="utf-8")
    rows = [one for group in quality.promises().values() for one in group]
    assert [one.what for one in rows if f"| {one.what} | {one.goal} | {one.command} |" not in page] == []  # fmt: skip


def test_a_figure_is_read_with_its_date_and_a_sentence_too() -> None:
    restored = quality.Promise("", "", "", "docs/operations.md § drill restore § restored into")
    (found,) = quality.figures(restored)
    assert found.text.endswith("s")
    assert not found.misses
    assert found.when[:4].isdecimal()
    killed = quality.Promise("", "", "", "docs/kill-run.md § kill run § ~lost 0")
    assert "lost 0, doubled 0" in quality.figures(killed)[0].text
    assert quality.figures(quality.Promise("", "", "", "docs/faults.md § nothing § x")) == []


def test_of_several_the_worst_is_shown_and_a_miss_before_all() -> None:
    held, worse = quality.Figure({"figure": "1.2 ×"}, ""), quality.Figure({"figure": "10.5 ×"}, "")
    missed = quality.Figure({"figure": "2.74 s", "verdict": "MISSED"}, "")
    assert max((held, worse), key=lambda one: one.size) is worse
    assert (missed.misses, worse.misses) == (True, False)
