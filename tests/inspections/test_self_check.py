"""What an owner's own ticks come to, by the rules that a visit is judged by."""

import pytest

from inspections.criteria import self_check
from inspections.models import ResultRule
from sites.models import Level
from tests.inspections.sample_criteria import criteria, rule

ALL = {item.code for item in criteria()}


def check(*missing: str) -> self_check.Checked:
    return self_check.check(criteria(), rule(Level.SL4), Level.SL4, ALL - set(missing))


def test_a_minor_item_alone_does_not_fail_the_visit_and_says_how_it_is_mended() -> None:
    checked = check("PV-16")
    assert checked.conforms
    [left] = checked.left
    assert (left.demand, left.fails_alone) == ("حداکثر ۱۰ ثانیه", False)
    assert "ساعت دستگاه" in left.mending


def test_a_critical_item_alone_fails_it_and_stands_first() -> None:
    checked = check("PV-16", "PV-14")
    assert not checked.conforms
    assert [left.fails_alone for left in checked.left] == [True, False]


def test_more_minor_items_than_the_rule_allows_fail_it_together() -> None:
    minor = [item.code for item in criteria() if item.severity == "minor"]
    assert not check(*minor).conforms


def test_what_the_level_does_not_ask_is_not_counted() -> None:
    first = self_check.check(criteria(), rule(Level.SL1), Level.SL1, set())
    assert first.asked == sum(bool(item.sl1) for item in criteria())


def test_the_cookie_gives_the_ticks_back() -> None:
    assert self_check.kept(self_check.to_keep(["PV-02", "PV-01"])) == {"PV-01", "PV-02"}
    assert self_check.kept("") == set()


@pytest.mark.parametrize(
    ("major", "minor", "said"),
    [
        (0, 0, "هیچ مورد عمده یا جزئی هم نباید رد شود"),
        (0, 1, "هیچ مورد عمده‌ای نباید رد شود؛ رد شدن تا ۱ مورد جزئی پذیرفته است"),
        (2, 0, "رد شدن تا ۲ مورد عمده پذیرفته است، اما هیچ مورد جزئی نباید رد شود"),
        (2, 3, "رد شدن تا ۲ مورد عمده و تا ۳ مورد جزئی پذیرفته است"),
    ],
)
def test_what_may_fail_is_said_in_a_sentence_without_a_zero(
    major: int, minor: int, said: str
) -> None:
    rule_of_level = ResultRule(level=Level.SL1, major_allowed=major, minor_allowed=minor)
    checked = self_check.check(criteria(), rule_of_level, Level.SL1, ALL)
    assert said in checked.allowance
