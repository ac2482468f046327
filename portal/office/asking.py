"""What the finders of the office's search share: who asks for what, and what a result is."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise

from accounts.models import Role, User
from accounts.scope import has_role
from inspections import scope
from inspections.models import VisitRequest
from portal.office.readings import Readings
from septam.digits import numbers_to_persian
from sites.models import Place

MOST = 20


class Hit(NamedTuple):
    """One thing that was found: its name, the rest of the line, its page, and its row for the audit."""

    text: str
    url: str
    detail: str = ""
    row: str = ""
    story: str = ""


@dataclass
class Asked:
    """Who asks, and what for."""

    user: User
    readings: Readings

    @cached_property
    def knows_mobiles(self) -> bool:
        """Experts and laboratories never learn whose mobile a number is."""
        return has_role(self.user, Role.SUPPORT, Role.FINANCE, Role.MANAGER)

    @cached_property
    def owner_id(self) -> int:
        """Whose mobile was typed; 0 where nobody's, or where this person may not know."""
        if not (self.readings.mobile and self.knows_mobiles):
            return 0
        found = User.objects.filter(mobile=self.readings.mobile).values_list("pk", flat=True)
        return found.first() or 0

    @cached_property
    def held_places(self) -> set[int]:
        """The places whose holder (another than the account's) has the national number; none without the right to see it."""
        if not (self.readings.national and self.user.has_perm("accounts.view_profile")):
            return set()
        # In the words of the partial index.
        others = Place.objects.exclude(holder_national_id="")
        return ids_of(others.filter(holder_national_id__in=self.readings.national))

    @cached_property
    def requests(self) -> QuerySet[VisitRequest]:
        """The requests of this person's laboratory and coverage."""
        return scope.visible_to_staff(VisitRequest.objects.all(), self.user)  # type: ignore[arg-type]


Finder = Callable[[Asked], list[Hit]]


@dataclass(frozen=True)
class Kind:
    """A group of results: its heading, who may see it, its finder and the list with more of them."""

    title: str | Promise
    permission: str
    find: Finder
    more: str = ""
    # Stands below the others and never keeps a single result from being opened at once.
    aside: bool = False


def page_of(model: str, pk: int) -> str:
    """The office's page of a row."""
    return reverse(f"admin:{model}_change", args=[pk])


def line(*parts: Any) -> str:
    """What is known of the parts, in Persian digits."""
    return " – ".join(numbers_to_persian(str(part)) for part in parts if part)


def ids_of(rows: QuerySet[Any], column: str = "pk") -> set[int]:
    """The first ids; one more than are shown."""
    return set(rows.values_list(column, flat=True)[: MOST + 1])
