"""An owner's own look at the rules before a visit: what is in order, what would fail the visit, what mending means.

Pure. The ticks stand in the address of the page and in a cookie that goes to this page alone; nothing is stored here
and no laboratory learns of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from inspections.criteria.words import demand
from inspections.models import Criterion, ResultRule, Severity
from inspections.reports import checklist
from septam.digits import to_persian

COOKIE = "self_check"
COOKIE_DAYS = 180
_BETWEEN = "."
_GRAVEST_FIRST = [Severity.CRITICAL, Severity.MAJOR, Severity.MINOR]


@dataclass(frozen=True)
class Left:
    """A rule that is not ticked: what it demands, what it means for the visit, how it is mended."""

    title: str
    demand: str
    severity: str
    fails_alone: bool
    mending: str


@dataclass(frozen=True)
class Checked:
    """What the ticks come to."""

    done: int
    asked: int
    conforms: bool
    left: list[Left]
    allowance: str  # how many of the others may be missing, in a sentence


def check(
    criteria: Iterable[Criterion], rule: ResultRule | None, level: int, have: set[str]
) -> Checked:
    """What a visit at this level would find if the codes in `have` were in order and the others were not."""
    items = checklist.items_of(criteria, level)
    missing = [item.criterion for item in items if item.code not in have]
    missing.sort(key=lambda one: (_GRAVEST_FIRST.index(Severity(one.severity)), one.position))
    fine = not missing or (
        rule is not None and checklist.conforms((one.severity for one in missing), rule)
    )
    left = [_left(one, level) for one in missing]
    return Checked(len(items) - len(missing), len(items), fine, left, _allowance(rule))


def _left(one: Criterion, level: int) -> Left:
    return Left(
        one.title, demand(one, level), one.get_severity_display(),
        one.severity == Severity.CRITICAL, one.mending,
    )  # fmt: skip


def _allowance(rule: ResultRule | None) -> str:
    if rule is None:
        return ""
    if rule.major_allowed and rule.minor_allowed:
        text = _(
            "A critical item that fails ends in a refusal; at most %(major)s major and %(minor)s minor ones may fail."
        )
    elif rule.minor_allowed:
        text = _(
            "A critical item that fails ends in a refusal; no major and at most %(minor)s minor ones may fail."
        )
    elif rule.major_allowed:
        text = _(
            "A critical item that fails ends in a refusal; at most %(major)s major ones and no minor one may fail."
        )
    else:
        text = _(
            "A critical item that fails ends in a refusal; no major or minor one may fail either."
        )
    return text % {
        "major": to_persian(rule.major_allowed), "minor": to_persian(rule.minor_allowed),
    }  # fmt: skip


def kept(cookie: str) -> set[str]:
    """The codes that a cookie keeps."""
    return {code for code in cookie[:1000].split(_BETWEEN) if code}


def to_keep(codes: Iterable[str]) -> str:
    """The cookie's value for these codes."""
    return _BETWEEN.join(sorted(codes))
