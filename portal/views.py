"""An owner's two pages: «محل من» and «سوابق اقدام»."""

from functools import partial
from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from inspections import next_step, standing
from inspections.models import VisitRequest, VisitSlot
from septam import clock
from septam.paging import page_of
from septam.prepared import Prepared
from septam.text import search_key
from sites.models import Place
from sites.place import PlaceState

PAGE_SIZE = 10
# From so many places on, the page offers a search and the archive stands apart.
MANY = 6


@login_required
@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """The owner's places as cards, each with what happens next and what can be done now."""
    owner = cast(User, request.user)
    archived, words = request.GET.get("show") == "archived", request.GET.get("q", "")[:60]
    first = None if archived or words else _FIRST_PLACES(owner.pk)
    rows = partial(_places, owner, archived, words)
    page = page_of(rows, request.GET.get("page"), PAGE_SIZE, first)
    context = {
        "page": page,
        "standings": standing.of_places(list(page.object_list)),
        "archived": archived,
        "words": words,
        "many": page.paginator.count >= MANY or bool(words),
    }
    return render(request, "portal/places.html", context)


def _places(owner: User, archived: bool, words: str) -> QuerySet[Place]:
    mine = Place.objects.visible_to(owner).select_related("category", "city__province")
    if archived:
        mine = mine.filter(state=PlaceState.ARCHIVED)
    else:
        mine = mine.exclude(state=PlaceState.ARCHIVED)
    if search_key(words):
        mine = mine.filter(search_key__contains=search_key(words))
    return mine.order_by("-id")


_FIRST_PLACES = Prepared(
    lambda owner_id: _places(User(pk=owner_id), False, "")[: PAGE_SIZE + 1]  # type: ignore[misc]
)


@login_required
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """«سوابق اقدام»: the requests on which an expert has acted; empty until then."""
    owner = cast(User, request.user)
    first = _FIRST_REQUESTS(owner.pk)
    page = page_of(partial(_history, owner), request.GET.get("page"), PAGE_SIZE, first)
    return render(request, "portal/history.html", {"page": page, "entries": _entries(page)})


def _history(owner: User) -> QuerySet[VisitRequest]:
    return standing.history_of(owner).select_related("place", "assigned_expert")


_FIRST_REQUESTS = Prepared(
    lambda owner_id: _history(User(pk=owner_id))[: PAGE_SIZE + 1]  # type: ignore[misc]
)


def _entries(page: Page[VisitRequest]) -> list[dict[str, object]]:
    requests = list(page.object_list)
    slots = standing.holding_slots(requests)
    return [_entry(visit, slots.get(visit.pk)) for visit in requests]


def _entry(visit: VisitRequest, slot: VisitSlot | None) -> dict[str, object]:
    step = next_step.of(visit, slot, clock.now())
    return {"request": visit, "slot": slot, "next_step": step}
