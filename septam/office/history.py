"""What the history of a row in the office says: which fields were saved, in Persian and true.

Django's own log of the office keeps the names of the fields of a form, and counts among them the password that a
form asks for once more.
"""

import json
from typing import Any

from django.contrib.admin.models import LogEntry
from django.utils.translation import gettext as _

# The label of accounts.second_factor.asking_again's field, as Django keeps it: untranslated.
PASSWORD_AGAIN = "Your password, once more"  # a label  # nosec B105


def without_password(message: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The parts of a log entry that tell of columns; none where only the own password was typed."""
    parts = (_part(one) for one in message)
    return [one for one in parts if one.get("changed", {}).get("fields", True)]


def _part(part: dict[str, Any]) -> dict[str, Any]:
    if "changed" not in part:
        return part
    fields = [name for name in part["changed"].get("fields", ()) if name != PASSWORD_AGAIN]
    return {"changed": part["changed"] | {"fields": fields}}


def told(entry: LogEntry) -> str:
    """What was done; «unchanged» of an entry that names no column, as those of former days may."""
    try:
        parts = json.loads(entry.change_message or "[]")
    except ValueError:
        return str(entry.change_message)
    left = LogEntry(change_message=json.dumps(without_password(parts)))
    return str(left.get_change_message()) or _("No fields changed.")
