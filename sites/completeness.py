"""What a place still lacks before a visit can be requested."""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from sites.models import City
from sites.place import Place, RegistrantRole
from sites.search import laboratories_for


class Task(NamedTuple):
    """One line of the task list (`templates/septam/task_list.html`)."""

    title: Any
    url: str
    done: bool


# (field of the form, what to call it); in the order of the form.
_NEEDED = (
    ("category", _("Category")),
    ("postal_code", _("Postal code")),
    ("area", _("Area")),
    ("city", _("Province and city")),
    ("address", _("Exact address")),
    ("representative_name", _("Representative on site")),
    ("representative_phone", _("Phone of the representative on site")),
    ("laboratory", _("Laboratory")),
)

_TICK = _("The tick that the data are complete")


def tasks(place: Place) -> list[Task]:
    """Each thing that the place lacks, with where on its form it is filled in, and the tick last. No query."""
    lacks = [(name, label) for name, label in _needed(place) if not _is_given(place, name)]
    if not place.is_complete:
        lacks.append(("complete", _TICK))
    return [Task(label, f"#id_{name}", done=False) for name, label in lacks]


def missing(place: Place) -> list[Any]:
    """What is to be done yet, in words, for the place's card. No query."""
    lacks = [label for name, label in _needed(place) if not _is_given(place, name)]
    return lacks if place.is_complete else [*lacks, _TICK]


def obstacles(place: Place) -> list[Any]:
    """Why no visit can be requested now; empty when one can.

    Besides what is missing: a category that is no longer in the list, a laboratory that has left the city.
    """
    found = missing(place)
    if place.category and not place.category.active:
        found.append(_("The category is no longer in the list; choose another."))
    if place.city and place.laboratory_id and not _is_covered(place.city, place.laboratory_id):
        found.append(_("The laboratory no longer covers the city; choose another."))
    return found


def _is_covered(city: City, laboratory_id: int) -> bool:
    return laboratories_for(city).filter(pk=laboratory_id).exists()


def _needed(place: Place) -> list[tuple[str, Any]]:
    needed = list(_NEEDED)
    if place.cloud_product_id:
        needed.append(("cloud_landline", _("Landline of the cloud service")))
    if place.registrant_role != RegistrantRole.OWNER:
        needed.append(("holder_name", _("Holder of the licence")))
    return needed


def _is_given(place: Place, name: str) -> bool:
    value = (
        getattr(place, f"{name}_id")
        if name in ("category", "city", "laboratory")
        else getattr(place, name)
    )
    return bool(value)
