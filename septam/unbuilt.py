"""A stand-in for views that are not built yet; gone before the first release."""

from django.http import HttpRequest, HttpResponse


def unbuilt(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Say that the page is not there yet."""
    return HttpResponse(status=501)
