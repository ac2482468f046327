"""What an owner is told, by «اعلانات» and SMS, at each step of a request, and what the step takes back.

Every function is called inside the transaction of the step, so that neither stands without the other.
"""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.holder import contact_phone
from inspections import money_back, telling
from inspections.certificates.validity import last_day
from inspections.laboratories.experts import code_of
from inspections.models import Certificate, Closure, SlotState, VisitReport, VisitRequest, VisitSlot
from inspections.telling import notice, outdated, sms
from notifications import outbox
from notifications.bundle import Bundle
from septam import clock, jalali
from septam.money import format_rial
from sites.place import about_place

# What is wrong once the time that it speaks of is answered or given up.
_OF_PROPOSAL = ("visit.proposed", "visit.proposal_reminder")
_OF_TIME = (*_OF_PROPOSAL, "visit.confirmed", "visit.tomorrow")
# What is wrong once a time was found.
_OF_SEARCH = ("queue.started", "call.no_answer", "call.name_hours", "visit.lapsed")


def paid(requests: Iterable[VisitRequest], bundle: Bundle) -> None:
    """Nothing that waits says any more that these places want paying for, or that their certificates end."""
    found = list(requests)
    if not found:
        return
    places = [about_place(request.place_id) for request in found]
    carts = {telling.about_cart(request.owner_id) for request in found}
    bundle.outdated([*places, *sorted(carts)])


def queue_started(request: VisitRequest, bundle: Bundle) -> None:
    """Paid: the place stands in the queue, the owner waits for a call."""
    body = _("The expert of %(laboratory)s will call to agree on a time for “%(place)s”.")
    title, laboratory = _("Await the experts' call"), request.laboratory.name
    notice(request, "queue.started", title, body, bundle=bundle, laboratory=laboratory)
    # The text of the SMS says «آزمایشگاه» itself.
    lab = laboratory.removeprefix("آزمایشگاه ")
    key = f"queue.started:{request.pk}"
    sms(request, "queue.started", once_key=key, bundle=bundle, lab=lab)


def left_cart(request: VisitRequest, reason: str) -> None:
    """Not paid for and gone: who took it out himself knows, whose time ran out is told."""
    outbox.withdraw(about=telling.about_cart(request.owner_id))
    if reason == "lapsed":
        body = _(
            "“%(place)s” left your cart unpaid. Its data are kept; you can request a visit again."
        )
        link = reverse("inspections:request_visit", args=[request.place_id])
        notice(request, "cart.lapsed", _("A place left the cart"), body, link)


def call_unanswered(request: VisitRequest, call_id: int, count: int) -> None:
    """A call found no answer; at the third the owner is asked to name an hour."""
    if count == 3:
        sms(request, "call.name_hours", once_key=f"call.name_hours:{call_id}")
        link = reverse("inspections:name_hours", args=[request.number])
        body = _(
            "Three calls about “%(place)s” were not answered. Please name an hour at which you can be reached."
        )
        notice(request, "call.name_hours", _("Name an hour for the call"), body, link)
        return
    sms(request, "call.no_answer", once_key=f"call.no_answer:{call_id}")
    body = _("The expert called about “%(place)s” and got no answer; the expert will call again.")
    notice(request, "call.no_answer", _("The expert's call was not answered"), body)


def time_proposed(request: VisitRequest, slot: VisitSlot) -> None:
    """A time waits for the owner's confirmation."""
    outdated(request, *_OF_SEARCH)
    when, key = jalali.sms_when(slot.starts_at), f"visit.proposed:{slot.pk}"
    sms(request, "visit.proposed", once_key=key, valid_until=slot.starts_at, when=when)
    body = _("“%(place)s”: %(when)s. Please confirm this time.")
    link = reverse("inspections:slot_confirm", args=[slot.pk])
    title, shown = _("A visit time was recorded"), jalali.visit_day(slot.starts_at)
    notice(request, "visit.proposed", title, body, link, when=shown)


def time_confirmed(request: VisitRequest, slot: VisitSlot) -> None:
    """The time is final; who else coordinates the visit hears of it too."""
    outdated(request, *_OF_PROPOSAL)
    when, expert = jalali.sms_when(slot.starts_at), slot.expert.last_name or str(slot.expert)
    number = code_of(slot.expert, request.laboratory_id)
    sms(
        request, "visit.confirmed", once_key=f"visit.confirmed:{slot.pk}", valid_until=slot.starts_at,
        when=when, expert=expert, ecode=number,
    )  # fmt: skip
    body = _(
        "The visit of “%(place)s” is fixed: %(when)s. A responsible person who knows the system must be there."
    )
    title, shown = _("The visit time is fixed"), jalali.visit_day(slot.starts_at)
    notice(request, "visit.confirmed", title, body, when=shown)
    for mobile in _coordinators(request):
        outbox.queue(
            "visit.substitute", mobile, {"place": request.place_title, "when": when, "expert": expert},
            once_key=_substitute_key(slot, mobile), about=telling.about_request(request), valid_until=slot.starts_at,
        )  # fmt: skip


