"""Pages that say the same to every visitor are rendered once a process and state of what they show.

Such a view asks on each request for the editions of what it shows and of what stands on every page, by one statement for
all; what staff change is on the page with the next request, in every process. While the database is away a page stands as
it was last. Who is signed in, asks a question or is to be told something gets a page of his own.
"""

from collections.abc import Callable, Hashable
from functools import wraps
from typing import NamedTuple

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from septam import compression, editions

View = Callable[..., HttpResponse]
_MOST = 300


class _Kept(NamedTuple):
    version: Hashable
    content: bytes
    packed: dict[str, bytes]
    headers: dict[str, str]

    def answer(self, request: HttpRequest) -> HttpResponse:
        """In the encoding that this browser takes."""
        for name in compression.accepted(request):
            return HttpResponse(
                self.packed[name], headers={**self.headers, "Content-Encoding": name}
            )
        return HttpResponse(self.content, headers=self.headers)


_kept: dict[str, _Kept] = {}
_OfAll = Callable[[HttpRequest, int], Hashable]
_shared: dict[str, _OfAll] = {}


def register_version(edition: str, version: _OfAll) -> None:
    """For what stands on every page: `version` is told its edition, and what it gives counts for all that are kept."""
    _shared[edition] = version


def same_for_visitors(
    version: Callable[..., Hashable] = lambda **_address: None, *, shows: str = ""
) -> Callable[[View], View]:
    """For a view whose page depends on its address, the edition of `shows`, and `version(**kwargs of the address)` alone.

    Without either only settings and templates may decide what it says. A page with a token of a form, a cookie or
    another status than 200 is never kept.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, **kwargs: object) -> HttpResponse:
            if not asks_for_what_all_see(request):
                return view(request, **kwargs)
            own, shared = _editions(request, shows)
            now = (version(**kwargs), own, shared)
            found = _kept.get(request.path)
            if found is not None and found.version == now:
                return found.answer(request)
            response = view(request, **kwargs)
            # Changed meanwhile: the page may be older or newer than its version says.
            if may_be_kept(request, response) and _is_still(now, version(**kwargs), shows):
                return _keep(request.path, now, response).answer(request)
            return response

        return answer

    return decorate


def _editions(request: HttpRequest, shows: str) -> tuple[int, Hashable]:
    """Of what the page shows (0: of nothing that has one), and the version of what stands on every page."""
    names = (*_shared, *filter(None, [shows]))
    known = dict(zip(names, editions.numbers_or_last_known(*names), strict=True)) if names else {}
    return known.get(shows, 0), tuple(own(request, known[name]) for name, own in _shared.items())


def on_every_page(request: HttpRequest) -> Hashable:
    """The version of what stands on every page."""
    return _editions(request, "")[1]


def _is_still(now: tuple[Hashable, int, Hashable], version: Hashable, shows: str) -> bool:
    own = editions.numbers_or_last_known(shows)[0] if shows else 0
    return now[:2] == (version, own)


def asks_for_what_all_see(request: HttpRequest) -> bool:
    """Whether nothing that this request brings could make its page another than everybody's."""
    cookies = request.COOKIES
    return (
        request.method == "GET"
        and not request.META.get("QUERY_STRING")
        and settings.SESSION_COOKIE_NAME not in cookies
        and CookieStorage.cookie_name not in cookies
    )


def may_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
    """A page with a token of a form, a cookie or another status than 200 is its reader's alone."""
    has_token = request.META.get("CSRF_COOKIE_NEEDS_UPDATE", False)
    return response.status_code == 200 and not response.cookies and not has_token


def _keep(path: str, version: Hashable, response: HttpResponse) -> _Kept:
    patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
    if len(_kept) >= _MOST:
        _kept.clear()
    packed = compression.packed_once(response.content)
    kept = _kept[path] = _Kept(version, response.content, packed, dict(response.items()))
    return kept


_answers: dict[Hashable, tuple[Hashable, bytes]] = {}
_MOST_ANSWERS = 2_000


def kept_answer(key: Hashable, version: Hashable, make: Callable[[], bytes]) -> bytes:
    """A short answer that is the same for everybody, made once for each key and version.

    Ask for the version first: what is made after it is at least as new.
    """
    found = _answers.get(key)
    if found is not None and found[0] == version:
        return found[1]
    if len(_answers) >= _MOST_ANSWERS:
        _answers.clear()
    made = make()
    _answers[key] = (version, made)
    return made


def forget() -> None:
    """Render every page anew (for tests that change settings)."""
    _kept.clear()
    _answers.clear()
