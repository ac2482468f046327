"""The people whom a page of audit events speaks of: one query however many, and no more of an owner than may be seen.

Staff are called by name and username; an owner by number and a mobile of which the middle is hidden.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.utils.html import format_html
from django.utils.translation import gettext as _

from septam import identity
from septam.digits import to_persian
from septam.models import AuditEvent
from septam.templatetags.persian import code

OWNERS_SHOWN = 3
_PEOPLE = "accounts.user"


@dataclass(frozen=True)
class _Person:
    username: str
    first_name: str
    last_name: str
    is_staff: bool
    mobile: str | None


class People:
    """Those whom the events name: who acted, whose data it was (the first of each), and whom something was done to."""

    def __init__(self, events: Iterable[AuditEvent]) -> None:
        ids = {pk for event in events for pk in _named_by(event)}
        columns = ("pk", "username", "first_name", "last_name", "is_staff", "mobile")
        rows = get_user_model()._default_manager.filter(pk__in=ids).values_list(*columns)
        self._found = {row[0]: _Person(*row[1:]) for row in rows}

    def called(self, pk: int) -> str:
        """«مریم رضایی (keenFoxB)» for staff, «متقاضی ۱۲ – ۰۹۱۲•••۴۵۶۷» for others; a number where nobody is left."""
        person = self._found.get(pk)
        number = to_persian(str(pk))
        if person is None:
            return _("Number %(number)s") % {"number": number}
        if person.is_staff:
            name = f"{person.first_name} {person.last_name}".strip()
            return f"{name} ({person.username})" if name else person.username
        text = _("Owner %(number)s") % {"number": number}
        hidden = to_persian(identity.hidden_mobile(person.mobile or ""))
        return format_html("{} – {}", text, code(hidden)) if hidden else text


def _named_by(event: AuditEvent) -> list[int]:
    found = [*(event.owner_ids or [])[:OWNERS_SHOWN]]
    if event.actor_id:
        found.append(event.actor_id)
    if event.object_type == _PEOPLE and event.object_id.isdigit():
        found.append(int(event.object_id))
    return found
