"""The checklist of a visit: which items a level asks, whether an answer passes, what all answers come to.

Pure: criteria and rules come in as objects (saved or not), nothing is read from the database.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from inspections.models import (
    Criterion,
    CriterionKind,
    PhotoRule,
    ReportOutcome,
    ResultRule,
    Severity,
)

YES, NO = "yes", "no"
# A comment in place of a photo, or for «مورد ندارد», must say something.
LEAST_COMMENT = 20


@dataclass(frozen=True)
class Item:
    """A criterion as one level asks it."""

    criterion: Criterion
    threshold: str

    @property
    def code(self) -> str:
        """The criterion's code, such as PV-14."""
        return self.criterion.code

    @property
    def name(self) -> str:
        """The name of its fields in a form."""
        return self.code.lower().replace("-", "_")


@dataclass(frozen=True)
class Answer:
    """What the expert wrote for one item: «yes», «no», a Latin number or one of the choices."""

    item: Item
    value: str = ""
    not_applicable: bool = False
    comment: str = ""
    # Of a re-visit: passed at the visit before, and not looked at again.
    taken_over: bool = False

    @property
    def passed(self) -> bool:
        """Whether the answer meets the threshold."""
        return evaluate(self.item, self.value, self.not_applicable)


@dataclass(frozen=True)
class Result:
    """What a checklist comes to. `defects` must be mended; `recommendations` failed within what is allowed."""

    outcome: ReportOutcome
    defects: tuple[Answer, ...]
    recommendations: tuple[Answer, ...]


def items_of(criteria: Iterable[Criterion], level: int) -> list[Item]:
    """What is asked at `level`, in the order of the set."""
    asked = (Item(criterion, criterion.threshold(level)) for criterion in criteria)
    return sorted(
        (item for item in asked if item.threshold), key=lambda item: item.criterion.position
    )


def left_to_check(items: Iterable[Item], passed: Mapping[str, str]) -> list[Item]:
    """A re-visit's items: all but those passed before (`passed`: code → threshold) at the same threshold."""
    return [item for item in items if passed.get(item.code) != item.threshold]


def evaluate(item: Item, value: str, not_applicable: bool = False) -> bool:
    """Whether an answer passes. Raises ValueError where `value` is no answer to the item."""
    kind = item.criterion.kind
    if not_applicable:
        if not item.criterion.na_allowed:
            raise ValueError(f"{item.code} always applies")
        return True
    if kind == CriterionKind.YESNO:
        return _one_of([YES, NO], value) == _one_of([YES, NO], item.threshold)
    if kind == CriterionKind.CHOICE_MIN:
        choices = item.criterion.choices
        return _one_of(choices, value) >= _one_of(choices, item.threshold)
    measured, limit = _number(value), _number(item.threshold)
    return measured >= limit if kind == CriterionKind.NUMBER_MIN else measured <= limit


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as fault:
        raise ValueError(f"{text!r} is no number") from fault
    if not number.is_finite():
        raise ValueError(f"{text!r} is no number")
    return number


def _one_of(choices: list[str], value: str) -> int:
    return choices.index(value)


def takes_photo(item: Item) -> bool:
    """Whether photos may be taken for the item at all."""
    return item.criterion.photo in (PhotoRule.ON_FAIL, PhotoRule.ALWAYS)


def needs_photo(item: Item, not_applicable: bool, passed: bool = True) -> bool:
    """Whether a photo belongs to the answer: always, or of what failed."""
    if not_applicable:
        return False
    rule = item.criterion.photo
    return rule == PhotoRule.ALWAYS or (rule == PhotoRule.ON_FAIL and not passed)


def needs_comment(item: Item, not_applicable: bool, passed: bool = True) -> bool:
    """Whether a comment of LEAST_COMMENT characters belongs to the answer: in place of a photo, or of what failed."""
    return not_applicable or not passed or not takes_photo(item)


def result_of(answers: Iterable[Answer], rule: ResultRule) -> Result:
    """Conforming if no critical item failed and no more major and minor ones than the level's rule allows.

    Failed items of a conforming checklist are recommendations; of another one all are defects.
    """
    failed = tuple(answer for answer in answers if not answer.passed)
    if conforms((answer.item.criterion.severity for answer in failed), rule):
        return Result(ReportOutcome.CONFORMING, (), failed)
    return Result(ReportOutcome.NONCONFORMING, failed, ())


def conforms(failed: Iterable[str], rule: ResultRule) -> bool:
    """Whether failed items of these severities are still within what the level's rule allows."""
    counted = Counter(failed)
    return all(counted[severity] <= most for severity, most in allowed(rule).items())


def allowed(rule: ResultRule) -> dict[str, int]:
    """How many items of each severity may fail."""
    return {
        Severity.CRITICAL: 0,
        Severity.MAJOR: rule.major_allowed,
        Severity.MINOR: rule.minor_allowed,
    }
