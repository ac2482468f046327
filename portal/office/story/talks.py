"""Conversations with support about the request, its orders or its certificate."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from portal.models import SupportThread, ThreadState
from portal.office.story.entries import MOST, Entry, Part, Subject
from portal.support.views import TONES


def threads(subject: Subject) -> Iterator[Entry]:
    """Those that name its number, one of its orders' or its certificate's; and only such as one may answer."""
    if not subject.may("portal.view_supportthread"):
        return
    certificate = getattr(subject.visit, "certificate", None)
    numbers = [subject.visit.number, *(order.number for order in subject.orders)]
    numbers += [certificate.number] if certificate else []
    rows = SupportThread.objects.visible_to_staff(subject.user).filter(
        Q(reference__in=numbers) & ~Q(reference="")
    )
    for row in rows.select_related("assigned_to").order_by("-pk")[:MOST]:
        url = subject.page("portal_supportthread", row, "portal.view_supportthread")
        unchecked = "" if row.owner_id else _("The writer was not signed in.")
        yield Entry(
            row.opened_at, Part.SUPPORT, _("Message to support: %(subject)s") % {"subject": row.get_subject_display()},
            str(row.assigned_to or ""), unchecked, url, TONES[ThreadState(row.state)], row.get_state_display(),
        )  # fmt: skip
