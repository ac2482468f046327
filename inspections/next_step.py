"""What stands now, what happens next, who acts and what the owner can do: for cards and pages.

Pure over loaded objects: no function here asks the database. :mod:`inspections.standing` loads what is
needed for a whole page of places.
"""

from collections.abc import Callable
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from inspections.certificates.validity import NOT_BEGUN, SUPERSEDED, VALID, last_day, state_of
from inspections.difference import UNPAID, is_awaited
from inspections.difference import last_day as difference_end
from inspections.kinds import renewable_from, window_end
from inspections.models import (
    Certificate,
    CertificateState,
    RequestStatus,
    SlotState,
    VisitRequest,
    VisitSlot,
)
from inspections.step_shown import Action, NextStep
from inspections.visits import beginning as visit_start
from inspections.workflow.times import may_ask_another_time
from septam import clock, jalali
from septam.addresses import address_of
from septam.digits import to_persian
from sites import completeness
from sites.models import Place
from sites.place import PlaceState

S = RequestStatus


def of_place(
    place: Place,
    request: VisitRequest | None = None,
    certificate: Certificate | None = None,
    slot: VisitSlot | None = None,
    now: datetime | None = None,
) -> NextStep:
    """The next step of a place with its latest request, latest certificate and the slot that is held."""
    now = now or clock.now()
    if place.state == PlaceState.ARCHIVED:
        # The form of an archived place shows the button that brings it back.
        back = Action(
            "restore", _("Bring it back"), address_of("sites:place_edit", place.pk), main=True
        )
        text = _("This place is in the archive; you can bring it back at any time.")
        return NextStep(_("Archived"), "neutral", text, "", (back,))
    if request is not None and request.status not in (S.CERTIFIED, S.CANCELLED):
        return of(request, slot, now)
    if certificate is not None:
        return _certified(place, certificate, now)
    if request is not None and request.status == S.CERTIFIED:
        return of(request, slot, now)
    return _without_request(place)


def of(
    request: VisitRequest, slot: VisitSlot | None = None, now: datetime | None = None
) -> NextStep:
    """The next step of one request; `slot` is the proposed or accepted one."""
    now = now or clock.now()
    # By laboratories.leavers.with_left.
    if slot is not None and slot.starts_at > now and getattr(slot, "expert_left", False):
        return _without_expert(request, slot, now)
    return _BY_STATUS[S(request.status)](request, slot, now)


def of_past_certificate(
    request: VisitRequest, certificate: Certificate, now: datetime | None = None
) -> NextStep:
    """The next step of a certified request: its own, or what its certificate has become since."""
    standing = state_of(certificate, jalali.day_of(now or clock.now()))
    if standing in (VALID, NOT_BEGUN):
        return of(request, None, now)
    follow = _page(request, "request", _("Follow the request"), main=True)
    text = _("This certificate is valid no longer. A visit can be requested again in “My places”.")
    if standing == SUPERSEDED:
        text = _("Another certificate has taken its place.")
    return NextStep(str(standing.label), standing.tone, text, "", (follow,))


def of_defects(request: VisitRequest, last: date, now: datetime | None = None) -> NextStep:
    """The next step after a visit that found defects; the re-visit fee holds until `last`."""
    if last < jalali.day_of(now or clock.now()):
        text = _("The re-visit fee held until %(day)s; another visit costs the full fee.")
        text = text % {"day": jalali.format_date(last)}
        visit = _request_visit(request.place_id)
    else:
        text = _("Mend the defects that the report lists, then request the re-visit.")
        visit = _request_visit(request.place_id, _("Request the re-visit"))
    report = _page(request, "request", _("See the report"))
    return NextStep(request.standing, "act", text, "owner", (visit, report))


def of_followed(request: VisitRequest, follower: str) -> NextStep:
    """The next step of a request whose result another visit of the place, of this number, has followed already."""
    url = reverse("inspections:request", args=[follower])
    # Not named after the page, which leaves out the way to itself.
    follow = Action("follower", _("Follow the next visit"), url, main=True)
    text = _("Another visit of this place has followed.")
    return NextStep(request.standing, "neutral", text, "", (follow,))


def _what_is_missing(place: Place) -> str:
    lacks = completeness.missing(place)
    if len(lacks) == 1:  # of a draft the tick is always missing
        return _("Only the tick at the end of the form is missing. Then a visit can be requested.")
    what = "، ".join(map(str, lacks))
    return _("Still missing: %(what)s. Then a visit can be requested.") % {"what": what}


def _without_request(place: Place) -> NextStep:
    edit = Action("edit", _("Edit"), address_of("sites:place_edit", place.pk))
    if not place.is_complete:
        text = _what_is_missing(place)
        complete = Action("complete", _("Complete the data of the place"), edit.url, main=True)
        return NextStep(_("Not completed"), "act", text, "owner", (complete,))
    text = _("Check the equipment against the rules of your trade, then request the visit.")
    return NextStep(
        _("Ready for a request"), "neutral", text, "owner", (_request_visit(place.pk), edit)
    )


