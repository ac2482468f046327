"""Where a laboratory's manager begins the day: the buttons on the office's first page."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.scope import laboratory_ids, roles_of
from inspections.laboratories import leavers
from inspections.models import RequestStatus, VisitRequest
from septam.office.pages import OfficeLink

_LIST = "inspections_visitrequest_changelist"


def _manages(user: Any) -> bool:
    return Role.LAB_MANAGER in roles_of(user)


def _has_leavers(user: Any) -> bool:
    """Shown where there is something to do: it is rare."""
    if not _manages(user):
        return False
    own = VisitRequest.objects.filter(laboratory__in=laboratory_ids(user, Role.LAB_MANAGER))
    return leavers.left_behind(own).exists()


LINKS = (
    OfficeLink("inspections_visitrequest_unassigned", _("Give requests to experts"), _manages),
    OfficeLink(_LIST, _("Reports to decide"), _manages, f"work={RequestStatus.VISITED}"),
    OfficeLink(_LIST, _("Visits of today"), _manages, "work=today"),
    OfficeLink(_LIST, _("Requests of experts who left"), _has_leavers, f"work={leavers.CHOICE}"),
)
