"""What an owner is told of a complaint, by «اعلانات» and SMS, in the transaction of the step."""

from django.utils.translation import gettext as _

from inspections.models import Complaint, Remedy
from inspections.telling import notice, sms


def opened(complaint: Complaint) -> None:
    """It is there, and who decides it."""
    body = _(
        "Your complaint about “%(place)s” was recorded. Somebody who had no part in the matter decides it, and we tell you."
    )
    _tell(complaint, "complaint.opened", _("Your complaint was recorded"), body)


def upheld(complaint: Complaint) -> None:
    """The owner was right, and what follows."""
    body = (
        _("Your complaint about “%(place)s” was upheld.")
        + " "
        + _FOLLOWS[Remedy(complaint.remedy)]()
    )
    _tell(complaint, "complaint.upheld", _("Your complaint was upheld"), body)


def rejected(complaint: Complaint) -> None:
    """The result stands; the reasons are on the request's page."""
    body = _(
        "Your complaint about “%(place)s” was rejected. The reasons are on the request's page."
    )
    _tell(complaint, "complaint.rejected", _("Your complaint was rejected"), body)


_FOLLOWS = {
    Remedy.REPEAT: lambda: _("Another expert visits the place free of charge and will call you."),
    Remedy.REOPEN: lambda: _("The report is corrected, and the result is told to you anew."),
    Remedy.NOTED: lambda: _("What was done about it is on the request's page."),
}


def _tell(complaint: Complaint, event: str, title: str, body: str) -> None:
    request = complaint.request
    # Of a locked request the place's title as it was paid for stands in the snapshot.
    sms(request, event, once_key=f"{event}:{complaint.pk}")
    notice(request, event, title, body)
