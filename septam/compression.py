"""Pages go out compressed, whoever stands in front of the portal: on a slow line that is the larger part of the wait.

Static files lie compressed on the disk, and public pages that are kept are compressed once (`septam/kept_pages.py`).
"""

import re
import secrets
from collections.abc import Callable

import brotli
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.text import compress_string

Handler = Callable[[HttpRequest], HttpResponse]
# Pictures, papers and spreadsheets are compressed in themselves; what streams (exports) is left alone.
_KINDS = ("text/html", "application/json")
# Below this a packet carries it either way.
_LEAST = 600
# What a guess reflected in a page would shorten is hidden by up to so many random bytes (BREACH). Django masks the
# token of forms anew in each page besides, and the session's cookie comes with no request that another site embeds.
_RANDOM_BYTES = 100
# With a weight of zero an encoding is refused.
_REFUSED = r"(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))"
_BROTLI, _GZIP = re.compile(rf"\bbr\b{_REFUSED}"), re.compile(rf"\bgzip\b{_REFUSED}")


def packed_once(content: bytes) -> dict[str, bytes]:
    """A page that holds no secret and is sent many times, by the names of encodings, the smallest first."""
    return {
        "br": brotli.compress(content, mode=brotli.MODE_TEXT, quality=11),
        "gzip": compress_string(content),
    }


def accepted(request: HttpRequest) -> list[str]:
    """The encodings of ours that the browser takes, the one that packs smaller first."""
    named = request.META.get("HTTP_ACCEPT_ENCODING", "")
    return [name for name, found in (("br", _BROTLI), ("gzip", _GZIP)) if found.search(named)]


class CompressionMiddleware:
    """Compresses each page that is not compressed yet."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer compressed where browser and page are fit for it."""
        response = self.get_response(request)
        if self._is_fit(response):
            patch_vary_headers(response, ["Accept-Encoding"])
            pack(response, accepted(request))
        return response

    @staticmethod
    def _is_fit(response: HttpResponse) -> bool:
        return (
            not response.streaming
            and not response.has_header("Content-Encoding")
            and response.get("Content-Type", "").startswith(_KINDS)
            and len(response.content) >= _LEAST
        )


def pack(response: HttpResponse, names: list[str]) -> None:
    """Compress an answer in the first of these encodings that is fit for it."""
    if response["Content-Type"].startswith("application/json"):
        # Brotli's padding is a comment of HTML.
        names = [name for name in names if name == "gzip"]
    if names:
        response.headers.pop("Content-Length", None)
        response["Content-Encoding"] = names[0]
        response.content = _PACK[names[0]](response.content)


def _brotli(page: bytes) -> bytes:
    # Quicker than gzip in this setting, and for the longest form an eighth smaller.
    padding = secrets.token_hex(secrets.randbelow(_RANDOM_BYTES // 2) + 1)
    return brotli.compress(page + f"<!-- {padding} -->".encode(), mode=brotli.MODE_TEXT, quality=7, lgwin=16)  # fmt: skip


def _gzip(page: bytes) -> bytes:
    return compress_string(page, max_random_bytes=_RANDOM_BYTES)


_PACK = {"br": _brotli, "gzip": _gzip}
