"""What every request passes through: a request id, the content security policy, the caching rules of our pages."""

import ipaddress
import uuid
from collections.abc import Callable

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string

from septam.logs import begin_request

Handler = Callable[[HttpRequest], HttpResponse]


def client_address(request: HttpRequest) -> str:
    """The client's IP address; X-Forwarded-For counts only behind a trusted proxy.

    The right-most address that is not a trusted proxy is taken: all to its left may be forged.
    """
    # The one place where these are read.
    # nosemgrep: address-of-the-client-by-hand
    address = request.META.get("REMOTE_ADDR", "")
    if address not in settings.TRUSTED_PROXIES:
        return address
    # nosemgrep: address-of-the-client-by-hand
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    for hop in reversed(forwarded.split(",")):
        if hop.strip() and hop.strip() not in settings.TRUSTED_PROXIES:
            return _valid(hop.strip()) or address
    return address


def _valid(address: str) -> str:
    """The address in its one form; empty for what is none, or names an interface besides (fe80::1%eth0)."""
    try:
        return "" if "%" in address else str(ipaddress.ip_address(address))
    except ValueError:
        return ""


class RequestIdMiddleware:
    """Gives each request an id that its log lines, audit events and error page share."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the id in `X-Request-Id`."""
        request_id = uuid.uuid4().hex
        begin_request(request_id, client_address(request))
        response = self.get_response(request)
        response["X-Request-Id"] = request_id
        return response


class ContentPolicyMiddleware:
    """The content security policy, one for all pages: there is no nonce and no exception, so it is written once."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.policy = build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the policy of the settings."""
        response = self.get_response(request)
        response.setdefault(HEADER, self.policy)
        return response


class CacheRulesMiddleware:
    """Pages are private and revalidated unless a view said otherwise.

    `no-store` would empty a form on the back button; views with money or personal papers set it.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with a Cache-Control header."""
        response = self.get_response(request)
        response.setdefault("Cache-Control", "private, no-cache")
        return response


class NotAllowedPageMiddleware:
    """A page of ours where Django answers a wrong method with nothing at all (a bookmark, the back button)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with a body where there is none."""
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            response.content = render_to_string("405.html", request=request).encode()
        return response


class NullByteMiddleware:
    """404 for an address with a NUL in it: Postgres cannot be asked with one, and no page of ours has one."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; raises Http404, which the handlers around turn into the page."""
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise Http404
        return self.get_response(request)
