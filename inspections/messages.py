"""What an owner is told, by «اعلانات» and SMS, at each step of a request.

Every function is called inside the transaction of the step, so that neither stands without the other.
"""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.holder import contact_phone
from inspections import money_back
from inspections.certificates import last_day
from inspections.experts import code_of
from inspections.models import Certificate, VisitReport, VisitRequest, VisitSlot
from notifications import notices, outbox
from septam import clock, jalali
from septam.money import format_rial


def _tell(request: VisitRequest, event: str, title: str, body: str, link: str = "") -> None:
    link = link or reverse("inspections:request", args=[request.number])
    notices.add(request.owner_id, event, title[:120], body, link)


def _sms(request: VisitRequest, event: str, *, once_key: str, **values: Any) -> bool:
    """Queue an SMS to the owner's own mobile; False where it was queued before or there is no mobile."""
    if not request.owner.mobile:
        return False
    filled = {"place": request.place_title} | {name: str(value) for name, value in values.items()}
    queued = outbox.queue(
        event, request.owner.mobile, filled, user_id=request.owner_id, once_key=once_key
    )
    return queued is not None


def queue_started(request: VisitRequest) -> None:
    """Paid: the place stands in the queue, the owner waits for a call."""
    body = _("The expert of %(laboratory)s will call to agree on a time for “%(place)s”.")
    values = {"laboratory": request.laboratory.name, "place": request.place_title}
    _tell(request, "queue.started", _("Await the experts' call"), body % values)
    # The text of the SMS says «آزمایشگاه» itself.
    laboratory = request.laboratory.name.removeprefix("آزمایشگاه ")
    _sms(request, "queue.started", once_key=f"queue.started:{request.pk}", lab=laboratory)


def call_unanswered(request: VisitRequest, call_id: int, count: int) -> None:
    """A call found no answer; from the third on the owner is asked to name an hour."""
    _sms(request, "call.no_answer", once_key=f"call.no_answer:{call_id}")
    body = _("The expert called about “%(place)s” and got no answer; the expert will call again.")
    _tell(
        request,
        "call.no_answer",
        _("The expert's call was not answered"),
        body % {"place": request.place_title},
    )
    if count == 3:
        link = reverse("inspections:name_hours", args=[request.number])
        body = _(
            "Three calls about “%(place)s” were not answered. Please name an hour at which you can be reached."
        )
        _tell(
            request,
            "call.name_hours",
            _("Name an hour for the call"),
            body % {"place": request.place_title},
            link,
        )


def time_proposed(request: VisitRequest, slot: VisitSlot) -> None:
    """A time waits for the owner's confirmation."""
    _sms(
        request,
        "visit.proposed",
        once_key=f"visit.proposed:{slot.pk}",
        when=jalali.sms_when(slot.starts_at),
    )
    body = _("“%(place)s”: %(when)s. Please confirm this time.")
    values = {"place": request.place_title, "when": jalali.visit_time(slot.starts_at)}
    link = reverse("inspections:slot_confirm", args=[slot.pk])
    _tell(request, "visit.proposed", _("A visit time was recorded"), body % values, link)


def time_confirmed(request: VisitRequest, slot: VisitSlot) -> None:
    """The time is final; who else coordinates the visit hears of it too."""
    when, expert = jalali.sms_when(slot.starts_at), slot.expert.last_name or str(slot.expert)
    number = code_of(slot.expert, request.laboratory_id)
    key = f"visit.confirmed:{slot.pk}"
    _sms(request, "visit.confirmed", once_key=key, when=when, expert=expert, ecode=number)
    body = _(
        "The visit of “%(place)s” is fixed: %(when)s. A responsible person who knows the system must be there."
    )
    values = {"place": request.place_title, "when": jalali.visit_time(slot.starts_at)}
    _tell(request, "visit.confirmed", _("The visit time is fixed"), body % values)
    for mobile in _coordinators(request):
        outbox.queue(
            "visit.substitute", mobile, {"place": request.place_title, "when": when, "expert": expert},
            once_key=f"visit.substitute:{slot.pk}:{mobile}",
        )  # fmt: skip


def _coordinators(request: VisitRequest) -> list[str]:
    phones = {request.place.representative_phone, contact_phone(request.owner)}
    return sorted(p for p in phones if p and p.startswith("09") and p != request.owner.mobile)


