"""The table of a visit request's transitions, and the one function that writes its status."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from inspections.models import RequestEvent, RequestStatus, VisitRequest, VisitSlot
from inspections.models.visits import HOLDING, SlotState
from inspections.refusals import MovedOn, NotAllowed
from septam import audit, clock
from septam.postgres.prepared_writes import Insert, Update

S = RequestStatus
_WRITE = Update(VisitRequest)
_TELL = Insert(RequestEvent)


@dataclass(frozen=True)
class Transition:
    """From which statuses a verb may be said, and where it leads; no target: the status stays."""

    sources: frozenset[str]
    target: str | None


def _to(target: str | None, *sources: str) -> Transition:
    return Transition(frozenset(sources), target)


# product.md §3, verb by verb. `reinstate` is for money that came after the cart lapsed.
TRANSITIONS: dict[str, Transition] = {
    "remove": _to(S.CANCELLED, S.IN_CART),
    "pay": _to(S.SCHEDULING, S.IN_CART),
    "reinstate": _to(S.SCHEDULING, S.CANCELLED),
    "assign": _to(None, S.SCHEDULING),
    "call": _to(None, S.SCHEDULING, S.PROPOSED, S.ACCEPTED),
    "name_hours": _to(None, S.SCHEDULING),
    "propose": _to(S.PROPOSED, S.SCHEDULING),
    "confirm": _to(S.ACCEPTED, S.PROPOSED),
    "decline": _to(S.SCHEDULING, S.PROPOSED),
    "lapse": _to(S.SCHEDULING, S.PROPOSED),
    "reschedule": _to(S.SCHEDULING, S.PROPOSED, S.ACCEPTED),
    "lose_laboratory": _to(S.SCHEDULING, S.SCHEDULING, S.PROPOSED, S.ACCEPTED),
    "laboratory_back": _to(None, S.SCHEDULING),
    "change_laboratory": _to(None, S.SCHEDULING),
    "close_day": _to(S.SCHEDULING, S.PROPOSED, S.ACCEPTED),
    "ask_another_time": _to(S.SCHEDULING, S.ACCEPTED),
    "expert_missed": _to(S.SCHEDULING, S.ACCEPTED),
    # A slip in what was paid for; until the laboratory decided.
    "correct": _to(None, S.SCHEDULING, S.PROPOSED, S.ACCEPTED, S.VISITED),
    "withdraw": _to(S.CANCELLED, S.SCHEDULING, S.PROPOSED),
    "cancel": _to(S.CANCELLED, S.SCHEDULING, S.PROPOSED, S.ACCEPTED),
    "report": _to(S.VISITED, S.ACCEPTED),
    "report_no_show": _to(S.NO_SHOW, S.ACCEPTED),
    "report_again": _to(None, S.VISITED),
    "send_back": _to(None, S.VISITED),
    # The laboratory stands by the report, and the owner has to pay «مابه‌التفاوت» first.
    "await_difference": _to(S.VISITED, S.VISITED),
    # It was not paid in time: the visit took place, there is no certificate.
    "leave_unpaid": _to(S.CANCELLED, S.VISITED),
    # A complaint about the result was upheld: its report is written once more.
    "reopen": _to(S.VISITED, S.NONCONFORMING),
    "certify": _to(S.CERTIFIED, S.VISITED),
    "fail": _to(S.NONCONFORMING, S.VISITED),
}

# What the office alone says. Nobody says one of them of a request of his own, whatever his role.
OFFICE_VERBS = frozenset({
    "assign", "call", "propose", "reschedule", "close_day", "correct", "cancel", "report", "report_no_show",
    "report_again", "send_back", "await_difference", "reopen", "certify", "fail",
})  # fmt: skip


OWN_PLACE = gettext_lazy("This place is your own; a colleague takes this step.")


def allows(request: VisitRequest, verb: str) -> bool:
    """Whether the table lets `verb` be said of the request as it is loaded."""
    return request.status in TRANSITIONS[verb].sources


def lock(request_id: int, *, owner: User | None = None) -> VisitRequest:
    """The request's row, locked. Raises VisitRequest.DoesNotExist, also for another owner's."""
    rows = VisitRequest.objects.select_for_update(of=("self",)).select_related(
        "place", "owner", "laboratory", "assigned_expert"
    )
    return rows.get(pk=request_id) if owner is None else rows.get(pk=request_id, owner_id=owner.pk)


def check(request: VisitRequest, verb: str) -> None:
    """Raise NotAllowed where the table forbids `verb`."""
    if not allows(request, verb):
        status = request.standing
        raise NotAllowed(
            _("This is not possible now; the request stands at “%(status)s”.") % {"status": status}
        )


def why_not_own(request: VisitRequest, verb: str, actor: User | None) -> str:
    """Why somebody else of the office has to say `verb`; empty if nothing stands against it."""
    if actor is not None and verb in OFFICE_VERBS and request.owner_id == actor.pk:
        return str(OWN_PLACE)
    return ""


# Steps that change nothing for who is about to take another one.
_QUIET = ("call", "name_hours")


def newest_event(request: VisitRequest) -> int:
    """The id of the newest step that changed something; a page keeps it to say later what it knew. 0 for none."""
    events = request.events.exclude(verb__in=_QUIET).order_by("-pk")
    return events.values_list("pk", flat=True).first() or 0


def require_seen(request: VisitRequest, seen: int | None) -> None:
    """Raise MovedOn where the locked request was changed since its event `seen`; None: nobody asks."""
    newest = newest_event(request) if seen is not None else seen
    if newest is not None and newest != seen:
        raise MovedOn(newest)


def move(
    request: VisitRequest,
    verb: str,
    actor: User | None,
    reason: str = "",
    *,
    code: str = "",
    fields: Sequence[str] = (),
) -> None:
    """Say `verb` of a locked request: check the table, write the status, add the history row.

    `reason` goes into the history; `code` is the short reason kept on the request itself; `fields` were set by
    the caller and are written with a changed status. Raises NotAllowed, also to the office for an own request.
    """
    check(request, verb)
    reason_against = why_not_own(request, verb, actor)
    if reason_against:
        raise NotAllowed(reason_against)
    before, target = request.status, TRANSITIONS[verb].target
    if target is not None:
        request.status = target
        request.reason = code
        request.status_changed_at = clock.now()
        _WRITE(request, *fields, "status", "reason", "status_changed_at")
    note(request, verb, actor, reason, before=before)


def note(
    request: VisitRequest, verb: str, actor: User | None, reason: str = "", *, before: str = ""
) -> RequestEvent:
    """Add a history row, and an audit event where a member of staff acts."""
    if actor is not None and actor.is_staff:
        audit.record(actor.pk, f"request.{verb}", request, to=request.status)
    told = RequestEvent(
        request=request, at=clock.now(), actor=actor, verb=verb, from_status=before,
        to_status=request.status, reason=reason[:500],
    )  # fmt: skip
    return _TELL.one(told)


def holding_slot(request: VisitRequest) -> VisitSlot | None:
    """The slot that holds an expert's time for the request, locked."""
    return (
        VisitSlot.objects.select_for_update(of=("self",))
        .select_related("expert")
        .filter(request_id=request.pk, state__in=HOLDING)
        .first()
    )


def close_slot(slot: VisitSlot | None, state: SlotState, wish: str = "") -> None:
    """Give the expert's time back (or mark it used)."""
    if slot is not None:
        slot.state, slot.wish, slot.answered_at = state, wish[:300], clock.now()
        slot.save(update_fields=["state", "wish", "answered_at"])
