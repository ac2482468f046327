"""What a member of staff's roles reach: laboratories, and for experts their coverage."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import Role, StaffAssignment, User


def assignments(user: Any, role: str) -> QuerySet[StaffAssignment]:
    """The person's active assignments of a role; none for a closed account or an anonymous visitor."""
    active = bool(user.is_authenticated and user.is_active and user.is_staff)
    found = (
        StaffAssignment.objects.filter(role=role, active=True)
        if active
        else StaffAssignment.objects.none()
    )
    return found.filter(user_id=user.pk) if active else found


def laboratory_ids(user: Any, role: str) -> list[int]:
    """The laboratories in which the person has this role."""
    found = assignments(user, role).values_list("laboratory_id", flat=True)
    return [pk for pk in found if pk is not None]


def has_role(user: Any, *roles: str) -> bool:
    """Whether the person has one of the roles, wherever; a superuser has every one."""
    if user.is_authenticated and user.is_active and user.is_superuser:
        return True
    return any(assignments(user, role).exists() for role in roles)


def roles_of(user: Any) -> frozenset[str]:
    """The person's active roles, asked once a request: they are kept on the person."""
    if not hasattr(user, "roles_now"):
        held = StaffAssignment.objects.filter(user_id=user.pk, active=True)
        user.roles_now = frozenset(held.values_list("role", flat=True))
    return frozenset(user.roles_now)


def is_expert_of(user: User, laboratory: Any) -> bool:
    """Whether the person is an expert of this laboratory."""
    return assignments(user, Role.EXPERT).filter(laboratory=laboratory).exists()


def standing(user_id: int) -> list[str]:
    """The person's active roles as «role:laboratory» (0: none), as the audit log keeps them."""
    held = StaffAssignment.objects.filter(user_id=user_id, active=True).order_by("pk")
    return [
        f"{role}:{laboratory or 0}"
        for role, laboratory in held.values_list("role", "laboratory_id")
    ]
