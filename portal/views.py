"""An owner's two pages: «محل من» and «سوابق اقدام»."""

from functools import partial
from typing import NamedTuple, cast

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from inspections import standing
from inspections.laboratories import leavers
from inspections.models import VisitRequest, VisitSlot
from inspections.step_shown import NextStep
from septam.forms import typed_before
from septam.paging import page_of
from septam.postgres.prepared import Prepared
from septam.templatetags.persian import code, fa, visit_day
from septam.templatetags.ui import Fact
from septam.text import search_key
from sites.models import Place
from sites.place import PlaceState

PAGE_SIZE = 10
# From so many places on, the page offers a search and the archive stands apart.
MANY = 6
_PLACE_FORMS = ("sites:place_create", "sites:place_edit")
_TITLE = 80  # letters of a draft's title that are shown


@login_required
@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """The owner's places as cards, each with what happens next and what can be done now."""
    owner = cast(User, request.user)
    archived, words = request.GET.get("show") == "archived", request.GET.get("q", "")[:60]
    first = None if archived or words else _FIRST_PLACES(owner.pk)
    rows = partial(_places, owner, archived, words)
    page = page_of(rows, request.GET.get("page"), PAGE_SIZE, first)
    standings = standing.of_places(list(page.object_list))
    context = {
        "page": page,
        "cards": [_card(one) for one in standings],
        **(_way_ahead(standings[0]) if len(standings) == 1 and not archived else {}),
        "archived": archived,
        "words": words,
        "drafts": _drafts(request),
        "many": page.paginator.count >= MANY or bool(words),
    }
    return render(request, "portal/places.html", context)


def _way_ahead(only: standing.Standing) -> dict[str, str]:
    """«مراحل بعدی» for somebody whose only place was never requested."""
    place = only.place
    if only.request is not None or only.certificate is not None:
        return {}
    if not (place.is_complete and place.category_id):
        return {"stage": "draft"}
    return {
        "stage": "ready",
        "rules_url": f"{reverse('inspections:criteria', args=[place.category_id])}?place={place.pk}",
    }


class Draft(NamedTuple):
    """The form of a place that was begun and not sent: its address and the title that stands in it."""

    url: str
    title: str


def _drafts(request: HttpRequest) -> list[Draft]:
    """Newest first."""
    return [
        Draft(path, (typed.get("title") or [""])[0][:_TITLE])
        for path, typed in reversed(typed_before.drafts(request).items())
        if resolve(path).view_name in _PLACE_FORMS
    ]


class Card(NamedTuple):
    """What `step_card` draws."""

    title: str
    step: NextStep
    facts: list[Fact]


def _card(one: standing.Standing) -> Card:
    place, facts = one.place, []
    if place.category:
        facts.append(Fact(_("Category"), place.category.name))
    if place.city:
        facts.append(Fact(_("City"), place.city.label))
    if place.postal_code:
        tone = "ready" if place.is_complete else "muted"
        facts.append(Fact(_("Postal code"), code(fa(place.postal_code)), tone))
    return Card(place.title, one.next_step, facts)


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
    return render(request, "portal/history.html", {"page": page, "cards": _cards(page)})


def _history(owner: User) -> QuerySet[VisitRequest]:
    return standing.history_of(owner).select_related("place", "assigned_expert", "certificate")


_FIRST_REQUESTS = Prepared(
    lambda owner_id: _history(User(pk=owner_id))[: PAGE_SIZE + 1]  # type: ignore[misc]
)


def _cards(page: Page[VisitRequest]) -> list[Card]:
    requests = list(page.object_list)
    slots = standing.holding_slots(requests)
    return [_request_card(visit, slots.get(visit.pk)) for visit in requests]


def _request_card(visit: VisitRequest, slot: VisitSlot | None) -> Card:
    facts = [Fact(_("Tracking number"), code(fa(visit.number)))]
    is_off = slot is not None and leavers.is_off(slot)
    if slot and not is_off:
        facts.append(Fact(_("Visit time"), visit_day(slot.starts_at)))
    if visit.assigned_expert and not is_off:
        facts.append(Fact(_("Expert"), visit.assigned_expert))
    return Card(visit.place_title, standing.step_in_history(visit, slot), facts)
