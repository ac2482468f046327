"""The place as it stood at one moment, for the request and the certificate to keep."""

from typing import Any

from sites.models import Category, City
from sites.place import Place


def of(place: Place) -> dict[str, Any]:
    """All that a visit and a certificate need of the place, as JSON-able values.

    ``area`` is a decimal number of square metres as text. ``note`` is there only if the owner shares it,
    the holder's name and id only if they are not the account's own.
    """
    return {
        "title": place.title,
        "sign_name": place.sign_name,
        "postal_code": place.postal_code,
        "area": "" if place.area is None else f"{place.area:f}",
        **_category(place.category),
        **_city(place.city),
        "address": place.address,
        "representative_name": place.representative_name,
        "representative_phone": place.representative_phone,
        "second_phone": place.second_phone,
        "visiting_hours": place.visiting_hours,
        "laboratory_id": place.laboratory_id,
        "cloud_product_id": place.cloud_product_id,
        "cloud_landline": place.cloud_landline,
        "connection": place.connection,
        "women_only": place.women_only,
        "registrant_role": place.registrant_role,
        **_when_given(place),
    }


def _category(category: Category | None) -> dict[str, Any]:
    if category is None:
        return {}
    return {
        "category_id": category.pk,
        "category": category.name,
        "category_code": category.code,
        "level": category.level,
    }


def _city(city: City | None) -> dict[str, Any]:
    if city is None:
        return {}
    return {
        "city_id": city.pk,
        "city": city.name,
        "province_id": city.province_id,
        "province": city.province.name,
        "city_label": city.label,
    }


def _when_given(place: Place) -> dict[str, Any]:
    """What stands in a snapshot only sometimes."""
    found = {}
    if place.note_shared and place.note:
        found["note"] = place.note
    if place.holder_name:
        found["holder_name"] = place.holder_name
        found["holder_national_id"] = place.holder_national_id
    return found
