"""The secret address of an expert's calendar: no session, no sign-in, counted, quiet about what does not exist."""

import hashlib

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from accounts.limits import DAY, HOUR, address_key
from inspections.models import VisitRequest
from inspections.visits import calendar_feed
from septam import audit
from septam.throttle import Limit, hit

# A phone asks some times an hour; a laboratory's experts share an address.
OF_ADDRESS = Limit("feed-address", 600, HOUR)
OF_FEED = Limit("feed", 60, HOUR)
# A phone that asks all day for the same visits looked at them once.
SAME_LOOK = Limit("feed-look", 1, DAY)
_HEADERS = {"Cache-Control": "private, max-age=300", "X-Robots-Tag": "noindex"}


@require_safe
def expert_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The visits as text/calendar, or 304 where nothing changed; 404 for a secret that opens nothing."""
    verdict = hit(OF_ADDRESS, address_key(request))
    if not verdict.allowed:
        return _wait(verdict.wait_seconds)
    feed = calendar_feed.find(secret)
    if feed is None:
        raise Http404
    verdict = hit(OF_FEED, str(feed.pk))
    if not verdict.allowed:
        return _wait(verdict.wait_seconds)
    slots = list(calendar_feed.slots_of(feed.expert))
    content = calendar_feed.content(slots)
    etag = f'"{hashlib.sha256(content).hexdigest()}"'
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    found = get_conditional_response(request, etag=etag, response=answer) or answer
    if found.status_code == 200 and slots and hit(SAME_LOOK, f"{feed.pk}:{etag}").allowed:
        ids = sorted({slot.request_id for slot in slots})
        audit.record(feed.expert_id, "office.feed", VisitRequest(), ids=ids)
    for name, value in {**_HEADERS, "ETag": etag}.items():
        found[name] = value
    return found


def _wait(seconds: int) -> HttpResponse:
    return HttpResponse(
        status=429, headers={"Retry-After": str(seconds), "Cache-Control": "no-store"}
    )
