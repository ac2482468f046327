"""What the copy of a place that a request keeps says of people: told in words, and taken out of it."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sites.models import Place
from sites.personal_data import ABOUT_PEOPLE

# How people at the place are reached: of use until the visit is over, and while a result can be disputed.
CONTACTS = (
    "representative_name", "representative_phone", "second_phone", "visiting_hours", "cloud_landline", "note",
)  # fmt: skip

# What a copy tells beside the fields of a place.
_OTHERS = {
    "holder": gettext_lazy("Holder of the licence"),
    "level": gettext_lazy("Level"),
    "province": gettext_lazy("Province"),
    "category_code": gettext_lazy("Code of the category"),
}


def without_people(snapshot: dict[str, Any]) -> dict[str, Any]:
    """The shop alone: no person, phone or address."""
    return {name: value for name, value in snapshot.items() if name not in ABOUT_PEOPLE}


def without_contacts(snapshot: dict[str, Any]) -> dict[str, Any]:
    """Without those who were on site and how to reach them."""
    return {name: value for name, value in snapshot.items() if name not in CONTACTS}


def as_text(snapshot: dict[str, Any]) -> str:
    """Each value under the name that the form of a place gives it; ids of rows, and what says a thing twice, are left out."""
    told = [
        (name, value)
        for name, value in snapshot.items()
        if (not name.endswith("_id") or name == "holder_national_id") and name != "city_label"
    ]
    return "؛ ".join(
        f"{_label(name)}: {_said(name, value)}" for name, value in told if value not in ("", None)
    )


def _said(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    field = _field(name)
    return str(dict(field.flatchoices).get(value, value)) if field else str(value)


def _label(name: str) -> str:
    field = _field(name)
    return str(field.verbose_name if field else _OTHERS.get(name, name))


def _field(name: str) -> Any:
    """The field of a place; None for what a copy tells beside them."""
    return next((field for field in Place._meta.fields if field.name == name), None)
