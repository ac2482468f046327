"""Pages of a request: asking for a visit, the criteria, the story, the sheet to print."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from inspections import kinds, next_step, price_ahead, queue, standing, story, workflow
from inspections.answers import held_slot, own_request, owner_of
from inspections.complaints import opening
from inspections.criteria.words import defects
from inspections.difference import is_awaited
from inspections.guide_words import REQUEST_CONSENTS
from inspections.laboratories import leavers
from inspections.laboratories.experts import assignment_of
from inspections.models import (
    RequestKind,
    RequestStatus,
    SlotState,
    VisitReport,
    VisitRequest,
    VisitSlot,
)
from inspections.step_shown import NextStep
from inspections.visits import beginning as visit_start
from septam import clock
from septam.postgres.prepared import Prepared
from sites.models import Place

_SHOWN_EXPERT = (SlotState.ACCEPTED, SlotState.DONE)
_WITH_RESULT = (RequestStatus.CERTIFIED, RequestStatus.NONCONFORMING, RequestStatus.NO_SHOW)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def request_visit(request: HttpRequest, pk: int) -> HttpResponse:
    """The guide's dialog as a page: both sentences, the criteria, «تأیید» and «انصراف»; then the cart."""
    if request.method == "POST" and request.POST.get("answer") == "yes":
        return _open(request, pk)
    place = _own_place(request, pk)
    opening = kinds.next_for(place)
    refusal = _why_not(place, opening)
    if refusal:
        return render(request, "inspections/cannot_request.html", refusal, status=409)
    return render(request, "inspections/request_visit.html", _question(place, opening))


def _own_place(request: HttpRequest, pk: int) -> Place:
    place = _OWN_PLACE.first(owner_of(request).pk, pk)
    if place is None:
        raise Http404
    return place


_OWN_PLACE = Prepared(
    lambda owner_id, pk: (
        Place.objects.visible_to(User(pk=owner_id))  # type: ignore[misc]
        .select_related("category", "city", "cloud_product", "laboratory")
        .filter(pk=pk)
    )
)


def _open(request: HttpRequest, pk: int) -> HttpResponse:
    """The workflow looks at the place under its lock; only what it refuses is looked at again, to say why."""
    try:
        workflow.open_request(Place(pk=pk), owner_of(request))
    except Place.DoesNotExist as problem:
        raise Http404 from problem
    except workflow.NotAllowed as refused:
        place = _own_place(request, pk)
        context = _why_not(place, kinds.next_for(place)) or {"place": place, "reason": refused.reason}  # fmt: skip
        return render(request, "inspections/cannot_request.html", context, status=409)
    return redirect("billing:cart")


def _why_not(place: Place, opening: kinds.Opening) -> dict[str, Any] | None:
    """What forbids a request now, for the page that says so; None where it is possible."""
    live = opening.live
    if live is not None:
        step = next_step.of(live, held_slot(live))
        return {"place": place, "visit": live, "step": step, "reason": opening.refusal}
    if not place.is_complete:
        step = next_step.of_place(place)
        return {"place": place, "step": step, "reason": step.text}
    if opening.refusal:
        return {"place": place, "reason": opening.refusal}
    if shut := kinds.why_not_visited(place):
        return {"place": place, "reason": shut, "is_shut": True}
    return None


def _question(place: Place, opening: kinds.Opening) -> dict[str, Any]:
    hints = {
        RequestKind.REVISIT: _("This is a re-visit; it costs the re-visit fee."),
        RequestKind.REPEAT: _(
            "The last visit did not take place; this one costs the full fee again."
        ),
        RequestKind.RENEWAL: _(
            "This renews the certificate; the new one begins when the old one ends."
        ),
    }
    ahead = VisitRequest(place=place, kind=opening.kind, previous=opening.previous)
    half_days, most_days = queue.usual_days_of(place.laboratory_id or 0)
    return {
        "place": place,
        "question": _("Request a visit"),
        "consequences": REQUEST_CONSENTS,
        "hint": hints.get(opening.kind, ""),
        "payable_rial": price_ahead.payable(ahead),
        "half_days": half_days,
        "most_days": most_days,
        "more_url": f"{reverse('inspections:criteria', args=[place.category_id])}?place={place.pk}",
        "more_text": _("See the rules that apply"),
        "yes_text": _("Confirm"),
        "no_text": _("Dismiss"),
        "no_url": reverse("portal:places"),
    }


