"""The owner's pages of a report that did not conform: what has to be mended, and the photos of it."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from inspections.answers import own_request, owner_of
from inspections.criteria.words import defects
from inspections.models import ReportState, RequestStatus, VisitReport
from inspections.reports import photo_access
from inspections.reports.summary import shown_area
from septam import clock


@login_required
@never_cache
@require_safe
def report(request: HttpRequest, number: str) -> HttpResponse:
    """«گزارش بازدید» of a visit that did not conform, made to be printed. Any other report is 404."""
    visit = own_request(request, number)
    told = VisitReport.objects.filter(request=visit, state=ReportState.ENDORSED)
    found = told.select_related("slot", "true_category").first()
    if found is None or visit.status != RequestStatus.NONCONFORMING:
        raise Http404
    context = {
        "visit": visit,
        "report": found,
        "defects": defects(found, photo_access.of_defects(visit.pk)),
        "area": shown_area(found.measured_area),
        "in_time": found.mend_by is not None and clock.today() <= found.mend_by,
        "support_phone": settings.SUPPORT_PHONE,
    }
    return render(request, "inspections/report.html", context)


@login_required
@require_safe
def photo(request: HttpRequest, number: str, token: str) -> HttpResponseBase:
    """A photo of a failed item, or (`?small`) its thumbnail; to the owner alone, once the result is told."""
    shown = photo_access.for_owner(owner_of(request), number, token)
    return photo_access.answer(shown, "small" in request.GET)