def _coordinators(request: VisitRequest) -> list[str]:
    phones = {request.place.representative_phone, contact_phone(request.owner)}
    return sorted(p for p in phones if p and p.startswith("09") and p != request.owner.mobile)


def _substitute_key(slot: VisitSlot, mobile: str) -> str:
    return f"visit.substitute:{slot.pk}:{mobile}"


def called_off(request: VisitRequest, slot: VisitSlot | None) -> None:
    """Before a held time is closed: who was to coordinate a fixed visit need not wait for it."""
    if slot is None:
        return
    outdated(request, *_OF_TIME)
    if slot.state != SlotState.ACCEPTED or slot.starts_at <= clock.now():
        return
    for mobile in _coordinators(request):
        if outbox.withdraw(once_keys=[_substitute_key(slot, mobile)]):
            continue  # never heard of the visit
        outbox.queue(
            "visit.substitute_off", mobile,
            {"place": request.place_title, "when": jalali.sms_when(slot.starts_at)},
            once_key=f"visit.substitute_off:{slot.pk}:{mobile}", valid_until=slot.starts_at,
        )  # fmt: skip


def time_moved(request: VisitRequest, slot: VisitSlot) -> None:
    """The laboratory or support took the time back: the place is in the queue again."""
    when = jalali.sms_when(slot.starts_at)
    sms(request, "visit.moved", once_key=f"visit.moved:{slot.pk}", when=when)
    body = _(
        "The visit of “%(place)s” at %(when)s does not take place. We are sorry; the expert will call."
    )
    title, shown = _("Another visit time will be agreed"), jalali.visit_day(slot.starts_at)
    notice(request, "visit.moved", title, body, when=shown)


def day_closed(request: VisitRequest, closure: Closure) -> None:
    """A closure of the province took visits of a day back: the owner is told once, however many they are."""
    key = f"visit.day_closed:{closure.pk}:{request.owner_id}"
    date, province = jalali.format_date(closure.day), closure.province.name
    sms(request, "visit.day_closed", once_key=key, date=date, province=province)
    title = _("Visits of a closed day were taken back")
    body = _(
        "%(province)s is closed on %(date)s (%(reason)s); your visits of that day do not take place. The experts will call to agree on other times."
    )
    notice(
        request, "visit.day_closed", title, body, reverse("portal:history"), once_key=key,
        date=date, province=province, reason=closure.reason,
    )  # fmt: skip


def laboratory_lost(request: VisitRequest, slot: VisitSlot | None) -> None:
    """The laboratory cannot visit the place: its owner chooses another one. One SMS a laboratory and day, however many places."""
    outdated(request, *_OF_SEARCH)
    if slot is not None and slot.state == SlotState.WITHDRAWN:
        time_moved(request, slot)
    laboratory, since = request.laboratory, request.new_laboratory_since
    key = f"request.new_laboratory:{request.owner_id}:{laboratory.pk}:{clock.today()}"
    about = f"laboratory:{laboratory.pk}"
    lab = laboratory.name.removeprefix("آزمایشگاه ")
    sms(request, "request.new_laboratory", once_key=key, about=about, lab=lab)
    body = _(
        "%(laboratory)s cannot visit “%(place)s” at present. Choose another laboratory at the same price, or withdraw; then the whole fee is returned."
    )
    link = reverse("inspections:choose_laboratory", args=[request.number])
    title, once = _("Choose another laboratory"), f"request.new_laboratory:{request.pk}:{since}"
    notice(
        request, "request.new_laboratory", title, body, link, once_key=once, laboratory=laboratory.name
    )  # fmt: skip


def laboratory_settled(request: VisitRequest) -> None:
    """A laboratory can visit the place again: the one that was chosen, or the old one."""
    body = _("“%(place)s” stands in the queue of %(laboratory)s; its expert will call.")
    title, laboratory = _("A laboratory will visit your place"), request.laboratory.name
    notice(request, "request.laboratory_settled", title, body, laboratory=laboratory)


