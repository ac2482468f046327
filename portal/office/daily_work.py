"""Where support begins the day: the buttons on the office's first page."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.scope import roles_of
from notifications.models import SmsState
from septam.office.pages import OfficeLink


def _supports(user: Any) -> bool:
    return Role.SUPPORT in roles_of(user)


LINKS = (
    OfficeLink("portal_supportthread_changelist", _("Support conversations"), _supports),
    OfficeLink("inspections_visitrequest_changelist", _("Visit requests"), _supports),
    OfficeLink(
        "notifications_smsmessage_changelist", _("SMS that did not arrive"), _supports,
        f"state={SmsState.UNDELIVERED}",
    ),
)  # fmt: skip
