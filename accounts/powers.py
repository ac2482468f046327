"""Nobody takes a power unseen: roles and numbers of staff that changed lately stand on every manager's first page,
and who got a role lately is not yet one of the two people that a reset of a second factor, or money, takes.
"""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Role, StaffAssignment, User
from accounts.roles import PERMISSIONS
from septam import clock
from septam.alarms import Alarm
from septam.digits import to_persian
from septam.models import AuditEvent
from septam.office import lately
from septam.postgres import turns
from septam.refusal import Refusal

PERMISSION = "accounts.change_staffassignment"
NUMBER_MOVED = "staff.mobile_changed"
_MADE = ("office.add", "office.change")


def require_settled(actor: User, permission: str) -> None:
    """Raise Refusal to who is too new."""
    if reason := why_too_new(actor, permission):
        raise Refusal(reason)


def why_too_new(person: User, permission: str) -> str:
    """Why somebody to whom only new roles give the permission is not one of two people: else one manager makes them.

    Empty where nothing speaks against it. In the portal's own first days everybody is new.
    """
    until = clock.now() - timedelta(days=lately.DAYS)
    held = [
        role.held_since
        for role in person.assignments.filter(active=True)
        if permission in PERMISSIONS[Role(role.role)]
    ]
    if not held or any(since is None or since <= until for since in held):
        return ""
    if not AuditEvent.objects.filter(at__lte=until).exists():
        return ""
    text = _("%(name)s has had this role for less than %(days)s days; a colleague takes this step.")
    return text % {"name": str(person), "days": to_persian(lately.DAYS)}


def is_last_manager(person: User) -> bool:
    """Whether this manager is the only one. Until the transaction ends, nobody else asks it."""
    turns.take("accounts_last_manager")
    managing = StaffAssignment.objects.filter(
        role=Role.MANAGER, active=True, user__is_active=True, user__is_staff=True
    )
    return set(managing.values_list("user_id", flat=True)) == {person.pk}


def changed_lately() -> Iterator[Alarm]:
    """One line for each kind, for some days."""
    roles = Q(object_type="accounts.staffassignment", verb__in=_MADE)
    yield from lately.told(
        roles, "kind=accounts.staffassignment", PERMISSION,
        _("Roles of staff were changed %(count)s times in the last %(days)s days. If you do not know of it, look who did."),
    )  # fmt: skip
    yield from lately.told(
        Q(verb=NUMBER_MOVED), f"verb={NUMBER_MOVED}", PERMISSION,
        _("Mobiles of staff were changed %(count)s times in the last %(days)s days. If you do not know of it, look who did."),
    )  # fmt: skip
