"""Loads what the cards of a page of places need, by three queries however many places there are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from accounts.models import User
from inspections import next_step
from inspections.models import CallLog, Certificate, VisitRequest, VisitSlot
from inspections.models.requests import VisitRequestQuerySet
from inspections.models.visits import HOLDING
from septam import clock
from sites.models import Place


@dataclass(frozen=True)
class Standing:
    """A place with its latest request, its latest certificate, the slot held for it, and the next step."""

    place: Place
    request: VisitRequest | None
    certificate: Certificate | None
    slot: VisitSlot | None
    next_step: next_step.NextStep


def of_places(places: Sequence[Place], now: datetime | None = None) -> list[Standing]:
    """The standing of each place, in the order given; 3 queries."""
    now = now or clock.now()
    keys = [place.pk for place in places]
    requests = _latest(VisitRequest.objects.filter(place_id__in=keys).order_by("place_id", "-id"))
    certificates = {
        c.place_id: c
        for c in Certificate.objects.filter(place_id__in=keys)
        .order_by("place_id", "-id")
        .distinct("place_id")
    }
    slots = holding_slots(requests.values())
    return [
        _standing(place, requests.get(place.pk), certificates.get(place.pk), slots, now)
        for place in places
    ]


def _latest(rows: VisitRequestQuerySet) -> dict[int, VisitRequest]:
    return {request.place_id: request for request in rows.distinct("place_id")}


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
    rows = VisitSlot.objects.filter(request_id__in=[r.pk for r in requests], state__in=HOLDING)
    return {slot.request_id: slot for slot in rows.select_related("expert")}


def history_of(owner: User) -> VisitRequestQuerySet:
    """«سوابق اقدام»: the owner's requests on which an expert has acted, newest first."""
    acted = Exists(VisitSlot.objects.filter(request_id=OuterRef("pk")))
    called = Exists(CallLog.objects.filter(request_id=OuterRef("pk")))
    return VisitRequest.objects.visible_to(owner).filter(acted | called).order_by("-id")
