"""Loads what the cards of a page of places need, by three queries however many places there are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from django.db.models import Exists, F, Model, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from inspections import next_step
from inspections.laboratories import leavers
from inspections.models import CallLog, Certificate, RequestStatus, VisitRequest, VisitSlot
from inspections.models.visits import HOLDING
from inspections.step_shown import Action, NextStep
from inspections.visits import beginning as visit_start
from septam import clock
from septam.postgres.prepared import Prepared
from sites.models import Place

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Standing:
    """A place with its latest request, its latest certificate, the slot held for it, and the next step."""

    place: Place
    request: VisitRequest | None
    certificate: Certificate | None
    slot: VisitSlot | None
    next_step: NextStep


def of_places(places: Sequence[Place], now: datetime | None = None) -> list[Standing]:
    """The standing of each place, in the order given; 3 queries."""
    now = now or clock.now()
    keys = [place.pk for place in places]
    latest = {request.place_id: request for request in _LATEST_REQUESTS(keys)}
    # A certificate comes of a request: a place without one has none.
    certificates = {one.place_id: one for one in _LATEST_CERTIFICATES(list(latest))}
    slots = holding_slots(latest.values())
    return [
        _standing(place, latest.get(place.pk), certificates.get(place.pk), slots, now)
        for place in places
    ]


def _latest(model: type[Row], place_ids: list[int]) -> QuerySet[Row]:
    rows = model._default_manager.filter(place_id__in=place_ids)
    return rows.order_by("place_id", "-id").distinct("place_id")


_LATEST_REQUESTS = Prepared(
    lambda place_ids: _with_mend_by(_latest(VisitRequest, place_ids))  # type: ignore[misc]
)
_LATEST_CERTIFICATES = Prepared(partial(_latest, Certificate))


def _with_mend_by(requests: QuerySet[VisitRequest]) -> QuerySet[VisitRequest]:
    """The requests with `mend_by`: the last day that their report gives for a re-visit, or None."""
    return requests.annotate(mend_by=F("report__mend_by"))


def _standing(
    place: Place,
    request: VisitRequest | None,
    certificate: Certificate | None,
    slots: dict[int, VisitSlot],
    now: datetime,
) -> Standing:
    slot = slots.get(request.pk) if request else None
    step = next_step.of_place(place, request, certificate, slot, now)
    return Standing(place, request, certificate, slot, step)


def holding_slots(requests: Iterable[VisitRequest]) -> dict[int, VisitSlot]:
    """The proposed or accepted slots of the requests, by request id, with their experts; 1 query."""
    return {slot.request_id: slot for slot in _SLOTS([request.pk for request in requests])}


_SLOTS = Prepared(
    lambda request_ids: leavers.with_left(  # type: ignore[misc]
        visit_start.with_begun_report(
            VisitSlot.objects.filter(request_id__in=request_ids, state__in=HOLDING)
        )
    ).select_related("expert")
)


def history_of(owner: User) -> QuerySet[VisitRequest]:
    """«سوابق اقدام»: the owner's requests on which an expert has acted, newest first."""
    acted = Exists(VisitSlot.objects.filter(request_id=OuterRef("pk")))
    called = Exists(CallLog.objects.filter(request_id=OuterRef("pk")))
    mine = VisitRequest.objects.visible_to(owner).filter(acted | called)
    later = followers(OuterRef("pk")).values("number")[:1]
    return _with_mend_by(mine).annotate(followed_by=Subquery(later)).order_by("-id")


def followers(request_id: Any) -> QuerySet[VisitRequest]:
    """The visits of the place that followed a request and were not cancelled, the newest first."""
    later = VisitRequest.objects.filter(previous_id=request_id)
    return later.exclude(status=RequestStatus.CANCELLED).order_by("-pk")


def step_in_history(request: VisitRequest, slot: VisitSlot | None) -> NextStep:
    """The next step of one of them; the way to a valid certificate, loaded with it, stands in the step itself."""
    later = getattr(request, "followed_by", None)
    if later and request.status in (RequestStatus.NONCONFORMING, RequestStatus.NO_SHOW):
        return next_step.of_followed(request, later)
    certificate = getattr(request, "certificate", None)
    if certificate is None or request.status != RequestStatus.CERTIFIED:
        return next_step.of(request, slot)
    step = next_step.of_past_certificate(request, certificate)
    if step.tone != "good":
        return step
    url = reverse("inspections:certificate", args=[certificate.number])
    show = Action("certificate", _("Show the certificate"), url, main=True)
    return replace(step, actions=(show, *(replace(one, main=False) for one in step.actions)))
