"""What an audit event keeps beside its verb, in words; the page shows the kept text below them, letter by letter."""

from typing import Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from septam.digits import to_persian

_NAMES: dict[str, Promise] = {
    "as": gettext_lazy("In the role of"),
    "to": gettext_lazy("Became"),
    "fields": gettext_lazy("Fields"),
    "ids": gettext_lazy("Numbers of the rows"),
    "rows": gettext_lazy("Number of rows"),
    "reason": gettext_lazy("Reason"),
    "page": gettext_lazy("Page"),
    "order": gettext_lazy("Order"),
    "change": gettext_lazy("Change of mobile"),
    "kind": gettext_lazy("Kind"),
    "by": gettext_lazy("By"),
    "was": gettext_lazy("Earlier name"),
    "way": gettext_lazy("Way"),
    "message": gettext_lazy("Message"),
    "reference": gettext_lazy("Reference"),
    "gateway": gettext_lazy("Bank"),
    "photo": gettext_lazy("Photo"),
    "owner": gettext_lazy("Owner"),
    "attempt": gettext_lazy("Payment attempt"),
    "passed": gettext_lazy("Passed"),
}
_STATES = ("status", "state")


def in_words(object_type: str, detail: dict[str, Any]) -> list[tuple[str, str]]:
    """Name and value of each entry; a name or a code without words stays as it was kept."""
    try:
        model = apps.get_model(object_type)
    except (LookupError, ValueError):  # one that is gone
        model = None
    return [(str(_NAMES.get(key, key)), _value(model, key, value)) for key, value in detail.items()]


def _value(model: Any, key: str, value: Any) -> str:
    if isinstance(value, list):
        return "، ".join(_value(model, key, one) for one in value) or "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if key == "as":
        return _role(str(value))
    if key == "to" and model is not None:
        return _state(model, value)
    if key == "fields" and model is not None:
        return _field(model, str(value))
    return to_persian(value) if isinstance(value, int) else str(value)


def _role(kept: str) -> str:
    """«lab_manager:3» is a role and its laboratory, 0 none."""
    role, _colon, laboratory = kept.partition(":")
    choices = apps.get_model("accounts.staffassignment")._meta.get_field("role").flatchoices
    name = str(dict(choices).get(role, role))
    if laboratory in ("", "0"):
        return name
    return _("%(role)s of laboratory %(number)s") % {"role": name, "number": to_persian(laboratory)}


def _state(model: Any, value: Any) -> str:
    for field in model._meta.concrete_fields:
        if field.name in _STATES:
            return str(dict(field.flatchoices).get(value, value))
    return str(value)


def _field(model: Any, name: str) -> str:
    found = {field.name: field for field in model._meta.concrete_fields}.get(name)
    return str(found.verbose_name) if found is not None else name