def time_given_up(request: VisitRequest, slot: VisitSlot, *, by_laboratory: bool) -> None:
    """The time stands no longer: the place is back in the queue."""
    if by_laboratory:
        when = jalali.sms_when(slot.starts_at)
        _sms(request, "visit.moved", once_key=f"visit.moved:{slot.pk}", when=when)
    body = _("“%(place)s” is back in the queue; the expert will call to agree on another time.")
    _tell(
        request,
        "visit.moved",
        _("Another visit time will be agreed"),
        body % {"place": request.place_title},
    )


def proposal_lapsed(request: VisitRequest, slot: VisitSlot) -> None:
    """The proposed time passed without an answer."""
    body = _(
        "The time proposed for “%(place)s” passed without your answer; the expert will call again."
    )
    _tell(
        request,
        "visit.lapsed",
        _("The proposed time has passed"),
        body % {"place": request.place_title},
    )


def answer_due(request: VisitRequest, slot: VisitSlot) -> bool:
    """Remind of a proposed time; whether the SMS was new."""
    due = max(jalali.day_of(slot.starts_at) - timedelta(days=1), clock.today())
    key = f"visit.proposal_reminder:{slot.pk}"
    return _sms(request, "visit.proposal_reminder", once_key=key, due=jalali.day_and_month(due))


def visit_tomorrow(request: VisitRequest, slot: VisitSlot) -> bool:
    """Remind of the visit the day before; whether the SMS was new."""
    key = f"visit.tomorrow:{slot.pk}"
    if not _sms(
        request, "visit.tomorrow", once_key=key, time=jalali.hour_words(slot.starts_at, sms=True)
    ):
        return False
    body = _("“%(place)s”: %(when)s. A responsible person who knows the system must be there.")
    values = {"place": request.place_title, "when": jalali.visit_time(slot.starts_at)}
    _tell(request, "visit.tomorrow", _("Your visit is tomorrow"), body % values)
    return True


def certificate_issued(request: VisitRequest, certificate: Certificate) -> None:
    """The certificate is there; the SMS carries its public address."""
    date = jalali.format_date(last_day(certificate))
    key = f"certificate.issued:{certificate.pk}"
    _sms(request, "certificate.issued", once_key=key, date=date, cert=certificate.share_code)
    body = _("The certificate of “%(place)s” is valid until %(date)s.")
    link = reverse("inspections:certificate", args=[certificate.number])
    _tell(request, "certificate.issued", _("The certificate was issued"),
          body % {"place": request.place_title, "date": date}, link)  # fmt: skip


def defects_found(request: VisitRequest, report: VisitReport) -> None:
    """Not conforming: what to change and by when stands on the request's page."""
    date = jalali.format_date(report.mend_by) if report.mend_by else ""
    _sms(request, "result.nonconforming", once_key=f"result.nonconforming:{report.pk}", date=date)
    body = _("“%(place)s” has defects to be mended. The re-visit fee holds until %(date)s.")
    _tell(request, "result.nonconforming", _("The result of the visit: defects"),
          body % {"place": request.place_title, "date": date})  # fmt: skip


def visit_failed(request: VisitRequest, report: VisitReport) -> None:
    """Nobody responsible was there, or what the expert needs was withheld."""
    if report.outcome == "absent":
        _sms(request, "result.no_show", once_key=f"result.no_show:{report.pk}")
        body = _(
            "The visit of “%(place)s” did not take place because no responsible person was there."
        )
    else:
        body = _("The visit of “%(place)s” did not take place because its conditions were not met.")
    body = (
        body % {"place": request.place_title}
        + " "
        + _("Another visit has its fee; you can object through support.")
    )
    _tell(request, "result.no_show", _("The visit did not take place"), body)


def cancelled(request: VisitRequest, *, by_owner: bool) -> None:
    """The request ended without a visit; the money goes back by the terms."""
    if by_owner:
        body = _("Your request for “%(place)s” was withdrawn; the fee is returned by the terms.")
    else:
        body = _("The request for “%(place)s” was cancelled; the fee is returned.")
        _tell_cancelled(request)
    _tell(
        request,
        "request.cancelled",
        _("The request was cancelled"),
        body % {"place": request.place_title},
    )


def _tell_cancelled(request: VisitRequest) -> None:
    """Support ended it: the owner hears at once, and how much goes back."""
    due = money_back.amount(request, by_owner=False)
    key = f"request.cancelled:{request.pk}"
    if due:
        _sms(request, "request.cancelled", once_key=key, amount=format_rial(due))
    else:
        _sms(request, "request.cancelled_free", once_key=key)
