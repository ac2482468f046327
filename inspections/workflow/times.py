"""Verbs of the visit's time: proposed, confirmed, declined, lapsed, moved."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from psycopg2.errors import DeadlockDetected

from accounts.models import User
from inspections import messages
from inspections.laboratories import choice as laboratory_choice
from inspections.laboratories.experts import assignment_of
from inspections.models import RequestStatus, SlotState, VisitRequest, VisitSlot
from inspections.refusals import NotAllowed
from inspections.visits import beginning as visit_start
from inspections.visits import slots
from inspections.workflow.core import (
    check,
    close_slot,
    holding_slot,
    lock,
    move,
    require_seen,
)
from inspections.workflow.handling import leave_expert, take
from septam import clock, jalali
from septam.digits import to_persian


def propose_time(
    request_id: int,
    expert: User,
    starts_at: datetime,
    actor: User,
    override_reason: str = "",
    *,
    seen: int | None = None,
) -> VisitSlot:
    """Propose a visit time (aware) to the owner, who is told by SMS.

    Raises PastTime, TimeRefused (which `override_reason` lets pass), DoubleBooked, MovedOn (the request was
    changed since its event `seen`), and NotAllowed for another's request. A deadlock between two writers is
    tried once more.
    """

    def propose() -> VisitSlot:
        with transaction.atomic():
            request = lock(request_id)
            require_seen(request, seen)
            return _propose(request, expert, starts_at, actor, override_reason)

    jalali.tehran(starts_at)  # refuses a naive moment
    return _again_after_deadlock(propose)


def move_time(
    request_id: int,
    starts_at: datetime,
    actor: User,
    reason: str,
    override_reason: str = "",
    *,
    seen: int | None = None,
) -> VisitSlot:
    """Give a proposed or accepted time up and propose another one of the same expert, both or neither.

    The owner hears of the new time, and where the old one was fixed also that it is off. Raises as
    :func:`propose_time` and :func:`reschedule`.
    """

    def move_it() -> VisitSlot:
        with transaction.atomic():
            request = lock(request_id)
            require_seen(request, seen)
            expert = request.assigned_expert
            if expert is not None:
                _queue_for(
                    expert
                )  # before the slot is touched that another writer may be waiting for
            old, was_fixed = _take_back(request, actor, reason)
            if expert is None or old is None:
                raise NotAllowed(_("This visit time is no longer open."))
            if was_fixed:
                messages.time_moved(request, old)
            return _propose(request, expert, starts_at, actor, override_reason)

    jalali.tehran(starts_at)  # refuses a naive moment
    return _again_after_deadlock(move_it)


def _again_after_deadlock(work: Callable[[], VisitSlot]) -> VisitSlot:
    try:
        return work()
    except OperationalError as problem:
        # Inside a caller's transaction all of it is lost already: only the caller can begin anew.
        if connection.in_atomic_block or not isinstance(problem.__cause__, DeadlockDetected):
            raise
        return work()


def _propose(
    request: VisitRequest, expert: User, starts_at: datetime, actor: User, override_reason: str
) -> VisitSlot:
    check(request, "propose")
    take(request, expert)
    _queue_for(expert)
    slots.check_time(request, expert, starts_at, override_reason)
    slot = slots.hold(request, expert, starts_at, override_reason, actor)
    request.first_proposed_at = request.first_proposed_at or slot.created_at
    move(request, "propose", actor, override_reason, fields=["first_proposed_at"])
    messages.time_proposed(request, slot)
    return slot


def _queue_for(expert: User) -> None:
    """Writers of one expert's time wait here for each other; rows that only point at the expert do not wait."""
    User.objects.select_for_update(no_key=True).get(pk=expert.pk)


def why_nobody_comes(slot: VisitSlot) -> str:
    """That the expert of a time does not work for its laboratory any more, in a sentence; empty where he does."""
    if assignment_of(slot.expert, slot.request.laboratory_id) is not None:
        return ""
    return _("The expert of this time does not come any more; the laboratory proposes another one.")


def confirm_time(slot_id: int, owner: User) -> VisitSlot:
    """The owner accepts the proposed time. Raises NotAllowed when it is not open any more or has passed."""
    with transaction.atomic():
        request, slot = _lock_proposed(slot_id, owner)
        if slot.starts_at <= clock.now():
            raise NotAllowed(_("This time has passed; the expert will propose another one."))
        if laboratory_choice.is_lost(request):
            # The job that takes the time back, and tells the owner, has not come by yet.
            raise NotAllowed(
                _("The laboratory cannot visit the place any more; we tell you what to do.")
            )
        if objection := why_nobody_comes(slot):
            raise NotAllowed(objection)
        slot.state, slot.answered_at = SlotState.ACCEPTED, clock.now()
        slot.save(update_fields=["state", "answered_at"])
        move(request, "confirm", owner)
        messages.time_confirmed(request, slot)
        return slot


def decline_time(slot_id: int, owner: User, wish: str = "") -> None:
    """The owner refuses the proposed time, perhaps with a wish; the request waits for another one."""
    with transaction.atomic():
        request, slot = _lock_proposed(slot_id, owner)
        messages.called_off(request, slot)
        close_slot(slot, SlotState.DECLINED, wish)
        move(request, "decline", owner, wish)
        messages.time_declined(request)


