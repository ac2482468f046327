"""What the copy of a place that a request keeps says of people: told in words, and taken out of it."""

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _

from sites.models import Place
from sites.personal_data import ABOUT_PEOPLE

# How people at the place are reached: of use until the visit is over, and while a result can be disputed.
CONTACTS = (
    "representative_name", "representative_phone", "second_phone", "visiting_hours", "cloud_landline", "note",
)  # fmt: skip


def without_people(snapshot: dict[str, Any]) -> dict[str, Any]:
    """The shop alone: no person, phone or address."""
    return {name: value for name, value in snapshot.items() if name not in ABOUT_PEOPLE}


def without_contacts(snapshot: dict[str, Any]) -> dict[str, Any]:
    """Without those who were on site and how to reach them."""
    return {name: value for name, value in snapshot.items() if name not in CONTACTS}


def as_text(snapshot: dict[str, Any]) -> str:
    """Each value under the name that the form of a place gives it; ids of rows are left out."""
    told = [
        (name, value)
        for name, value in snapshot.items()
        if not name.endswith("_id") or name == "holder_national_id"
    ]
    return "؛ ".join(
        f"{_label(name)}: {_said(value)}" for name, value in told if value not in ("", None)
    )


def _said(value: Any) -> str:
    return (_("yes") if value else _("no")) if isinstance(value, bool) else str(value)


def _label(name: str) -> str:
    try:
        return str(Place._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    except FieldDoesNotExist:
        return {"holder": _("Holder of the licence"), "level": _("Level")}.get(name, name)
