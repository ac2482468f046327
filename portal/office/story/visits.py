"""Steps, calls, visit times and what the visit came to."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from inspections.models import Certificate, SlotState, VisitReport
from inspections.office import story as office_story
from portal.office.story.entries import MOST, Entry, Part, Subject
from septam import jalali
from septam.digits import to_persian

_TONES = {
    SlotState.PROPOSED: "wait", SlotState.ACCEPTED: "good", SlotState.DONE: "good", SlotState.DECLINED: "bad",
}  # fmt: skip


def steps(subject: Subject) -> Iterator[Entry]:
    """Every step of the request with who took it and why; calls tell their own part."""
    for row in office_story.of(subject.visit):
        if row.verb != "call" or not subject.may("inspections.view_calllog"):
            yield Entry(row.at, Part.STEPS, row.title, row.actor or _("the system"), row.reason)


def calls(subject: Subject) -> Iterator[Entry]:
    """Calls to the owner and what came of them."""
    if not subject.may("inspections.view_calllog"):
        return
    for row in subject.visit.calls.select_related("expert").order_by("-id")[:MOST]:
        yield Entry(row.at, Part.CALLS, row.get_outcome_display(), str(row.expert), row.note)


def times(subject: Subject) -> Iterator[Entry]:
    """Proposed visit times with what became of each."""
    if not subject.may("inspections.view_visitslot"):
        return
    for row in subject.visit.slots.select_related("expert").order_by("-id")[:MOST]:
        title = _("Visit time: %(when)s") % {"when": jalali.visit_time(row.starts_at)}
        text = "؛ ".join(filter(None, (row.override_reason, row.wish)))
        tone = _TONES.get(SlotState(row.state), "neutral")
        yield Entry(
            row.created_at,
            Part.TIMES,
            title,
            str(row.expert),
            text,
            "",
            tone,
            row.get_state_display(),
        )


def papers(subject: Subject) -> Iterator[Entry]:
    """The report and the certificate."""
    if subject.may("inspections.view_visitreport"):
        rows = VisitReport.objects.filter(request=subject.visit, submitted_at__isnull=False)
        for row in rows.select_related("expert"):
            yield Entry(
                row.submitted_at or subject.visit.status_changed_at, Part.PAPERS, _("Report of the visit: %(outcome)s") % {"outcome": row.get_outcome_display()},
                str(row.expert), row.sent_back_reason, "", "neutral", row.get_state_display(),
            )  # fmt: skip
    if not subject.may("inspections.view_certificate"):
        return
    for certificate in Certificate.objects.of_requests([subject.visit]).select_related("issued_by"):
        url = subject.page("inspections_certificate", certificate, "inspections.view_certificate")
        title = _("Certificate %(number)s") % {"number": to_persian(certificate.number)}
        yield Entry(
            certificate.issued_at, Part.PAPERS, title, str(certificate.issued_by),
            certificate.revoked_reason or certificate.superseded_reason, url, "neutral", certificate.get_state_display(),
        )  # fmt: skip
