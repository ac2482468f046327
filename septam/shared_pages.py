"""Pages that many web processes keep together, each rendered once a version of what it shows (`septam/shared_cache.py`).

For pages of which there are too many for the memory of every process (`septam/kept_pages.py`), such as the public page of
each certificate.
"""

import json
from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from septam import compression, kept_pages, release, shared_cache
from septam.kept_pages import View

# Seconds. A page is right for its version however old it is; what nobody opens again is to leave Redis.
KEEP = 3600


def kept_by_all(version: Callable[..., str]) -> Callable[[View], View]:
    """For a view whose page depends on its address and `version(**kwargs of the address)` alone; "" is never kept.

    Without a shared cache the view answers, as it does for who is signed in, asks a question or is to be told something.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, **address: object) -> HttpResponse:
            if not shared_cache.is_on() or not kept_pages.asks_for_what_all_see(request):
                return view(request, **address)
            now = version(**address)
            if not now:
                return view(request, **address)
            key = _key(request, now)
            kept = shared_cache.get(key)
            if kept is not None:
                return _unpacked(kept)
            response = view(request, **address)
            # Changed meanwhile: the page may be older or newer than its version says.
            if kept_pages.may_be_kept(request, response) and version(**address) == now:
                shared_cache.put(key, _packed(request, response), KEEP)
            return response

        return answer

    return decorate


def _key(request: HttpRequest, version: str) -> str:
    encodings = compression.accepted(request)[:1]
    return shared_cache.key_of(
        release.fingerprint(), request.path, version, kept_pages.on_every_page(request), encodings
    )


def _packed(request: HttpRequest, response: HttpResponse) -> bytes:
    """The answer with its head, compressed as this browser takes it: the next one need not compress it again."""
    patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
    compression.pack(response, compression.accepted(request))
    return json.dumps(dict(response.items())).encode() + b"\n" + response.content


def _unpacked(kept: bytes) -> HttpResponse:
    head, _line, content = kept.partition(b"\n")
    return HttpResponse(content, headers=json.loads(head))