def time_declined(request: VisitRequest) -> None:
    """The owner did not want the proposed time."""
    _in_queue_again(request, "visit.declined", _("You declined the proposed time"))


def another_time_asked(request: VisitRequest) -> None:
    """The owner gave a fixed time up."""
    _in_queue_again(request, "visit.another_time", _("Your wish for another time was recorded"))


def _in_queue_again(request: VisitRequest, event: str, title: str) -> None:
    body = _("“%(place)s” is back in the queue; the expert will call to agree on another time.")
    notice(request, event, title, body)


def expert_missed(request: VisitRequest) -> None:
    """The owner said that nobody came."""
    body = _(
        "You told us that nobody came to “%(place)s”. We are sorry; the laboratory will agree on another time, free of charge."
    )
    notice(request, "visit.expert_missed", _("It was recorded that the expert did not come"), body)


def proposal_lapsed(request: VisitRequest, slot: VisitSlot) -> None:
    """The proposed time passed without an answer."""
    outdated(request, *_OF_TIME)
    sms(request, "visit.lapsed", once_key=f"visit.lapsed:{slot.pk}")
    body = _(
        "The time proposed for “%(place)s” passed without your answer; the expert will call again."
    )
    notice(request, "visit.lapsed", _("The proposed time has passed"), body)


def visited(request: VisitRequest) -> None:
    """The visit is over, whatever it came to: nothing says any more that it is to come."""
    outdated(request, *_OF_TIME)


def certificate_issued(request: VisitRequest, certificate: Certificate) -> None:
    """The certificate is there; the SMS carries its public address."""
    outbox.withdraw(about=about_place(request.place_id))
    date = jalali.format_date(last_day(certificate))
    key = f"certificate.issued:{certificate.pk}"
    sms(request, "certificate.issued", once_key=key, date=date, cert=certificate.share_code)
    body = _("The certificate of “%(place)s” is valid until %(date)s.")
    link = reverse("inspections:certificate", args=[certificate.number])
    notice(request, "certificate.issued", _("The certificate was issued"), body, link, date=date)


def defects_found(request: VisitRequest, report: VisitReport) -> None:
    """Not conforming: what to change and by when stands on the request's page."""
    date = jalali.format_date(report.mend_by) if report.mend_by else ""
    sms(request, "result.nonconforming", once_key=f"result.nonconforming:{report.pk}", date=date)
    body = _("“%(place)s” has defects to be mended. The re-visit fee holds until %(date)s.")
    notice(request, "result.nonconforming", _("The result of the visit: defects"), body, date=date)


def visit_failed(request: VisitRequest, report: VisitReport) -> None:
    """Nobody responsible was there, or what the expert needs was withheld."""
    if report.outcome == "absent":
        event = "result.no_show"
        body = _(
            "The visit of “%(place)s” did not take place because no responsible person was there."
        )
    else:
        event = "result.withheld"
        body = _("The visit of “%(place)s” did not take place because its conditions were not met.")
    sms(request, event, once_key=f"{event}:{report.pk}")
    body += " " + _("Another visit has its fee; you can object through support.")
    notice(request, event, _("The visit did not take place"), body)


def corrected(request: VisitRequest, correction_id: int, place: str) -> None:
    """Support corrected the place's data; the owner may see a slip in it. `place`: the title by which he knows it."""
    sms(request, "request.corrected", once_key=f"request.corrected:{correction_id}", place=place)
    body = _("Support corrected data of “%(place)s”. If something is not right, write to support.")
    notice(request, "request.corrected", _("The place's data were corrected"), body, place=place)


def ended(request: VisitRequest, *, by_owner: bool) -> None:
    """The request ended without a visit; the money goes back by the terms. Nothing else of it is told any more."""
    outdated(request)
    if by_owner:
        body = _("Your request for “%(place)s” was withdrawn; the fee is returned by the terms.")
        notice(request, "request.withdrawn", _("You withdrew the request"), body)
        return
    due = money_back.amount(request, by_owner=False)
    key = f"request.cancelled:{request.pk}"
    title = _("The request was cancelled by support")
    if due:
        sms(request, "request.cancelled", once_key=key, amount=format_rial(due))
        body = _("The request for “%(place)s” was cancelled; %(amount)s rial is returned to you.")
        notice(request, "request.cancelled", title, body, amount=format_rial(due))
    else:
        sms(request, "request.cancelled_free", once_key=key)
        body = _("The request for “%(place)s” was cancelled.")
        notice(request, "request.cancelled_free", title, body)
