"""A request's whole history as the office reads it: every verb, who said it, and why."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from inspections.models import CallOutcome, RequestEvent, VisitRequest
from septam import jalali
from septam.digits import to_persian

TITLES = {
    "open": _("Put into the cart by the owner"),
    "remove": _("Taken out of the cart by the owner"),
    "pay": _("Paid"),
    "reinstate": _("Paid late; reinstated"),
    "assign": _("Assigned to an expert"),
    "call": _("Call to the owner"),
    "name_hours": _("The owner named an hour"),
    "propose": _("A time was proposed"),
    "confirm": _("The owner confirmed the time"),
    "decline": _("The owner declined the time"),
    "lapse": _("The time passed unanswered"),
    "reschedule": _("The time was taken back"),
    "lose_laboratory": _("The laboratory cannot visit the place; its owner chooses another one"),
    "laboratory_back": _("The laboratory can visit the place again"),
    "change_laboratory": _("The owner chose another laboratory"),
    "close_day": _("The province is closed: the time was taken back"),
    "ask_another_time": _("The owner asked for another time"),
    "expert_missed": _("The owner says that the expert did not come"),
    "correct": _("Data were corrected"),
    "withdraw": _("Withdrawn by the owner"),
    "cancel": _("Cancelled by support"),
    "report": _("Report handed in"),
    "report_no_show": _("Report: the visit did not take place"),
    "report_again": _("Report handed in again"),
    "send_back": _("Report sent back"),
    "await_difference": _("Report endorsed; waits for the difference to be paid"),
    "leave_unpaid": _("Ended without a certificate; the difference was not paid in time"),
    "certify": _("Report endorsed; certificate issued"),
    "fail": _("Report endorsed; defects to be mended"),
    "complain": _("The owner complained"),
    "complaint_upheld": _("Complaint upheld"),
    "complaint_rejected": _("Complaint rejected"),
    "reopen": _("Report reopened after a complaint"),
    "grant": _("Free visit granted after a complaint"),
}


@dataclass(frozen=True)
class Entry:
    """One line of the story."""

    at: datetime
    title: str
    actor: str
    reason: str
    verb: str = ""


def of(visit: VisitRequest) -> list[Entry]:
    """The history in order; one query."""
    return [_entry(event) for event in visit.events.select_related("actor").order_by("id")]


def missed_by_owner(visit: VisitRequest) -> list[Entry]:
    """Each time that the owner said that the expert did not come; for whoever decides about the money."""
    said = visit.events.filter(verb="expert_missed").select_related("actor").order_by("id")
    return [_entry(event) for event in said]


def newest(visit: VisitRequest) -> str:
    """The last step in a sentence: what, who and when, for whoever did not see it coming."""
    event = visit.events.select_related("actor").order_by("-id").first()
    if event is None:
        return ""
    entry = _entry(event)
    values = {"what": entry.title, "who": entry.actor or _("The system"), "when": _when(entry.at)}
    return gettext("Last step: %(what)s – %(who)s, %(when)s.") % values


def _when(moment: datetime) -> str:
    return f"{jalali.format_date(moment)} {to_persian(f'{jalali.tehran(moment):%H:%M}')}"


def _entry(event: RequestEvent) -> Entry:
    reason = event.reason
    if event.verb == "call" and reason in CallOutcome.values:
        reason = str(CallOutcome(reason).label)
    title, actor = str(TITLES.get(event.verb, event.verb)), str(event.actor or "")
    return Entry(event.at, title, actor, reason, event.verb)
