"""Verbs that bring an owner and an expert together: assigning, calling, naming an hour."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from inspections import messages
from inspections.laboratories.fitness import Visitor
from inspections.models import CallLog, CallOutcome, RequestStatus, VisitRequest
from inspections.refusals import NotAllowed
from inspections.visits import telling_experts
from inspections.workflow.core import check, lock, move, require_seen, why_not_own
from septam import clock


def assign(request_id: int, expert: User, actor: User, *, seen: int | None = None) -> None:
    """Set whose request it is, while it waits for a time. Raises NotAllowed for no expert of its laboratory.

    Raises MovedOn where the request was changed since its event `seen`: it may be another's by now.
    """
    with transaction.atomic():
        request = lock(request_id)
        require_seen(request, seen)
        check(request, "assign")
        require_expert(request, expert)
        _give(request, expert)
        move(request, "assign", actor, str(expert))


@dataclass
class Assigned:
    """What became of a selection: the requests that the expert has now, and of the others why not."""

    given: list[VisitRequest] = field(default_factory=list)
    refused: list[tuple[VisitRequest, str]] = field(default_factory=list)


def assign_many(
    request_ids: Collection[int], expert: User, actor: User, laboratory_id: int
) -> Assigned:
    """Give the laboratory's waiting requests that are nobody's to an expert, who is told once.

    One transaction, all rows locked in their order: of two managers who chose the same request the second one is
    refused it by name. Ids of other laboratories' requests are passed over.
    """
    found, visitor = Assigned(), Visitor(expert, laboratory_id)
    with transaction.atomic():
        for request in _lock_many(request_ids, laboratory_id):
            reason = _why_not(request, visitor) or why_not_own(request, "assign", actor)
            if reason:
                found.refused.append((request, reason))
                continue
            _give(request, expert)
            move(request, "assign", actor, str(expert))
            found.given.append(request)
        if found.given:
            telling_experts.assigned(expert)
    return found


def _lock_many(request_ids: Collection[int], laboratory_id: int) -> list[VisitRequest]:
    rows = VisitRequest.objects.filter(pk__in=request_ids, laboratory_id=laboratory_id)
    # Not the expert: of a row that was waited for, what is joined is still that of before.
    related = rows.select_related("place", "owner__profile")
    return list(related.select_for_update(of=("self",)).order_by("pk"))


def _why_not(request: VisitRequest, visitor: Visitor) -> str:
    if request.status != RequestStatus.SCHEDULING:
        status = request.get_status_display()
        return _("The request has moved on: it stands at “%(status)s”.") % {"status": status}
    if request.assigned_expert is not None:
        return _("It was given to %(expert)s meanwhile.") % {"expert": request.assigned_expert}
    return visitor.objection(request)


def require_expert(request: VisitRequest, expert: User) -> None:
    """Raise NotAllowed unless `expert` may visit the place (see inspections.laboratories.fitness)."""
    reason = Visitor(expert, request.laboratory_id).objection(request)
    if reason:
        raise NotAllowed(reason)


def require_no_interest(request: VisitRequest, expert: User) -> None:
    """Raise NotAllowed where the expert has an interest in the place, however it came to the visit."""
    reason = Visitor(expert, request.laboratory_id).interest(request)
    if reason:
        text = _("%(reason)s Tell your laboratory: another expert visits the place.")
        raise NotAllowed(text % {"reason": reason})


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


def leave_expert(request: VisitRequest) -> None:
    """Make the locked request nobody's."""
    if request.assigned_expert_id is not None:
        request.assigned_expert = None
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
