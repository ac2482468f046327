"""A complaint is decided by support or the manager of the system, never by who had a part in the matter.

Locks: the owner's row (for a free visit) → the request → the complaint. What was decided is never changed; the
database holds that too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Role, StaffAssignment, User
from accounts.scope import has_role
from inspections.complaints import telling
from inspections.models import (
    Complaint,
    ComplaintState,
    Remedy,
    ReportState,
    RequestKind,
    RequestStatus,
    VisitReport,
    VisitRequest,
)
from inspections.refusals import NotAllowed
from inspections.visits import slips
from inspections.workflow.cart import open_request
from inspections.workflow.core import lock, move, note
from septam import audit, clock
from sites import freezing, snapshots
from sites.models import Place


@dataclass(frozen=True)
class FreeVisits:
    """The app of money gives a visit for nothing: `hold` locks the owner's cart, `grant` pays a request in it with 0 rial."""

    hold: Callable[[int], None]
    grant: Callable[[VisitRequest], None]


_registered: list[FreeVisits] = []


def register(answers: FreeVisits) -> None:
    """Let these give free visits; call it from an AppConfig's ready()."""
    _registered[:] = [answers]


def why_not(complaint: Complaint, actor: User) -> str:
    """Why this person may not decide the complaint; empty if he may."""
    request = complaint.request
    report = VisitReport.objects.filter(request=request).first()
    involved = {request.owner_id, request.assigned_expert_id}
    involved |= set(request.slots.values_list("expert_id", flat=True))
    if report is not None:
        involved |= {report.expert_id, report.endorsed_by_id}
    if actor.pk in involved:
        return _("You had a part in this matter; somebody else decides.")
    # Also of earlier times: who once worked there is not without a part.
    if StaffAssignment.objects.filter(user=actor, laboratory_id=request.laboratory_id).exists():
        return _("You belong to the laboratory of this visit; somebody else decides.")
    if not has_role(actor, Role.SUPPORT, Role.MANAGER):
        return _("Support or the manager of the system decides complaints.")
    return ""


def offered(request: VisitRequest) -> list[Remedy]:
    """What may follow from a complaint about this request now."""
    if _is_followed(request):
        return [Remedy.NOTED]
    found = _by_status(request)
    if not slips.is_one_shop(request, snapshots.of(request.place)):
        found = [remedy for remedy in found if remedy != Remedy.REPEAT]
    return found


def _by_status(request: VisitRequest) -> list[Remedy]:
    found = [Remedy.NOTED]
    if request.status == RequestStatus.NONCONFORMING:
        found = [Remedy.REOPEN, *found]
    if request.status in (RequestStatus.NONCONFORMING, RequestStatus.NO_SHOW):
        found = [Remedy.REPEAT, *found]
    return found


def reject(complaint_id: int, actor: User, reason: str) -> Complaint:
    """The result stands; the owner reads why. Raises NotAllowed."""
    with transaction.atomic():
        complaint = _locked(complaint_id, actor)
        _decide(complaint, actor, ComplaintState.REJECTED, reason)
        telling.rejected(complaint)
        return complaint


def uphold(complaint_id: int, actor: User, remedy: str, reason: str) -> Complaint:
    """The owner is right: a free visit by another expert, the report corrected, or the laboratory spoken to.

    Raises NotAllowed, also where the place has another request on its way.
    """
    with transaction.atomic():
        for answers in _registered if remedy == Remedy.REPEAT else ():
            answers.hold(_request_of(complaint_id).owner_id)
        complaint = _locked(complaint_id, actor)
        if remedy not in _by_status(complaint.request):
            raise NotAllowed(_("This cannot follow from the complaint as the request stands now."))
        granted = _REMEDIES[Remedy(remedy)](complaint, actor, reason)
        _decide(complaint, actor, ComplaintState.UPHELD, reason, remedy=remedy, repeat=granted)
        telling.upheld(complaint)
        return complaint


def _request_of(complaint_id: int) -> VisitRequest:
    return Complaint.objects.select_related("request").get(pk=complaint_id).request


def _locked(complaint_id: int, actor: User) -> Complaint:
    request = lock(_request_of(complaint_id).pk)
    complaint = Complaint.objects.select_for_update(of=("self",)).get(pk=complaint_id)
    complaint.request = request
    if complaint.state != ComplaintState.OPEN:
        raise NotAllowed(_("This complaint was decided already."))
    refusal = why_not(complaint, actor)
    if refusal:
        raise NotAllowed(refusal)
    return complaint


def _decide(complaint: Complaint, actor: User, state: str, reason: str, **fields: Any) -> None:
    values = {"state": state, "decision": reason, "decided_by": actor, "decided_at": clock.now()}
    for name, value in (values | fields).items():
        setattr(complaint, name, value)
    complaint.save(update_fields=[*values, *fields])
    audit.record(actor.pk, f"complaint.{state}", complaint)
    request = complaint.request
    note(request, f"complaint_{state}", actor, before=request.status)


def _repeat(complaint: Complaint, actor: User, reason: str) -> VisitRequest:
    """A new request of the place, paid with 0 rial, which no expert of the first visit may take."""
    request = complaint.request
    _require_last(request)
    # Under the place's lock, which `open_request` takes again: its owner may be writing another shop into it.
    place = Place.objects.select_for_update(of=("self",)).get(pk=request.place_id)
    if not slips.is_one_shop(request, snapshots.of(place)):
        raise NotAllowed(_("The place has become another since; a free visit is of the place that was paid for."))  # fmt: skip
    granted = open_request(request.place, request.owner, kind=RequestKind.REPEAT, previous=request)
    note(granted, "grant", actor, before=granted.status)
    for answers in _registered:
        answers.grant(granted)
    granted.refresh_from_db()
    return granted


def _reopen(complaint: Complaint, actor: User, reason: str) -> None:
    """The report goes back to its expert; the laboratory endorses it anew."""
    request = complaint.request
    _require_last(request)
    report = VisitReport.objects.select_for_update(of=("self",)).get(request=request)
    report.state, report.sent_back_reason = ReportState.SENT_BACK, reason[:500]
    report.endorsed_by = report.endorsed_at = report.mend_by = None
    report.save(
        update_fields=["state", "sent_back_reason", "endorsed_by", "endorsed_at", "mend_by"]
    )
    freezing.freeze(request.place_id)
    try:
        with transaction.atomic():
            move(request, "reopen", actor, reason)
    except IntegrityError as clash:
        raise NotAllowed(_("This place has a request in progress.")) from clash


def _is_followed(request: VisitRequest) -> bool:
    return bool(request.followers.exclude(status=RequestStatus.CANCELLED).exists())


def _require_last(request: VisitRequest) -> None:
    if _is_followed(request):
        raise NotAllowed(_("A later request of the place follows from this result."))


def _nothing(complaint: Complaint, actor: User, reason: str) -> None:
    """The words of the decision are what follows."""


_REMEDIES: dict[Remedy, Callable[[Complaint, User, str], VisitRequest | None]] = {
    Remedy.REPEAT: _repeat,
    Remedy.REOPEN: _reopen,
    Remedy.NOTED: _nothing,
}
