"""Pages of the office that belong to no single model: an app registers them in `AppConfig.ready()`.

The office's site (accounts.office) gives them their addresses behind the second factor, and its first page
links to those that are to be shown to the visitor, after the lists where the visitor's daily work waits.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib import admin
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise


class OfficePage(NamedTuple):
    """A page: its route below /office/, its name within «admin:», and the link that leads to it, if any."""

    route: str
    name: str
    view: Callable[..., HttpResponseBase]
    title: str | Promise = ""
    shown_to: Callable[[Any], bool] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return reverse(f"admin:{self.name}")


@dataclass(frozen=True)
class OfficeLink:
    """A button of the first page that leads to where a role's daily work waits: a page within «admin:»."""

    name: str
    title: str | Promise
    shown_to: Callable[[Any], bool]
    # What the list behind it is narrowed to («work=visited»).
    query: str = ""

    @property
    def url(self) -> str:
        """Its address."""
        address = reverse(f"admin:{self.name}")
        return f"{address}?{self.query}" if self.query else address


_pages: dict[str, OfficePage] = {}
_links: dict[tuple[str, str], OfficeLink] = {}


def register(page: OfficePage) -> None:
    """Add a page; the same name again takes its place."""
    _pages[page.name] = page


def link(*links: OfficeLink) -> None:
    """Offer these on the first page, in this order; the same again takes its place."""
    for one in links:
        _links[one.name, one.query] = one


def paths(guard: Callable[..., Any]) -> list[URLPattern]:
    """The addresses; `guard` is the site's own `admin_view`."""
    return [path(page.route, guard(page.view), name=page.name) for page in _pages.values()]


def linked_for(user: Any) -> list[OfficeLink | OfficePage]:
    """What the first page offers this person: the daily work, then pages of their own."""
    links = [one for one in _links.values() if one.shown_to(user)]
    pages = [one for one in _pages.values() if one.shown_to is not None and one.shown_to(user)]
    return [*links, *pages]


def render(
    request: HttpRequest, template: str, title: str | Promise, **context: Any
) -> TemplateResponse:
    """A page in the office's frame."""
    return TemplateResponse(
        request, template, {**admin.site.each_context(request), "title": str(title), **context}
    )
