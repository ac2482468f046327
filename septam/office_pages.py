"""Pages of the office that belong to no single model: an app registers them in `AppConfig.ready()`.

The office's site (accounts.office) gives them their addresses behind the second factor, and its first page
links to those that are to be shown to the visitor.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import admin
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.functional import Promise


class OfficePage(NamedTuple):
    """A page: its route below /office/, its name within «admin:», and the link that leads to it, if any."""

    route: str
    name: str
    view: Callable[..., HttpResponseBase]
    title: str | Promise = ""
    shown_to: Callable[[Any], bool] | None = None


_pages: dict[str, OfficePage] = {}


def register(page: OfficePage) -> None:
    """Add a page; the same name again takes its place."""
    _pages[page.name] = page


def paths(guard: Callable[..., Any]) -> list[URLPattern]:
    """The addresses; `guard` is the site's own `admin_view`."""
    return [path(page.route, guard(page.view), name=page.name) for page in _pages.values()]


def linked_for(user: Any) -> list[OfficePage]:
    """The pages that the first page offers this person."""
    return [page for page in _pages.values() if page.shown_to is not None and page.shown_to(user)]


def render(
    request: HttpRequest, template: str, title: str | Promise, **context: Any
) -> TemplateResponse:
    """A page in the office's frame."""
    return TemplateResponse(
        request, template, {**admin.site.each_context(request), "title": str(title), **context}
    )
