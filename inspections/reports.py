"""An expert's report: which items a visit asks, and the one way in which a report is written down.

Writing and handing in are one step and one transaction; a report that the laboratory sent back is written anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from inspections import checklist, visit_start, workflow
from inspections.checklist import Answer, Item, Result
from inspections.models import (
    CriterionKind,
    ReportAnswer,
    ReportOutcome,
    ReportState,
    RequestKind,
    RequestStatus,
    ResultRule,
    VisitReport,
    VisitRequest,
    VisitSlot,
)
from inspections.models.visits import HOLDING
from inspections.refusals import NotAllowed
from inspections.workflow.core import lock
from septam.digits import to_persian
from sites.models import Category

OPEN_FOR_WRITING = (ReportState.DRAFT, ReportState.SENT_BACK)


@dataclass(frozen=True)
class Findings:
    """What the form brought. `absence` is absent or withheld, and then there are no answers."""

    comment: str
    category: Category
    absence: str = ""
    measured_area: Decimal | None = None
    answers: tuple[Answer, ...] = ()


def items_for(request: VisitRequest, level: int) -> list[Item]:
    """What the visit asks: the level's items; of a re-visit, those that were not passed before."""
    items = checklist.items_of(request.criteria_set.criteria.all(), level)
    if request.kind != RequestKind.REVISIT or request.previous_id is None:
        return items
    return checklist.left_to_check(items, _passed_before(request.previous_id)) or items


def _passed_before(request_id: int) -> dict[str, str]:
    report = VisitReport.objects.filter(request_id=request_id).first()
    if report is None:
        return {}
    answers = report.answers.filter(passed=True, not_applicable=False).select_related("criterion")
    return {a.criterion.code: a.criterion.threshold(report.level) for a in answers}


@transaction.atomic
def write(request_id: int, expert: User, findings: Findings) -> VisitReport:
    """Write the report down and hand it in. Raises NotAllowed as :func:`inspections.workflow.submit_report`."""
    request = lock(request_id)
    if request.assigned_expert_id != expert.pk:
        raise NotAllowed(_("Only the expert of the visit hands its report in."))
    report = VisitReport.objects.filter(request_id=request_id).first()
    if report is not None and report.state not in OPEN_FOR_WRITING:
        raise NotAllowed(_("This report was handed in already."))
    report = report or VisitReport(request=request, expert=expert, level=findings.category.level)
    _fill(report, request, findings)
    _keep_answers(report, findings.answers)
    return workflow.submit_report(report.pk, expert)


def _fill(report: VisitReport, request: VisitRequest, findings: Findings) -> None:
    report.outcome = findings.absence or _outcome(request, findings)
    report.level, report.comment = findings.category.level, findings.comment
    report.measured_area, report.true_category = findings.measured_area, findings.category
    if report._state.adding:
        report.save(force_insert=True)
    else:
        report.save(update_fields=["outcome", "level", "comment", "measured_area", "true_category"])


def _outcome(request: VisitRequest, findings: Findings) -> ReportOutcome:
    rule = ResultRule.objects.get(
        criteria_set_id=request.criteria_set_id, level=findings.category.level
    )
    return checklist.result_of(findings.answers, rule).outcome


def _keep_answers(report: VisitReport, answers: Iterable[Answer]) -> None:
    report.answers.all().delete()
    ReportAnswer.objects.bulk_create(
        ReportAnswer(
            report=report, criterion=answer.item.criterion, value=answer.value, passed=answer.passed,
            not_applicable=answer.not_applicable, comment=answer.comment,
        )
        for answer in answers
    )  # fmt: skip


def answers_of(report: VisitReport) -> list[Answer]:
    """The stored answers in the order of the criteria; one query."""
    rows = report.answers.select_related("criterion").order_by("criterion__position")
    return [
        Answer(
            Item(a.criterion, a.criterion.threshold(report.level)),
            a.value,
            a.not_applicable,
            a.comment,
        )
        for a in rows
    ]


def result_of(report: VisitReport) -> Result:
    """Defects to be mended, or recommendations, of a report that has a checklist."""
    rule = ResultRule.objects.get(
        criteria_set_id=report.request.criteria_set_id, level=report.level
    )
    return checklist.result_of(answers_of(report), rule)


def may_be_written(request: VisitRequest, expert: User) -> bool:
    """Whether `expert` may write (or, sent back, rewrite) the report of the request now."""
    if request.assigned_expert_id != expert.pk:
        return False
    if request.status == RequestStatus.ACCEPTED:
        return visit_start.has_come(_slot_of(request))
    report = VisitReport.objects.filter(request_id=request.pk, state=ReportState.SENT_BACK)
    return request.status == RequestStatus.VISITED and report.exists()


def _slot_of(request: VisitRequest) -> VisitSlot | None:
    # Read without a lock, for pages; workflow.submit_report decides under its own.
    return VisitSlot.objects.filter(request_id=request.pk, state__in=HOLDING).first()


def opens_later(request: VisitRequest) -> str:
    """When the report of an accepted visit opens, in a sentence; empty once it has or where none is due."""
    slot = _slot_of(request) if request.status == RequestStatus.ACCEPTED else None
    return "" if slot is None or visit_start.has_come(slot) else visit_start.too_early(slot)


def shown_value(item: Item, value: str) -> str:
    """An answer as a person reads it: «بله», «۱۲٫۵ مگاپیکسل», the choice."""
    criterion = item.criterion
    if criterion.kind == CriterionKind.YESNO:
        return {checklist.YES: _("Yes"), checklist.NO: _("No")}.get(value, "")
    if criterion.kind == CriterionKind.CHOICE_MIN:
        return value
    return f"{to_persian(value.replace('.', '٫'))} {criterion.unit}".strip()
