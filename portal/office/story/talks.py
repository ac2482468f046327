"""Conversations with support about the request, its orders or its certificate; complaints."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from inspections.models import Complaint
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


def complaints(subject: Subject) -> Iterator[Entry]:
    """What the owner complained about, and what was decided by whom and why; the laboratory has no part in it."""
    if not subject.may("inspections.view_complaint"):
        return
    rows = Complaint.objects.filter(request=subject.visit).select_related("decided_by")
    for row in rows.order_by("-pk")[:MOST]:
        url = subject.page("inspections_complaint", row, "inspections.view_complaint")
        title = _("Complaint: %(subject)s") % {"subject": row.get_subject_display()}
        yield Entry(row.opened_at, Part.COMPLAINTS, title, "", row.text, url)
        if row.decided_at:
            title, by = row.get_state_display(), str(row.decided_by or "")
            text = "؛ ".join(filter(None, (row.get_remedy_display(), row.decision)))
            yield Entry(row.decided_at, Part.COMPLAINTS, title, by, text, url)
