"""A request's story for its owner: what happened, what is now, what comes and who does it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections.difference import is_awaited
from inspections.models import CallOutcome, RequestEvent, RequestStatus, VisitRequest
from inspections.models.requests import FINAL

# What the owner reads of each verb. Verbs that are missing here are the office's own matter.
_TITLES = {
    "open": gettext_lazy("Put into the cart"),
    "pay": gettext_lazy("Paid; in the queue"),
    "reinstate": gettext_lazy("Paid; in the queue"),
    "remove": gettext_lazy("Taken out of the cart"),
    "assign": gettext_lazy("An expert was chosen"),
    "name_hours": gettext_lazy("You named an hour for the call"),
    "propose": gettext_lazy("The expert proposed a time"),
    "confirm": gettext_lazy("You confirmed the time"),
    "decline": gettext_lazy("You declined the time"),
    "lapse": gettext_lazy("The proposed time passed without an answer"),
    "reschedule": gettext_lazy("The laboratory took the time back"),
    "lose_laboratory": gettext_lazy("Your laboratory cannot visit the place; choose another one"),
    "laboratory_back": gettext_lazy("The laboratory can visit the place again"),
    "change_laboratory": gettext_lazy("You chose another laboratory"),
    "close_day": gettext_lazy("The province is closed: the time was taken back"),
    "ask_another_time": gettext_lazy("You asked for another time"),
    "expert_missed": gettext_lazy("You reported that the expert did not come"),
    "correct": gettext_lazy("Support corrected the place's data"),
    "withdraw": gettext_lazy("You withdrew the request"),
    "cancel": gettext_lazy("The request was cancelled by support"),
    "report": gettext_lazy("The visit took place"),
    "report_no_show": gettext_lazy("The visit did not take place"),
    "await_difference": gettext_lazy(
        "The laboratory confirmed the report; a difference is to be paid"
    ),
    "leave_unpaid": gettext_lazy("The difference was not paid in time; there is no certificate"),
    "certify": gettext_lazy("The certificate was issued"),
    "fail": gettext_lazy("Defects were found"),
    "complain": gettext_lazy("You complained"),
    "complaint_upheld": gettext_lazy("Your complaint was upheld"),
    "complaint_rejected": gettext_lazy("Your complaint was rejected"),
    "reopen": gettext_lazy("The report went back to be corrected"),
    "grant": gettext_lazy("A free visit was granted"),
}
# What did not go as hoped carries a cross instead of a tick.
_FAILURES = {
    "withdraw", "cancel", "expert_missed", "report_no_show", "leave_unpaid", "fail", "complaint_rejected",
}  # fmt: skip
_CALLS = {
    CallOutcome.TRIED: gettext_lazy("The expert tried to call"),
    CallOutcome.NO_ANSWER: gettext_lazy("The expert called and got no answer"),
    CallOutcome.AGREED: gettext_lazy("The expert called and agreed on a time"),
}
# The owner's own words are shown back; the office's reasons only where they are meant for the owner.
_SHOWS_REASON = {
    "name_hours", "decline", "ask_another_time", "withdraw", "cancel", "reschedule", "close_day", "correct",
    "change_laboratory",
}  # fmt: skip
_WAY = (
    (RequestStatus.IN_CART, gettext_lazy("Payment"), gettext_lazy("You pay in the cart.")),
    (RequestStatus.SCHEDULING, gettext_lazy("The expert's call"), gettext_lazy("The expert calls and agrees a time with you.")),
    (RequestStatus.PROPOSED, gettext_lazy("Confirming the visit time"), gettext_lazy("The time comes by SMS; you confirm it in «History of actions».")),
    (RequestStatus.ACCEPTED, gettext_lazy("The expert's visit"), gettext_lazy("Somebody responsible is at the place; the expert checks it against the rules.")),
    (RequestStatus.VISITED, gettext_lazy("The laboratory's result"), gettext_lazy("The laboratory looks at the report and tells the result by SMS.")),
    (RequestStatus.CERTIFIED, gettext_lazy("The certificate"), gettext_lazy("If the place meets the rules, the certificate is issued and stands in «My places».")),
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One step of the timeline; `state` is done, failed (done, but no success), now or next."""

    title: str
    state: str
    moment: datetime | None = None
    text: str = ""


def of(request: VisitRequest) -> list[Step]:
    """The timeline of a request in order; one query for its history."""
    return [*_past(request), *_coming(request)]


def _past(request: VisitRequest) -> list[Step]:
    return [step for event in request.events.all() if (step := _step_of(event))]


def _step_of(event: RequestEvent) -> Step | None:
    if event.verb == "call":
        return Step(str(_CALLS[CallOutcome(event.reason)]), "done", event.at)
    if event.verb not in _TITLES:
        return None
    text = event.reason if event.verb in _SHOWS_REASON else ""
    state = "failed" if event.verb in _FAILURES else "done"
    return Step(str(_TITLES[event.verb]), state, event.at, text)


def _coming(request: VisitRequest) -> list[Step]:
    if request.status in FINAL:
        return []
    statuses = [status for status, _title, _text in _WAY]
    here = statuses.index(RequestStatus(request.status))
    step = gettext_lazy("Payment of the difference") if is_awaited(request) else _WAY[here][1]
    now = Step(_("Now: %(step)s") % {"step": step}, "now")
    coming = _WAY[here + 1 :]
    return [now, *(Step(str(title), "next", text=str(text)) for _status, title, text in coming)]
