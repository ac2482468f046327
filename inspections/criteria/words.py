"""Criteria as owners read them: what a level demands, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _

from inspections.models import Criterion, CriterionKind, ReportAnswer, VisitPhoto, VisitReport
from septam.digits import DECIMAL_MARK, to_persian


def demand(criterion: Criterion, level: int) -> str:
    """What the level asks of a criterion: «لازم است», «حداقل ۹۰ روز»; empty where it does not ask."""
    threshold = criterion.threshold(level)
    if not threshold:
        return ""
    values = {"value": to_persian(threshold.replace(".", DECIMAL_MARK)), "unit": criterion.unit}
    if criterion.kind == CriterionKind.NUMBER_MIN:
        return _("At least %(value)s %(unit)s") % values
    if criterion.kind == CriterionKind.NUMBER_MAX:
        return _("At most %(value)s %(unit)s") % values
    if criterion.kind == CriterionKind.CHOICE_MIN:
        return _least_choice(criterion, threshold)
    return _("Necessary") if threshold == "yes" else _("Must not be there")


def _least_choice(criterion: Criterion, threshold: str) -> str:
    if criterion.choices and threshold == criterion.choices[-1]:
        return threshold
    return _("“%(choice)s” or better") % {"choice": threshold}


@dataclass(frozen=True)
class Item:
    """A criterion with what the level demands of it."""

    criterion: Criterion
    demand: str


@dataclass(frozen=True)
class Group:
    """Criteria under one heading."""

    title: str
    items: list[Item]


def groups(criteria: list[Criterion], level: int) -> list[Group]:
    """The criteria that the level asks for, grouped in the order of the set."""
    asked = [Item(c, demand(c, level)) for c in criteria if c.threshold(level)]
    return [
        Group(title, list(items))
        for title, items in groupby(asked, key=lambda item: item.criterion.group)
    ]


@dataclass(frozen=True)
class Defect:
    """A failed criterion of a report: what was asked, what was found, and what helps to mend it."""

    title: str
    demand: str
    severity: str
    comment: str
    found: str
    help: str
    mending: str
    photos: list[VisitPhoto]


def defects(
    report: VisitReport, photos: Mapping[int, list[VisitPhoto]] | None = None
) -> list[Defect]:
    """The failed criteria of a report, gravest first, with their photos (by the criterion's id); one query."""
    failed = report.answers.filter(passed=False, not_applicable=False).select_related("criterion")
    order = ["critical", "major", "minor"]
    answers = sorted(
        failed, key=lambda a: (order.index(a.criterion.severity), a.criterion.position)
    )
    return [_defect(report, a, (photos or {}).get(a.criterion_id, [])) for a in answers]


def _defect(report: VisitReport, answer: ReportAnswer, photos: list[VisitPhoto]) -> Defect:
    item = answer.criterion
    return Defect(
        title=item.title, demand=demand(item, report.level), severity=item.get_severity_display(),
        comment=answer.comment, found=shown_value(item, answer.value), help=item.help,
        mending=item.mending, photos=photos,
    )  # fmt: skip


def shown_value(criterion: Criterion, value: str) -> str:
    """An answer as a person reads it: «بله», «۱۲٫۵ مگاپیکسل», the choice."""
    if criterion.kind == CriterionKind.YESNO:
        return {"yes": _("Yes"), "no": _("No")}.get(value, "")
    if criterion.kind == CriterionKind.CHOICE_MIN:
        return value
    return f"{to_persian(value.replace('.', DECIMAL_MARK))} {criterion.unit}".strip()
