"""The page of the office's search: one box, the results by kind, or straight to the only one."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from portal.office.finding import find
from septam.office import pages as office_pages


@require_safe
def find_page(request: HttpRequest) -> HttpResponse:
    """Asked by GET, so that «back» returns to the results."""
    found = find(cast(User, request.user), request.GET.get("q", ""))
    if found.only:
        return redirect(found.only.url)
    return office_pages.render(
        request, "admin/portal/find.html", _("Search"), find_typed=found.readings.typed, found=found
    )