@login_required
@require_safe
def request_page(request: HttpRequest, number: str) -> HttpResponse:
    """The request's story: what happened, what is now, who acts, what the owner can do."""
    visit = own_request(request, number)
    slot = _last_slot(visit)
    held = slot if slot and slot.state in (SlotState.PROPOSED, SlotState.ACCEPTED) else None
    coming = None if held is None or leavers.is_off(held) else held
    context = {
        "visit": visit,
        "step": _step_of(visit, held),
        "visit_ahead": coming is not None
        and coming.state == SlotState.ACCEPTED
        and coming.starts_at > clock.now(),
        "steps": story.of(visit),
        "wait": queue.wait_of(visit),
        "ahead": _ahead(visit, coming),
        "before_visit": _is_before_visit(visit, coming),
        "change_hours": settings.RESCHEDULE_HOURS,
        "slot": coming,
        "complaints": list(visit.complaints.all()),
        "may_complain": bool(opening.subjects_of(visit)),
        "rules_url": _rules_of(visit),
        **_expert(visit, slot),
        **_result(visit),
    }
    return render(request, "inspections/request.html", context)


def _step_of(visit: VisitRequest, held: VisitSlot | None) -> NextStep:
    if visit.status == RequestStatus.CERTIFIED:
        return next_step.of_past_certificate(visit, visit.certificate)
    if visit.status in (RequestStatus.NONCONFORMING, RequestStatus.NO_SHOW):
        later = standing.followers(visit.pk).first()
        if later is not None:
            return next_step.of_followed(visit, later.number)
    if visit.status == RequestStatus.NONCONFORMING:
        return next_step.of_defects(visit, kinds.revisit_until(visit))
    return next_step.of(visit, held)


def _rules_of(visit: VisitRequest) -> str:
    """Where the criteria stand that the visit goes by."""
    category = visit.place.category_id
    return (
        f"{reverse('inspections:criteria', args=[category])}?request={visit.number}"
        if category
        else ""
    )


def _ahead(visit: VisitRequest, held: VisitSlot | None) -> str:
    """Of which stage the page tells «مراحل بعدی» beside its timeline; of none where something has to be done first."""
    if visit.status == RequestStatus.ACCEPTED and held and held.starts_at > clock.now():
        return visit.status
    return visit.status if visit.status == RequestStatus.VISITED and not is_awaited(visit) else ""


def _is_before_visit(visit: VisitRequest, held: VisitSlot | None) -> bool:
    """Whether what to do about the visit's time is still to be known."""
    if visit.status == RequestStatus.SCHEDULING:
        return visit.new_laboratory_since is None
    return held is not None and held.starts_at > clock.now()


def _last_slot(visit: VisitRequest) -> VisitSlot | None:
    slots = visit_start.with_begun_report(visit.slots.select_related("expert"))
    return leavers.with_left(slots).order_by("-id").first()


def _expert(visit: VisitRequest, slot: VisitSlot | None) -> dict[str, Any]:
    """The expert's name and code, once a time is accepted; nobody is to be let in who works there no longer."""
    if slot is None or slot.state not in _SHOWN_EXPERT:
        return {}
    role = assignment_of(slot.expert, visit.laboratory_id)
    if role is None and slot.state == SlotState.ACCEPTED:
        return {}
    return {"expert": str(slot.expert), "expert_code": role.code if role else ""}


def _result(visit: VisitRequest) -> dict[str, Any]:
    if visit.status not in _WITH_RESULT:
        return {}
    report = VisitReport.objects.filter(request=visit).first()
    if visit.status == RequestStatus.NO_SHOW:
        return {"failed_visit": report, "support_phone": settings.SUPPORT_PHONE}
    failed = defects(report) if report else []
    if visit.status == RequestStatus.CERTIFIED:
        return {"certificate": visit.certificate, "advised": failed}
    last = report.mend_by if report else None
    mend_by = last if last and last >= clock.today() else None
    return {"report": report, "defects": failed, "mend_by": mend_by}


@login_required
@never_cache
@require_safe
def request_sheet(request: HttpRequest, number: str) -> HttpResponse:
    """«برگه درخواست در دست اقدام»: the paper to keep in the shop until the certificate hangs there."""
    visit = own_request(request, number)
    if visit.paid_at is None:
        return redirect("inspections:request", visit.number)
    slot = held_slot(visit)
    context = {
        "visit": visit,
        "step": next_step.of(visit, slot),
        "data": visit.snapshot,
        **_expert(visit, slot),
    }
    is_fixed = slot is not None and slot.state == SlotState.ACCEPTED and not leavers.is_off(slot)
    context["slot"] = slot if is_fixed else None
    return render(request, "inspections/request_sheet.html", context)
