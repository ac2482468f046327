"""Who looks at the office's first page, and how far his figures reach."""

from dataclasses import dataclass
from functools import cached_property

from accounts.models import Role, StaffAssignment, User

_COUNTRY = frozenset({Role.SUPPORT, Role.FINANCE, Role.MANAGER})


@dataclass(frozen=True)
class Viewer:
    """A member of staff with the roles that are his now; a superuser has a manager's."""

    user: User
    assignments: tuple[StaffAssignment, ...]

    @cached_property
    def roles(self) -> frozenset[str]:
        """All of them."""
        roles = {assignment.role for assignment in self.assignments}
        return frozenset(roles | ({Role.MANAGER} if self.user.is_superuser else set()))

    def has(self, *roles: str) -> bool:
        """Whether he has one of these."""
        return bool(self.roles & set(roles))

    @property
    def sees_all(self) -> bool:
        """Whether his figures are the whole country's."""
        return self.has(*_COUNTRY)

    @property
    def laboratories(self) -> frozenset[int]:
        """The laboratories that he manages."""
        found = (a.laboratory_id for a in self.assignments if a.role == Role.LAB_MANAGER)
        return frozenset(pk for pk in found if pk is not None)

    @property
    def is_expert(self) -> bool:
        """Whether he visits places."""
        return self.has(Role.EXPERT)


def viewer_of(user: User) -> Viewer:
    """One query."""
    return Viewer(user, tuple(StaffAssignment.objects.filter(user=user, active=True)))
