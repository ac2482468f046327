"""Verbs that bring an owner and an expert together: assigning, calling, naming an hour."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from inspections import messages
from inspections.experts import assignment_of
from inspections.models import CallLog, CallOutcome, VisitRequest
from inspections.refusals import NotAllowed
from inspections.workflow.core import check, lock, move
from septam import clock


def assign(request_id: int, expert: User, actor: User) -> None:
    """Set whose request it is, while it waits for a time. Raises NotAllowed for no expert of its laboratory."""
    with transaction.atomic():
        request = lock(request_id)
        check(request, "assign")
        require_expert(request, expert)
        _give(request, expert)
        move(request, "assign", actor, str(expert))


def require_expert(request: VisitRequest, expert: User) -> None:
    """Raise NotAllowed unless `expert` works for the request's laboratory and may visit the place."""
    assignment = assignment_of(expert, request.laboratory_id)
    if assignment is None:
        raise NotAllowed(_("This person is no active expert of the request's laboratory."))
    if request.place.women_only and not assignment.is_woman:
        raise NotAllowed(_("This place is for women only; a woman expert visits it."))


def take(request: VisitRequest, expert: User) -> None:
    """Make the locked request the expert's, where it is nobody's yet; raises NotAllowed where another has it."""
    require_expert(request, expert)
    if request.assigned_expert_id is None:
        _give(request, expert)
    elif request.assigned_expert_id != expert.pk:
        raise NotAllowed(_("Another expert of the laboratory has taken this request."))


def _give(request: VisitRequest, expert: User) -> None:
    request.assigned_expert = expert
    request.save(update_fields=["assigned_expert"])


def log_call(
    request_id: int, expert: User, outcome: str, note: str = "", *, after: int | None = None
) -> CallLog:
    """Note a call to the owner; the first one makes the request the expert's. No answer is told by SMS.

    `after` is the newest call that the writer knew of (0: none). A newer one of the same writer with the same
    outcome is this very call, sent twice: it is returned, and nothing is noted or told again.
    """
    with transaction.atomic():
        request = lock(request_id)
        check(request, "call")
        take(request, expert)
        same = _sent_before(request, expert, outcome, after)
        return same or _note_call(request, expert, CallOutcome(outcome), note)


def _sent_before(
    request: VisitRequest, expert: User, outcome: str, after: int | None
) -> CallLog | None:
    if after is None:
        return None
    return request.calls.filter(pk__gt=after, expert=expert, outcome=outcome).first()


def _note_call(request: VisitRequest, expert: User, outcome: CallOutcome, note: str) -> CallLog:
    call = CallLog.objects.create(
        request=request, expert=expert, at=clock.now(), outcome=outcome, note=note[:300]
    )
    move(request, "call", expert, call.outcome)
    if call.outcome == CallOutcome.NO_ANSWER:
        unanswered = request.calls.filter(outcome=CallOutcome.NO_ANSWER).count()
        messages.call_unanswered(request, call.pk, unanswered)
    return call


def name_hours(request_id: int, owner: User, hours: str) -> None:
    """The owner says when a call will find an answer; the expert reads it in the request's story."""
    with transaction.atomic():
        move(lock(request_id, owner=owner), "name_hours", owner, hours)
