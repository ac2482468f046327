"""An owner opens a complaint, while the window of its matter is open."""

from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from inspections.complaints import telling
from inspections.models import (
    Complaint,
    ComplaintState,
    ComplaintSubject,
    RequestStatus,
    VisitRequest,
)
from inspections.models.requests import PAID_OPEN
from inspections.refusals import NotAllowed
from inspections.workflow.core import lock, note
from septam import clock

_WITH_RESULT = (RequestStatus.CERTIFIED, RequestStatus.NONCONFORMING, RequestStatus.NO_SHOW)


def subjects_of(request: VisitRequest) -> list[ComplaintSubject]:
    """What the owner may complain about now; of a matter that was complained about, nothing more."""
    possible = _in_time(request)
    found = list(request.complaints.all()) if possible else []
    if any(one.state == ComplaintState.OPEN for one in found):
        return []
    known = {one.subject for one in found}
    return [subject for subject in possible if subject not in known]


def _in_time(request: VisitRequest) -> list[ComplaintSubject]:
    if request.status in _WITH_RESULT:
        last = request.status_changed_at + timedelta(days=settings.COMPLAINT_DAYS)
        both = [ComplaintSubject.RESULT, ComplaintSubject.EXPERT]
        return both if clock.now() <= last else []
    # Before there is a result the expert may have misbehaved already.
    has_expert = request.status in PAID_OPEN and request.assigned_expert_id is not None
    return [ComplaintSubject.EXPERT] if has_expert else []


def open_complaint(request_id: int, owner: User, subject: str, text: str) -> Complaint:
    """Write the complaint down. Raises NotAllowed where none is possible (any more), and where one is open.

    Raises VisitRequest.DoesNotExist for another's request.
    """
    with transaction.atomic():
        request = lock(request_id, owner=owner)
        if subject not in subjects_of(request):
            raise NotAllowed(_("No such complaint is possible now."))
        made = _insert(request, subject, text)
        note(request, "complain", owner, before=request.status)
        telling.opened(made)
        return made


def _insert(request: VisitRequest, subject: str, text: str) -> Complaint:
    try:
        with transaction.atomic():
            return Complaint.objects.create(
                request=request, subject=subject, text=text, opened_at=clock.now()
            )
    except IntegrityError as clash:
        raise NotAllowed(_("No such complaint is possible now.")) from clash
