"""A place that was begun in the price calculator: what was told there waits in the session for the form of a new place.

Whoever asks for a price has no account yet; trade, area and city outlast registration and the first sign-in in it.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from septam.forms.fields import DecimalAreaField
from sites.long_lists import CATEGORIES, CITIES
from sites.place import Place

_KEY = "begun_place"
_FIELDS = ("category", "area", "city")
_LONGEST = 20


def remembers_what_was_told(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keeps ``?category=…&area=…&city=…`` (ids, square metres) in the session, also of somebody not signed in yet."""

    @wraps(view)
    def remembering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.GET.get("category"):
            request.session[_KEY] = {name: request.GET.get(name, "")[:_LONGEST] for name in _FIELDS}
        return view(request, *args, **kwargs)

    return remembering


def fill(place: Place, session: Mapping[str, Any]) -> None:
    """Give a new place what was told; what is no trade, area or city any more is left out."""
    told = session.get(_KEY, {})
    place.category = CATEGORIES.by_id(told.get("category", ""))
    place.city = CITIES.by_id(told.get("city", ""))
    try:
        place.area = DecimalAreaField(required=False).clean(told.get("area", ""))
    except ValidationError:
        place.area = None


def forget(session: Any) -> None:
    """The form was saved: the next place begins empty."""
    session.pop(_KEY, None)


def shown(place: Place) -> dict[str, Any]:
    """What the form of a new place begins with."""
    begun = {
        "category": place.category.name if place.category else "",
        "city": place.city.label if place.city else "",
        "area": place.area,
    }
    return {name: value for name, value in begun.items() if value}
