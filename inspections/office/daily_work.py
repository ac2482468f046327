"""Where a laboratory's manager begins the day: the buttons on the office's first page."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.scope import roles_of
from inspections.models import RequestStatus
from septam.office.pages import OfficeLink

_LIST = "inspections_visitrequest_changelist"


def _manages(user: Any) -> bool:
    return Role.LAB_MANAGER in roles_of(user)


LINKS = (
    OfficeLink("inspections_visitrequest_unassigned", _("Give requests to experts"), _manages),
    OfficeLink(_LIST, _("Reports to decide"), _manages, f"work={RequestStatus.VISITED}"),
    OfficeLink(_LIST, _("Visits of today"), _manages, "work=today"),
)
