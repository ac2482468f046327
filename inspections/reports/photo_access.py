"""Who may see which photo of a visit, and the answer that carries one."""

from collections.abc import Iterable
from io import BytesIO

from django.http import FileResponse, Http404
from django.utils.crypto import constant_time_compare

from accounts.models import Role, User
from inspections import scope
from inspections.models import ReportAnswer, ReportState, RequestStatus, VisitPhoto, VisitRequest
from inspections.office import steps as office_steps
from inspections.reports import photo_files

# A picture of somebody's premises stays out of every cache and is nothing but a picture.
_HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}


def may_see(viewer: office_steps.Viewer) -> bool:
    """In the office: the visit's expert, the laboratory's manager, support; nobody else."""
    own = Role.EXPERT in viewer.roles and viewer.visit.assigned_expert_id == viewer.user.pk
    return own or viewer.manages or viewer.supports


def for_staff(user: User, request_id: int, token: str) -> VisitPhoto | None:
    """The photo, if this member of staff may see it."""
    visible = scope.visible_to_staff(VisitRequest.objects.all(), user)
    rows = VisitPhoto.objects.filter(request__in=visible).select_related("request")
    found = rows.filter(request_id=request_id, token=token).first()
    if found is None or not may_see(office_steps.viewer_of(user, found.request)):
        return None
    return found


def of_defects(request_id: int) -> dict[int, list[VisitPhoto]]:
    """What the owner sees once the result is told: photos of the items that failed, by item."""
    failed = VisitPhoto.objects.filter(
        request_id=request_id,
        request__status=RequestStatus.NONCONFORMING,
        request__report__state=ReportState.ENDORSED,
    )
    found: dict[int, list[VisitPhoto]] = {}
    for photo in failed.filter(criterion__in=_failed_items(request_id)):
        found.setdefault(photo.criterion_id, []).append(photo)
    return found


def for_owner(owner: User, number: str, token: str) -> VisitPhoto | None:
    """The photo, if it shows a failed item of this owner's own visit whose result was told."""
    request = VisitRequest.objects.visible_to(owner).filter(number=number).first()
    shown = of_defects(request.pk).values() if request is not None else ()
    return next(
        (one for photos in shown for one in photos if constant_time_compare(one.token, token)), None
    )


def _failed_items(request_id: int) -> Iterable[int]:
    rows = ReportAnswer.objects.filter(report__request_id=request_id, passed=False)
    return rows.values_list("criterion_id", flat=True)


def answer(photo: VisitPhoto | None, is_small: bool) -> FileResponse:
    """The JPEG, or a thumbnail of it. Raises Http404 without a photo or where its file is gone."""
    if photo is None:
        raise Http404
    try:
        with photo.file.open("rb") as file:
            content = file.read()
    except FileNotFoundError as fault:
        raise Http404 from fault
    shown = photo_files.small(content) if is_small else content
    return FileResponse(
        BytesIO(shown),
        filename=f"septam-{photo.pk}.jpg",
        content_type="image/jpeg",
        headers=_HEADERS,
    )
