"""The portal's own error pages; those for 400 and 500 need neither database nor context."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from septam import typed_before


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
    """A fault of ours."""
    return HttpResponse(render_to_string("500.html"), status=500)