def _lock_proposed(slot_id: int, owner: User) -> tuple[VisitRequest, VisitSlot]:
    """The owner's request and its slot, both locked. Raises VisitSlot.DoesNotExist for another's."""
    mine = VisitSlot.objects.filter(pk=slot_id, request__owner_id=owner.pk)
    request = lock(mine.values_list("request_id", flat=True).get(), owner=owner)
    slot = holding_slot(request)
    check(request, "confirm")
    if slot is None or slot.pk != slot_id:
        raise NotAllowed(_("This visit time is no longer open."))
    return request, slot


def lapse_proposals() -> int:
    """Take back every proposed time that passed without an answer; returns how many."""
    late = VisitSlot.objects.filter(state=SlotState.PROPOSED, starts_at__lte=clock.now())
    return sum(_lapse(request_id) for request_id in late.values_list("request_id", flat=True))


def _lapse(request_id: int) -> bool:
    with transaction.atomic():
        request = lock(request_id)
        slot = holding_slot(request)
        answered = slot is None or slot.state != SlotState.PROPOSED or slot.starts_at > clock.now()
        if slot is None or answered or request.status != RequestStatus.PROPOSED:
            return False
        close_slot(slot, SlotState.LAPSED)
        move(request, "lapse", None)
        messages.proposal_lapsed(request, slot)
        return True


def reschedule(request_id: int, actor: User, reason: str, *, seen: int | None = None) -> None:
    """Take a proposed or accepted time back; the owner hears of it by SMS.

    Raises NotAllowed to the expert of a visit whose time has come (then it is the report's turn, or the
    laboratory's and support's), and MovedOn where the request was changed since its event `seen`.
    """
    with transaction.atomic():
        request = lock(request_id)
        require_seen(request, seen)
        slot, _was_fixed = _take_back(request, actor, reason)
        if slot is not None:
            messages.time_moved(request, slot)


def _take_back(request: VisitRequest, actor: User, reason: str) -> tuple[VisitSlot | None, bool]:
    """The time that was given up, and whether it was fixed."""
    check(request, "reschedule")
    held = holding_slot(request)
    was_fixed = held is not None and held.state == SlotState.ACCEPTED
    refusal = visit_start.report_is_due(held, actor)
    if refusal:
        raise NotAllowed(refusal)
    return _give_up_time(request, "reschedule", actor, reason), was_fixed


def close_day(slot_id: int, actor: User | None, reason: str) -> VisitSlot | None:
    """A closure of the province takes a visit that is still to come back; whoever calls tells its owner.

    None where the time is held no longer or has come already. Raises NotAllowed where the state forbids it.
    """
    with transaction.atomic():
        request = lock(VisitSlot.objects.values_list("request_id", flat=True).get(pk=slot_id))
        slot = holding_slot(request)
        if slot is None or slot.pk != slot_id or slot.starts_at <= clock.now():
            return None
        _give_up_time(request, "close_day", actor, reason)
        slot.request = request
        return slot


def ask_another_time(request_id: int, owner: User, wish: str = "") -> None:
    """The owner gives an accepted time up, until 48 hours (a setting) before; later only support can."""
    with transaction.atomic():
        request = lock(request_id, owner=owner)
        check(request, "ask_another_time")
        slot = holding_slot(request)
        refusal = why_no_other_time(slot, clock.now())
        if refusal:
            raise NotAllowed(refusal)
        _give_up_time(request, "ask_another_time", owner, wish, wish)
        messages.another_time_asked(request)


def why_no_other_time(slot: VisitSlot | None, now: datetime) -> str:
    """Why the owner can no longer move an accepted visit, in a sentence; empty where it can be moved."""
    if slot is None or may_ask_another_time(slot, now):
        return ""
    if slot.starts_at <= now:
        return _("The time of the visit has come; its report is awaited.")
    hours = {"hours": to_persian(settings.RESCHEDULE_HOURS)}
    return _("Less than %(hours)s hours are left; please call support.") % hours


def may_ask_another_time(slot: VisitSlot, now: datetime) -> bool:
    """Whether the owner may still move an accepted visit."""
    return slot.starts_at - now >= timedelta(hours=settings.RESCHEDULE_HOURS)


def report_missed_visit(request_id: int, owner: User) -> None:
    """«کارشناس مراجعه نکرد»: once the visit's time is over, while its expert has begun no report.

    Else it would be a way round a bad result: back into the queue, and out of it with the money.
    """
    with transaction.atomic():
        request = lock(request_id, owner=owner)
        check(request, "expert_missed")
        slot = holding_slot(request)
        refusal = why_not_missed(slot, clock.now())
        if refusal:
            raise NotAllowed(refusal)
        _give_up_time(request, "expert_missed", owner, "", code="missed")
        messages.expert_missed(request)


def why_not_missed(slot: VisitSlot | None, now: datetime) -> str:
    """Why :func:`report_missed_visit` refuses an accepted time, in a sentence; empty where it does not."""
    if slot is None:
        return ""
    begun = visit_start.is_report_begun(slot)
    return visit_start.why_not_missed(slot, now, report_begun=begun)


def _give_up_time(
    request: VisitRequest,
    verb: str,
    actor: User | None,
    reason: str,
    wish: str = "",
    *,
    code: str = "",
) -> VisitSlot | None:
    slot = holding_slot(request)
    messages.called_off(request, slot)
    close_slot(slot, SlotState.WITHDRAWN, wish)
    if assignment_of(request.assigned_expert, request.laboratory_id) is None:
        # Who left the laboratory proposes no other time: it is given on.
        leave_expert(request)
    move(request, verb, actor, reason, code=code)
    return slot
