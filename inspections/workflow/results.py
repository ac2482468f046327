"""Verbs from the visit to its result."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from inspections import difference, messages, sales
from inspections.certificates import issuing
from inspections.laboratories.fitness import Visitor
from inspections.models import (
    ComplaintState,
    ReportOutcome,
    ReportState,
    SlotState,
    VisitReport,
    VisitRequest,
)
from inspections.refusals import NotAllowed
from inspections.visits import beginning as visit_start
from inspections.workflow.core import check, close_slot, holding_slot, lock, move, require_seen
from inspections.workflow.handling import require_no_interest
from septam import clock
from sites import freezing

NOT_VISITED = (ReportOutcome.ABSENT, ReportOutcome.WITHHELD)


def submit_report(report_id: int, actor: User) -> VisitReport:
    """The expert hands the report in: → visited, or → no_show where nobody responsible was there.

    A report that was sent back is handed in again without a change of status; the visit took place, so it
    may not turn into an absence. Raises NotAllowed for another's report, one without an outcome, or a visit
    that has not begun (an absence: whose grace is not over).
    """
    with transaction.atomic():
        request, report = _lock_report(report_id)
        _require_own_report(report, actor)
        require_no_interest(request, actor)
        if report.state == ReportState.SENT_BACK:
            _submit_again(request, report, actor)
        elif report.state == ReportState.DRAFT:
            _submit_first(request, report, actor)
        else:
            raise NotAllowed(_("This report was handed in already."))
        return report


def _require_own_report(report: VisitReport, actor: User) -> None:
    if report.expert_id != actor.pk:
        raise NotAllowed(_("Only the expert of the visit hands its report in."))
    if not report.outcome:
        raise NotAllowed(_("The report has no outcome yet."))


def _submit_first(request: VisitRequest, report: VisitReport, actor: User) -> None:
    absent = report.outcome in NOT_VISITED
    verb = "report_no_show" if absent else "report"
    check(request, verb)
    slot = holding_slot(request)
    visit_start.require(slot, absent=absent)
    report.slot = slot
    close_slot(slot, SlotState.DONE)
    _hand_in(report)
    move(request, verb, actor, code=str(report.outcome) if absent else "")
    messages.visited(request)
    if absent:
        freezing.unfreeze(request.place_id)
        messages.visit_failed(request, report)


def _submit_again(request: VisitRequest, report: VisitReport, actor: User) -> None:
    check(request, "report_again")
    if report.outcome in NOT_VISITED:
        raise NotAllowed(_("The visit took place; its report cannot become an absence."))
    _hand_in(report)
    move(request, "report_again", actor)


def _hand_in(report: VisitReport) -> None:
    report.state, report.submitted_at = ReportState.SUBMITTED, clock.now()
    report.save(update_fields=["state", "submitted_at", "slot"])


def send_back(report_id: int, actor: User, reason: str, *, seen: int | None = None) -> VisitReport:
    """The laboratory reopens a report for its expert, with the reason; the request stays visited.

    One that waits for a difference to be paid may be reopened too: the owner then has nothing to pay. Raises
    MovedOn where the request was changed since its event `seen`: another report than the one that was read.
    """
    with transaction.atomic():
        difference.hold(_request_of(report_id))
        request, report = _lock_report(report_id)
        require_seen(request, seen)
        check(request, "send_back")
        if difference.is_awaited(request):
            _await_no_more(request, report)
        else:
            _require_submitted(report)
        report.state, report.sent_back_reason = ReportState.SENT_BACK, reason[:500]
        report.save(update_fields=["state", "sent_back_reason", "endorsed_by", "endorsed_at"])
        move(request, "send_back", actor, reason)
        return report


def _await_no_more(request: VisitRequest, report: VisitReport) -> None:
    difference.take_back(request)
    request.reason = ""
    request.save(update_fields=["reason"])
    report.endorsed_by = report.endorsed_at = None


def why_not_endorsed(report: VisitReport, actor: User) -> str:
    """Why somebody else of the laboratory has to stand by the report: two look at each visit. Empty if nothing speaks against it."""
    if report.expert_id == actor.pk:
        return _("You wrote this report yourself; another manager of the laboratory endorses it.")
    if Visitor(actor, report.request.laboratory_id).interest(report.request):
        return _("This place is your own, or you declared an interest in it; another manager of the laboratory endorses the report.")  # fmt: skip
    return ""


def endorse(
    report_id: int, actor: User, *, is_sold: bool = False, seen: int | None = None
) -> VisitReport:
    """The laboratory stands by the report: a certificate is issued, or the request ends nonconforming.

    Where the visit costs more by what was found, the certificate waits for the owner's payment (`certify_paid`).
    `is_sold`: the place has changed hands, and certificates of others at its postal code give way to the new one.
    Raises MovedOn where the request was changed since its event `seen`: nobody stands by a report that was not read.
    """
    with transaction.atomic():
        difference.hold(_request_of(report_id))
        request, report = _lock_report(report_id)
        require_seen(request, seen)
        verb = "certify" if report.outcome == ReportOutcome.CONFORMING else "fail"
        check(request, verb)
        _require_submitted(report)
        if objection := why_not_endorsed(report, actor):
            raise NotAllowed(objection)
        if is_sold and (objection := sales.why_not_sold(sales.of_others(request))):
            raise NotAllowed(objection)
        report.place_was_sold = is_sold
        sales.lock_places(request, with_sold=is_sold)
        _mark_endorsed(report, actor)
        if verb == "fail":
            move(request, verb, actor)
            freezing.unfreeze(request.place_id)
            messages.defects_found(request, report)
        elif difference.settle(request, report):
            move(request, "await_difference", actor, code=difference.AWAITED)
        else:
            _certify(request, report, actor)
        return report


def certify_paid(request_id: int) -> bool:
    """The difference was paid: issue the certificate. False where it is not waited for any more.

    Called by the app of money inside its transaction, with the order locked.
    """
    with transaction.atomic():
        request = lock(request_id)
        if not difference.is_awaited(request):
            return False
        report = VisitReport.objects.select_for_update(of=("self",)).get(request_id=request_id)
        sales.lock_places(request, with_sold=report.place_was_sold)
        _certify(request, report, None)
        return True


def leave_unpaid(request_id: int) -> bool:
    """The difference was not paid in time: the request ends without a certificate.

    The visit took place, so nothing of it goes back. False where none is waited for any more, its time is not over,
    or a complaint is not decided yet. Called by the app of money, with its orders locked.
    """
    with transaction.atomic():
        request = lock(request_id)
        if not difference.is_awaited(request) or difference.last_day(request) >= clock.today():
            return False
        if request.complaints.filter(state=ComplaintState.OPEN).exists():
            return False
        move(request, "leave_unpaid", None, code=difference.UNPAID)
        freezing.unfreeze(request.place_id)
        return True


def _certify(request: VisitRequest, report: VisitReport, actor: User | None) -> None:
    move(request, "certify", actor)
    freezing.unfreeze(request.place_id)
    if report.place_was_sold:
        sales.give_way(request)
    sales.give_way_to_another_shop(request)
    messages.certificate_issued(request, issuing.issue(request, report))


def _mark_endorsed(report: VisitReport, actor: User) -> None:
    report.state = ReportState.ENDORSED
    report.endorsed_by, report.endorsed_at = actor, clock.now()
    if report.outcome == ReportOutcome.NONCONFORMING and report.mend_by is None:
        # The owner has the whole window, so it runs from the day that the result is told.
        report.mend_by = clock.today() + timedelta(days=settings.REVISIT_DAYS)
    report.save(update_fields=["state", "endorsed_by", "endorsed_at", "mend_by", "place_was_sold"])


def _require_submitted(report: VisitReport) -> None:
    if report.state != ReportState.SUBMITTED:
        raise NotAllowed(_("This report is not waiting for the laboratory."))


def _request_of(report_id: int) -> int:
    return VisitReport.objects.values_list("request_id", flat=True).get(pk=report_id)


def _lock_report(report_id: int) -> tuple[VisitRequest, VisitReport]:
    """The report with its request, locked in the order of locks. Raises VisitReport.DoesNotExist."""
    request = lock(_request_of(report_id))
    report = VisitReport.objects.select_for_update(of=("self",)).select_related("true_category")
    return request, report.get(pk=report_id)
