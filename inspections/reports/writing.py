"""An expert's report: which items a visit asks, and the one way in which a report is written down.

Until then what is typed is a draft (:mod:`inspections.reports.drafts`). Writing and handing in are one step and one
transaction; a report that the laboratory sent back is written anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from inspections import workflow
from inspections.models import (
    ReportAnswer,
    ReportDraft,
    ReportOutcome,
    ReportState,
    RequestKind,
    RequestStatus,
    ResultRule,
    VisitPhoto,
    VisitReport,
    VisitRequest,
    VisitSlot,
)
from inspections.models.visits import HOLDING
from inspections.refusals import NotAllowed
from inspections.reports import checklist, photos
from inspections.reports.checklist import Answer, Item, Result
from inspections.visits import beginning as visit_start
from inspections.visits import slips
from inspections.workflow.core import lock
from septam import clock
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


@dataclass(frozen=True)
class Asked:
    """What a visit asks, and of a re-visit what stands as it was found before."""

    items: list[Item]
    taken_over: tuple[Answer, ...] = ()


def asked_of(request: VisitRequest, level: int) -> Asked:
    """The level's items; of a re-visit those that were not passed before, the others taken over.

    Where the place has become another since, or another laboratory visits it, nothing was passed.
    """
    items = checklist.items_of(request.criteria_set.criteria.all(), level)
    first = request.previous if request.kind == RequestKind.REVISIT else None
    if first is None or first.laboratory_id != request.laboratory_id:
        return Asked(items)
    if not slips.is_one_shop(first, request.snapshot):
        return Asked(items)
    before = _passed_before(first.pk)
    left = checklist.left_to_check(items, {code: one.item.threshold for code, one in before.items()})  # fmt: skip
    if not left:
        return Asked(items)
    kept = (_taken_over(item, before[item.code]) for item in items if item not in left)
    return Asked(left, tuple(kept))


def items_for(request: VisitRequest, level: int) -> list[Item]:
    """What the visit asks; see :func:`asked_of`."""
    return asked_of(request, level).items


def _taken_over(item: Item, before: Answer) -> Answer:
    return Answer(item, before.value, comment=before.comment, taken_over=True)


def _passed_before(request_id: int) -> dict[str, Answer]:
    """What the visit before passed, or had taken over itself, by code."""
    report = VisitReport.objects.filter(request_id=request_id).first()
    answers = answers_of(report) if report is not None else []
    return {a.item.code: a for a in answers if not a.not_applicable and a.passed}


@transaction.atomic
def write(
    request_id: int, expert: User, findings: Findings, *, no_interest: bool = False
) -> VisitReport:
    """Write the report down and hand it in. Raises NotAllowed as :func:`inspections.workflow.submit_report`.

    `no_interest`: the expert ticked that there is none; the moment is kept with the report.
    """
    request = lock(request_id)
    if request.assigned_expert_id != expert.pk:
        raise NotAllowed(_("Only the expert of the visit hands its report in."))
    report = VisitReport.objects.filter(request_id=request_id).first()
    if report is not None and report.state not in OPEN_FOR_WRITING:
        raise NotAllowed(_("This report was handed in already."))
    report = report or VisitReport(request=request, expert=expert)
    report.no_interest_at = clock.now() if no_interest else None
    _fill(report, request, findings)
    _keep_answers(report, findings.answers)
    _leave_behind(request_id, findings.answers)
    return workflow.submit_report(report.pk, expert)


def level_found(request: VisitRequest, category: Category) -> int:
    """The level by which the place is judged: the one that was paid for, unless the visit found another category."""
    paid = request.snapshot
    return int(paid["level"]) if category.pk == paid.get("category_id") else category.level


def _fill(report: VisitReport, request: VisitRequest, findings: Findings) -> None:
    report.outcome = findings.absence or _outcome(request, findings)
    report.level, report.comment = level_found(request, findings.category), findings.comment
    report.measured_area, report.true_category = findings.measured_area, findings.category
    if report._state.adding:
        report.save(force_insert=True)
    else:
        report.save(
            update_fields=[
                "outcome",
                "level",
                "comment",
                "measured_area",
                "true_category",
                "no_interest_at",
            ]
        )


def _outcome(request: VisitRequest, findings: Findings) -> ReportOutcome:
    rule = ResultRule.objects.get(
        criteria_set_id=request.criteria_set_id, level=level_found(request, findings.category)
    )
    return checklist.result_of(findings.answers, rule).outcome


def _keep_answers(report: VisitReport, answers: Iterable[Answer]) -> None:
    report.answers.all().delete()
    ReportAnswer.objects.bulk_create(
        ReportAnswer(
            report=report, criterion=answer.item.criterion, value=answer.value, passed=answer.passed,
            not_applicable=answer.not_applicable, comment=answer.comment, taken_over=answer.taken_over,
        )
        for answer in answers
    )  # fmt: skip


def _leave_behind(request_id: int, answers: Iterable[Answer]) -> None:
    """The draft is in the report now; photos of what was not asked in the end belong to nothing."""
    asked = [a.item.criterion.pk for a in answers if not a.taken_over]
    photos.remove(VisitPhoto.objects.filter(request_id=request_id).exclude(criterion__in=asked))
    ReportDraft.objects.filter(request_id=request_id).delete()


def answers_of(report: VisitReport) -> list[Answer]:
    """The stored answers in the order of the criteria; one query."""
    rows = report.answers.select_related("criterion").order_by("criterion__position")
    return [
        Answer(
            Item(a.criterion, a.criterion.threshold(report.level)),
            a.value,
            a.not_applicable,
            a.comment,
            a.taken_over,
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


def why_not_written(request: VisitRequest, expert: User) -> str:
    """Why :func:`may_be_written` says no, in a sentence."""
    if request.assigned_expert_id != expert.pk:
        return _("Only the expert of the visit hands its report in.")
    if request.status == RequestStatus.VISITED:
        return _("This report was handed in already.")
    status = request.get_status_display()
    text = _("No report can be written now; the request stands at “%(status)s”.")
    return opens_later(request) or text % {"status": status}


def _slot_of(request: VisitRequest) -> VisitSlot | None:
    # Read without a lock, for pages; workflow.submit_report decides under its own.
    return VisitSlot.objects.filter(request_id=request.pk, state__in=HOLDING).first()


def is_due(request: VisitRequest, expert: User) -> str:
    """Why the expert of a visit that has begun does not move its time, in a sentence; else empty."""
    return visit_start.report_is_due(_slot_of(request), expert)


def opens_later(request: VisitRequest) -> str:
    """When the report of an accepted visit opens, in a sentence; empty once it has or where none is due."""
    slot = _slot_of(request) if request.status == RequestStatus.ACCEPTED else None
    return "" if slot is None or visit_start.has_come(slot) else visit_start.too_early(slot)