def _request_visit(place_id: int, text: str = "") -> Action:
    url = address_of("inspections:request_visit", place_id)
    return Action("request_visit", text or _("Request a visit"), url, main=True)


def _page(request: VisitRequest, name: str, text: str, *, main: bool = False) -> Action:
    return Action(name, text, reverse(f"inspections:{name}", args=[request.number]), main)


def _certified(place: Place, certificate: Certificate, now: datetime) -> NextStep:
    today, last = jalali.day_of(now), last_day(certificate)
    show = Action(
        "certificate",
        _("Show the certificate"),
        reverse("inspections:certificate", args=[certificate.number]),
    )
    again = (_request_visit(place.pk), show)
    if certificate.state == CertificateState.SUPERSEDED:
        text = _("The certificate stands no longer. You can request another visit.")
        return NextStep(str(SUPERSEDED.label), "neutral", text, "owner", again)
    if certificate.state == CertificateState.REVOKED:
        text = _("The certificate was revoked. You can request another visit.")
        return NextStep(_("Certificate revoked"), "bad", text, "owner", again)
    if last < today:
        text = _("The certificate ended on %(day)s. Request a visit to renew it.")
        text = text % {"day": jalali.format_date(last)}
        renew = _request_visit(place.pk, _("Renew the certificate"))
        return NextStep(_("Certificate expired"), "bad", text, "owner", (renew, show))
    return _valid(place, certificate, show, today, last)


def _valid(
    place: Place, certificate: Certificate, show: Action, today: date, last: date
) -> NextStep:
    label = _("Certificate issued")
    values = {"day": jalali.format_date(last)}
    if today < renewable_from(certificate):
        main = Action(show.name, show.text, show.url, main=True)
        return NextStep(
            label, "good", _("The certificate is valid until %(day)s.") % values, "", (main,)
        )
    text = _("The certificate ends on %(day)s; it can be renewed now.") % values
    return NextStep(
        label, "act", text, "owner", (_request_visit(place.pk, _("Renew the certificate")), show)
    )


def _in_cart(request: VisitRequest, slot: VisitSlot | None, now: datetime) -> NextStep:
    pay = Action("cart", _("Pay in the cart"), reverse("billing:cart"), main=True)
    text = _("Pay the fee of the visit; then the place goes into the queue.")
    return NextStep(request.standing, "act", text, "owner", (pay,))


def _scheduling(request: VisitRequest, slot: VisitSlot | None, now: datetime) -> NextStep:
    if request.new_laboratory_since is not None:
        return _without_laboratory(request)
    actions = (
        _page(request, "request", _("Follow the request"), main=True),
        _page(request, "name_hours", _("Name an hour for the call")),
        _page(request, "withdraw", _("Withdraw the request")),
    )
    text = _("Await the experts' call. This is people's work and may not happen on the same day.")
    return NextStep(request.standing, "wait", text, "expert", actions)


def _without_laboratory(request: VisitRequest) -> NextStep:
    choose = _page(request, "choose_laboratory", _("Choose another laboratory"), main=True)
    withdraw = _page(request, "withdraw", _("Withdraw the request"))
    text = _(
        "The chosen laboratory cannot visit this place at present. Choose another one at the same price; the place keeps its turn. Or withdraw, and the whole fee is returned."
    )
    return NextStep(request.standing, "act", text, "owner", (choose, withdraw))


def _without_expert(request: VisitRequest, slot: VisitSlot, now: datetime) -> NextStep:
    follow = _page(request, "request", _("Follow the request"), main=True)
    out = _ask_another_time(request, slot, now)
    if slot.state == SlotState.PROPOSED:
        out = (_page(request, "withdraw", _("Withdraw the request")),)
    text = _(
        "The expert who was named for this visit does not work for the laboratory any more. It proposes a new time with another expert; you hear of it by SMS."
    )
    return NextStep(request.standing, "wait", text, "laboratory", (follow, *out))


def _proposed(request: VisitRequest, slot: VisitSlot | None, now: datetime) -> NextStep:
    follow = _page(request, "request", _("Follow the request"))
    withdraw = _page(request, "withdraw", _("Withdraw the request"))
    if slot is None or slot.state != SlotState.PROPOSED or slot.starts_at <= now:
        text = _("The proposed time has passed; the expert will call again.")
        return NextStep(request.standing, "wait", text, "expert", (follow, withdraw))
    confirm = Action("slot_confirm", _("Confirm the visit time"),
                     reverse("inspections:slot_confirm", args=[slot.pk]), main=True)  # fmt: skip
    decline = Action("slot_decline", _("This time does not suit me"),
                     reverse("inspections:slot_decline", args=[slot.pk]))  # fmt: skip
    text = _("The proposed time is %(when)s. Please confirm it.") % {
        "when": jalali.visit_day(slot.starts_at)
    }
    return NextStep(request.standing, "act", text, "owner", (confirm, decline, follow, withdraw))


