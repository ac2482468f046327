"""Pages that say the same to every visitor: rendered once, never for somebody whom another page belongs to."""

from collections.abc import Hashable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.test import RequestFactory

from septam import kept_pages
from septam.kept_pages import same_for_visitors


@pytest.fixture(autouse=True)
def _nothing_stands_on_every_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_pages, "_shared", {})


class Page:
    """A page that counts how often it was rendered, of a version that one may change."""

    def __init__(self, render: Any = None) -> None:
        self.version: Hashable = 1
        self.rendered = 0
        self.render = render or (lambda _request: HttpResponse(f"page {self.rendered}"))
        self.view = same_for_visitors(lambda **_address: self.version)(self._answer)

    def _answer(self, request: HttpRequest, **_address: object) -> HttpResponse:
        self.rendered += 1
        answer: HttpResponse = self.render(request)
        return answer

    def get(self, path: str = "/page/", method: str = "GET", **cookies: str) -> HttpResponse:
        request = RequestFactory().generic(method, path)
        request.COOKIES.update(cookies)
        request.user = AnonymousUser()
        return self.view(request)


def test_a_page_is_rendered_once_for_all_visitors() -> None:
    page = Page()
    answers = [page.get(), page.get(csrftoken="a" * 32), page.get()]
    assert [answer.content for answer in answers] == [b"page 1"] * 3
    assert {answer["Vary"] for answer in answers} == {"Cookie, Accept-Encoding"}


def test_what_the_view_says_in_its_head_is_kept_too() -> None:
    page = Page(lambda _request: HttpResponse("x", headers={"X-Robots-Tag": "noindex"}))
    assert [page.get()["X-Robots-Tag"] for _time in range(2)] == ["noindex"] * 2


def test_another_address_is_another_page() -> None:
    page = Page()
    assert page.get("/one/").content != page.get("/two/").content


def test_a_new_version_is_on_the_next_page() -> None:
    page = Page()
    page.get()
    page.version = 2
    assert page.get().content == page.get().content == b"page 2"


@pytest.mark.parametrize(
    "request_of_his_own",
    [
        {"path": "/page/?q=1"},
        {"sessionid": "abc"},
        {"messages": "abc"},
        {"method": "POST"},
        {"method": "HEAD"},
    ],
)
def test_who_is_known_asks_or_is_told_something_gets_his_own(
    request_of_his_own: dict[str, str],
) -> None:
    page = Page()
    page.get()
    own = page.get(**request_of_his_own)
    assert own.content == b"page 2"
    assert page.get().content == b"page 1"


def _cookie(_request: HttpRequest) -> HttpResponse:
    answer = HttpResponse("x")
    answer.set_cookie("a", "b")
    return answer


@pytest.mark.parametrize(
    "render",
    [
        lambda request: HttpResponse(get_token(request)),
        _cookie,
        lambda _request: HttpResponse("x", status=429),
    ],
)
def test_tokens_cookies_and_refusals_are_never_kept(render: Any) -> None:
    page = Page(render)
    page.get()
    page.get()
    assert page.rendered == 2


def test_a_page_that_is_missing_stays_missing_and_is_not_kept() -> None:
    def missing(_request: HttpRequest) -> HttpResponse:
        raise Http404

    page = Page(missing)
    for _time in range(2):
        with pytest.raises(Http404):
            page.get()
    assert page.rendered == 2


def test_a_change_while_the_page_is_rendered_is_not_kept_under_the_version_before() -> None:
    page = Page()

    def changed_meanwhile(_request: HttpRequest) -> HttpResponse:
        page.version = 2
        return HttpResponse("of version 2")

    page.render = changed_meanwhile
    page.get()
    page.version = 1
    page.render = lambda _request: HttpResponse("of version 1")
    assert page.get().content == b"of version 1"


def test_addresses_that_anybody_may_invent_do_not_fill_the_memory() -> None:
    page = Page()
    for number in range(700):
        page.get(f"/page/{number}/")
    assert page.get("/page/699/").content == b"page 700"
    page.get("/page/0/")
    assert page.rendered == 701
