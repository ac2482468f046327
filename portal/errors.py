"""The portal's own error pages; those for 400 and 500 need neither database nor context."""

import sys

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from septam.forms import typed_before
from septam.kept_files import FileAway
from septam.logs import current_request_id

# A restart of the database takes about so long.
RETRY_SECONDS = 10


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A stale form comes back with what was typed, where its page keeps that; else say in plain words what to do."""
    again = typed_before.come_again(request)
    if again is not None:
        return again
    context = {"no_cookie": not request.COOKIES, "retry_url": request.path}
    return render(request, "403_csrf.html", context, status=403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A request that cannot be understood, or is larger than any form of ours."""
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    return HttpResponse(render_to_string(f"{status}.html"), status=status)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A page that this person may not open."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Nothing at this address, or nothing that this person may see."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours; 503 where the database or the storage of files is away, so that balancers and alarms tell the two apart."""
    body = render_to_string("500.html", {"request_id": current_request_id()})
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError | FileAway):
        return HttpResponse(body, status=503, headers={"Retry-After": str(RETRY_SECONDS)})
    return HttpResponse(body, status=500)
