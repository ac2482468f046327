"""What holds between the data of a place: the form asks here, beside each field's own check."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from sites import postal
from sites.freezing import has_live_request
from sites.place import Place, PlaceState, RegistrantRole

Fault = tuple[str, Any]


def faults(place: Place, data: dict[str, Any]) -> Iterator[Fault]:
    """What is wrong with the cleaned data, as field name and message."""
    if data.get("complete"):
        yield from _unfinished(data)
    elif place.pk and place.is_complete and has_live_request(place):
        yield (
            "complete",
            _("This place is in the cart; take it out before you leave it incomplete."),
        )
    yield from _holder(data)


def _unfinished(data: dict[str, Any]) -> Iterator[Fault]:
    if data.get("cloud_product") and data.get("cloud_landline") == "":
        yield "cloud_landline", _("Write the landline for the cloud service.")


def _holder(data: dict[str, Any]) -> Iterator[Fault]:
    acts_for_another = data.get("registrant_role") not in (None, "", RegistrantRole.OWNER)
    for name, message in (
        ("holder_name", _("Write the name of the licence's holder.")),
        ("holder_national_id", _("Write the national id of the licence's holder.")),
    ):
        if acts_for_another and data.get("complete") and data.get(name) == "":
            yield name, message
        if not acts_for_another and data.get(name):
            yield name, _("You act as the owner: leave this empty, or choose your role above.")


def postal_warnings(place: Place, data: dict[str, Any]) -> list[Any]:
    """What is odd about a postal code that is new with this form; the owner may go on all the same."""
    code, city = data.get("postal_code"), data.get("city")
    if not code or (place.postal_code == code and (city is None or place.city_id == city.pk)):
        return []
    warnings: list[Any] = []
    if city is not None and postal.is_unlike(code, city):
        warnings.append(_("This postal code is unlike those of the chosen city."))
    if _stands_elsewhere(place, code):
        warnings.append(_("This postal code stands for another place too."))
    return warnings


def _stands_elsewhere(place: Place, code: str) -> bool:
    # Only among the owner's own places: a warning about others' would tell who is registered.
    others = Place.objects.filter(owner_id=place.owner_id, postal_code=code).exclude(
        state=PlaceState.ARCHIVED
    )
    return others.exclude(pk=place.pk).exists()