def _ask_another_time(request: VisitRequest, slot: VisitSlot, now: datetime) -> tuple[Action, ...]:
    if not may_ask_another_time(slot, now):
        return ()
    return (_page(request, "another_time", _("Ask for another time")),)


def _accepted(request: VisitRequest, slot: VisitSlot | None, now: datetime) -> NextStep:
    follow = _page(request, "request", _("Follow the request"), main=True)
    if slot is None:
        return NextStep(
            request.standing, "wait", _("The expert comes at the agreed time."), "expert", (follow,)
        )
    if slot.starts_at <= now:
        text = _("The time of the visit has come; its report is awaited.")
        begun = getattr(slot, "report_begun", False)  # by visit_start.with_begun_report
        missed = (
            ()
            if visit_start.why_not_missed(slot, now, report_begun=begun)
            else (_page(request, "missed_visit", _("The expert did not come")),)
        )
        return NextStep(request.standing, "wait", text, "expert", (follow, *missed))
    papers = (
        _page(request, "visit_ics", _("Put it into the calendar")),
        _page(request, "request_sheet", _("Sheet of the request in progress")),
    )
    another = _ask_another_time(request, slot, now)
    text = _(
        "The visit is on %(when)s; this time is final. A responsible person who knows the system must be there."
    )
    text = text % {"when": jalali.visit_day(slot.starts_at)}
    if not another:
        text += " " + _("Less than %(hours)s hours are left: to change it, call support at %(phone)s.") % {
            "hours": to_persian(settings.RESCHEDULE_HOURS), "phone": to_persian(settings.SUPPORT_PHONE),
        }  # fmt: skip
    return NextStep(request.standing, "wait", text, "expert", (follow, *papers, *another))


def _visited(request: VisitRequest, slot: VisitSlot | None, now: datetime) -> NextStep:
    if is_awaited(request):
        return _difference_due(request)
    text = _("The expert's report is with the laboratory; the result will be told by SMS.")
    follow = _page(request, "request", _("Follow the request"), main=True)
    return NextStep(request.standing, "wait", text, "laboratory", (follow,))


def _difference_due(request: VisitRequest) -> NextStep:
    text = _(
        "By what the expert measured, the visit costs more than was paid. The certificate is issued once the difference is paid."
    )
    text += " " + _("Pay it until %(day)s; after that the request ends without a certificate.") % {
        "day": jalali.format_date(difference_end(request))
    }
    url = reverse("billing:difference", args=[request.number])
    pay = Action("difference", _("Pay the difference"), url, main=True)
    follow = _page(request, "request", _("Follow the request"))
    return NextStep(request.standing, "act", text, "owner", (pay, follow))


def _done(request: VisitRequest, slot: VisitSlot | None, now: datetime) -> NextStep:
    follow = _page(request, "request", _("Follow the request"), main=True)
    return NextStep(request.standing, "good", _("See the certificate and print it."), "", (follow,))


def _nonconforming(request: VisitRequest, slot: VisitSlot | None, now: datetime) -> NextStep:
    # What loads the cards brings the day that the report names along.
    last = window_end(getattr(request, "mend_by", None), request.status_changed_at)
    return of_defects(request, last, now)


def _no_show(request: VisitRequest, slot: VisitSlot | None, now: datetime) -> NextStep:
    text = _("The visit did not take place. Another visit needs a new request at the full fee.")
    follow = _page(request, "request", _("Follow the request"))
    return NextStep(
        request.standing, "bad", text, "owner", (_request_visit(request.place_id), follow)
    )


def _cancelled(request: VisitRequest, slot: VisitSlot | None, now: datetime) -> NextStep:
    text = _("This request was cancelled. You can request a visit again.")
    if request.reason == UNPAID:
        text = _(
            "The difference was not paid in time, so there is no certificate. Another visit needs a new request at the full fee."
        )
    return NextStep(request.standing, "neutral", text, "owner", (_request_visit(request.place_id),))


_Maker = Callable[[VisitRequest, VisitSlot | None, datetime], NextStep]
_BY_STATUS: dict[RequestStatus, _Maker] = {
    S.IN_CART: _in_cart,
    S.SCHEDULING: _scheduling,
    S.PROPOSED: _proposed,
    S.ACCEPTED: _accepted,
    S.VISITED: _visited,
    S.CERTIFIED: _done,
    S.NONCONFORMING: _nonconforming,
    S.NO_SHOW: _no_show,
    S.CANCELLED: _cancelled,
}
