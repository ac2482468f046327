"""Where a member of staff lands after the second factor: the office's first page, or the page of one's role.

An app further up registers the page of a role from its `AppConfig.ready()`.
"""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise

from accounts.models import StaffAssignment


@dataclass(frozen=True)
class Landing:
    """The page of a role: the name of its address and what links to it are called."""

    role: str
    url_name: str
    label: str | Promise

    @property
    def url(self) -> str:
        """The address."""
        return reverse(self.url_name)


_pages: dict[str, Landing] = {}


def register(landing: Landing) -> None:
    """Make it the page of its role."""
    _pages[landing.role] = landing


def _roles_of(user: Any) -> set[str]:
    rows = StaffAssignment.objects.filter(user_id=user.pk, active=True)
    return set(rows.values_list("role", flat=True))


def of(user: Any) -> Landing | None:
    """The page of one of the person's roles, for a link on the office's first page; None without one."""
    return next((page for role, page in _pages.items() if role in _roles_of(user)), None)


def after_sign_in(user: Any, target: str) -> str:
    """`target`, or in place of the office's first page the page of whoever has one role alone."""
    index = reverse("admin:index")
    roles = _roles_of(user) if target in ("", index) else set()
    alone = _pages.get(next(iter(roles))) if len(roles) == 1 else None
    return alone.url if alone else target or index
