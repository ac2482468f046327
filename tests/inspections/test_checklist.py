"""Which items a level asks, which answers pass, and what they come to."""

import pytest

from inspections.models import ReportOutcome
from inspections.reports import checklist
from inspections.reports.checklist import Answer, Item
from tests.inspections.sample_criteria import criteria, rule


def item(code: str, level: int = 4) -> Item:
    return next(one for one in checklist.items_of(criteria(), level) if one.code == code)


def passing(one: Item) -> Answer:
    return Answer(one, value=one.threshold)


def answers(level: int, **failed: str) -> list[Answer]:
    """Every item of the level passes, but those that are given another value (pv_14="3")."""
    items = checklist.items_of(criteria(), level)
    return [Answer(one, failed[one.name]) if one.name in failed else passing(one) for one in items]


@pytest.mark.parametrize(("level", "count"), [(1, 16), (2, 21), (3, 23), (4, 23)])
def test_a_level_asks_its_own_items(level: int, count: int) -> None:
    assert len(checklist.items_of(criteria(), level)) == count


def test_items_keep_the_order_of_the_set_whatever_order_they_come_in() -> None:
    items = checklist.items_of(reversed(criteria()), 4)
    assert [one.code for one in items] == [f"PV-{number:02}" for number in range(1, 24)]


@pytest.mark.parametrize(
    ("code", "value", "passes"),
    [
        ("PV-01", "yes", True),
        ("PV-01", "no", False),
        ("PV-14", "90", True),
        ("PV-14", "89.9", False),
        ("PV-16", "10", True),
        ("PV-16", "11", False),
        ("PV-19", "رک یا اتاق قفل‌دار جدا", True),
        ("PV-19", "قفل‌دار", False),
        ("PV-18", "هر دو", True),
    ],
)
def test_an_answer_is_held_against_the_levels_threshold(
    code: str, value: str, passes: bool
) -> None:
    assert checklist.evaluate(item(code), value) is passes


@pytest.mark.parametrize(
    ("code", "value"), [("PV-01", ""), ("PV-14", "ده"), ("PV-14", "NaN"), ("PV-19", "روی میز")]
)
def test_what_is_no_answer_is_refused(code: str, value: str) -> None:
    with pytest.raises(ValueError):
        checklist.evaluate(item(code), value)


def test_only_items_that_say_so_may_not_apply() -> None:
    assert checklist.evaluate(item("PV-04"), "", not_applicable=True)
    with pytest.raises(ValueError):
        checklist.evaluate(item("PV-01"), "", not_applicable=True)


@pytest.mark.parametrize(
    ("code", "needed"), [("PV-06", True), ("PV-20", True), ("PV-21", True), ("PV-01", False)]
)
def test_a_comment_stands_in_for_a_photo_that_may_not_be_taken(code: str, needed: bool) -> None:
    assert checklist.needs_comment(item(code), not_applicable=False) is needed


@pytest.mark.parametrize(
    ("rule", "passed", "photo", "comment"),
    [
        ("never", True, False, True), ("never", False, False, True),
        ("comment_only", True, False, True), ("comment_only", False, False, True),
        ("on_fail", True, False, False), ("on_fail", False, True, True),
        ("always", True, True, False), ("always", False, True, True),
    ],
)  # fmt: skip
def test_each_rule_asks_for_its_photo_and_comment(
    rule: str, passed: bool, photo: bool, comment: bool
) -> None:
    one = item("PV-04")
    one.criterion.photo = rule
    assert checklist.needs_photo(one, False, passed) is photo
    assert checklist.needs_comment(one, False, passed) is comment
    assert not checklist.needs_photo(one, True)


def test_what_does_not_apply_needs_a_comment() -> None:
    assert checklist.needs_comment(item("PV-04"), not_applicable=True)


def test_all_items_passed_is_conforming_without_recommendations() -> None:
    result = checklist.result_of(answers(4), rule(4))
    assert (result.outcome, result.defects, result.recommendations) == (
        ReportOutcome.CONFORMING,
        (),
        (),
    )


def test_one_critical_item_is_enough_to_fail() -> None:
    result = checklist.result_of(answers(1, pv_14="14"), rule(1))
    assert result.outcome == ReportOutcome.NONCONFORMING
    assert [answer.item.code for answer in result.defects] == ["PV-14"]


@pytest.mark.parametrize(
    ("level", "failed", "outcome"),
    [
        (1, {"pv_08": "1"}, ReportOutcome.CONFORMING),
        (1, {"pv_08": "1", "pv_09": "1"}, ReportOutcome.NONCONFORMING),
        (3, {"pv_08": "1"}, ReportOutcome.NONCONFORMING),
        (4, {"pv_07": "no"}, ReportOutcome.CONFORMING),
        (4, {"pv_07": "no", "pv_23": "no"}, ReportOutcome.NONCONFORMING),
        (3, {"pv_07": "no", "pv_23": "no"}, ReportOutcome.CONFORMING),
    ],
)
def test_major_and_minor_items_may_fail_as_the_levels_rule_allows(
    level: int, failed: dict[str, str], outcome: ReportOutcome
) -> None:
    assert checklist.result_of(answers(level, **failed), rule(level)).outcome == outcome


def test_allowed_failures_are_recommendations() -> None:
    result = checklist.result_of(answers(3, pv_07="no"), rule(3))
    assert [answer.item.code for answer in result.recommendations] == ["PV-07"]
    assert result.defects == ()


def test_a_revisit_asks_what_was_not_passed_at_the_same_threshold() -> None:
    items = checklist.items_of(criteria(), 4)
    passed = {one.code: one.threshold for one in items if one.code not in {"PV-01", "PV-14"}}
    passed["PV-08"] = "4"
    left = checklist.left_to_check(items, passed)
    assert [one.code for one in left] == ["PV-01", "PV-08", "PV-14"]
