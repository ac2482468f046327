"""The page of a request's whole story: filtered by kind with ticks, made to be printed."""

from typing import cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from inspections import scope
from inspections.admin.requests import TONES
from inspections.models import RequestStatus, VisitRequest
from portal.office.story import gathering
from portal.office.story.entries import Subject
from septam import audit, clock
from septam.digits import to_persian
from septam.office import pages as office_pages

_BESIDE = ("owner__profile", "place", "laboratory", "assigned_expert", "certificate", "previous")


@require_safe
def story_page(request: HttpRequest, pk: int) -> HttpResponse:
    """For who may see requests, and this one; what each reads of it follows from further permissions."""
    user = cast(User, request.user)
    if not user.has_perm("inspections.view_visitrequest"):
        raise PermissionDenied
    rows = scope.visible_to_staff(VisitRequest.objects.all(), user)  # type: ignore[arg-type]
    visit = rows.select_related(*_BESIDE).filter(pk=pk).first()
    if visit is None:
        raise Http404
    wanted = request.GET.getlist("part")
    told = gathering.of(Subject(visit, user), wanted)
    audit.record(user.pk, "office.view", visit, page="story")
    followers = rows.filter(previous=visit).order_by("pk")[:20]
    context = {
        "visit": visit,
        "tone": TONES[RequestStatus(visit.status)],
        "story": told,
        "followers": followers,
        "owner_url": _owner_page(visit, user),
        "back": reverse("admin:inspections_visitrequest_change", args=[visit.pk]),
        "now": clock.now(),
    }
    title = _("Story of request %(number)s") % {"number": to_persian(visit.number)}
    return office_pages.render(request, "admin/portal/story.html", title, **context)


def _owner_page(visit: VisitRequest, user: User) -> str:
    may = user.has_perm("accounts.view_user")
    return reverse("admin:accounts_user_change", args=[visit.owner_id]) if may else ""
