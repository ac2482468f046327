"""Verbs from the first wish to the paid request."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.holder import holder_of
from accounts.models import User
from inspections import kinds, messages, numbers
from inspections.models import CriteriaSet, RequestKind, RequestStatus, VisitRequest
from inspections.models.requests import LIVE
from inspections.refusals import AlreadyOpen, CannotPlace, NotAllowed
from inspections.workflow.core import check, lock, move, note
from notifications.bundle import Bundle
from septam import clock
from septam.postgres.prepared import Prepared
from septam.postgres.prepared_writes import Insert
from sites import freezing, snapshots
from sites.models import Place
from sites.place import PlaceState

_IN_PROGRESS = gettext_lazy("This place has a request in progress.")


def open_request(
    place: Place,
    owner: User,
    *,
    kind: RequestKind | None = None,
    previous: VisitRequest | None = None,
) -> VisitRequest:
    """Put a request for the place into the owner's cart; the current criteria count as accepted now.

    Without `kind` the place's history decides it (first, re-visit, repeat, renewal). Raises Place.DoesNotExist
    for another's place, AlreadyOpen for a second live request, NotAllowed where the place is not complete or
    its certificate is too fresh to renew.
    """
    try:
        with transaction.atomic():
            return _open(_locked(place.pk, owner), owner, kind, previous)
    except IntegrityError as problem:
        raise AlreadyOpen(_IN_PROGRESS) from problem


def _locked(place_id: int, owner: User) -> Place:
    found = _PLACE(place_id, owner.pk)
    if not found:
        raise Place.DoesNotExist
    return found[0]


_PLACE = Prepared(
    lambda place_id, owner_id: (
        Place.objects.filter(pk=place_id, owner_id=owner_id)  # type: ignore[misc]
        .select_for_update(of=("self",))
        .select_related("city", "category", "laboratory")
    )
)
_NEW = Insert(VisitRequest)
_CRITERIA = Prepared(
    lambda: CriteriaSet.objects.exclude(published_at=None).order_by("-version").only("pk")[:1]  # type: ignore[misc]
)


def _open(
    place: Place, owner: User, kind: RequestKind | None, previous: VisitRequest | None
) -> VisitRequest:
    if not place.is_complete or None in (place.city_id, place.category_id, place.laboratory_id):
        raise NotAllowed(_("Complete the data of the place first."))
    opening = kinds.next_for(place)
    if opening.live:
        raise AlreadyOpen(_IN_PROGRESS)
    if kind:
        opening = kinds.Opening(kind, previous)
    if opening.refusal:
        raise NotAllowed(opening.refusal)
    if kind is None and (objection := kinds.why_not_visited(place)):
        raise NotAllowed(objection)
    request = _insert(place, owner, opening)
    note(request, "open", owner)
    return request


def _insert(place: Place, owner: User, opening: kinds.Opening) -> VisitRequest:
    criteria = _CRITERIA.first()
    if criteria is None:
        raise NotAllowed(_("No criteria are published yet; please try again later."))
    now = clock.now()
    request = VisitRequest(
        number=numbers.tracking_number(now), place=place, owner=owner, kind=opening.kind,
        previous=opening.previous, criteria_set=criteria, criteria_accepted_at=now,
        created_at=now, status_changed_at=now, **_where(place),
    )  # fmt: skip
    return _NEW.one(request)


def _where(place: Place) -> dict[str, Any]:
    province = {"province_id": place.city.province_id} if place.city else {}
    return {"laboratory_id": place.laboratory_id, "city_id": place.city_id, **province}


def take_out_of_cart(request_id: int, actor: User | None, reason: str) -> None:
    """Cancel a request that was not paid: `reason` is «removed» by its owner or «lapsed» by the job."""
    with transaction.atomic():
        request = lock(request_id)
        move(request, "remove", actor, code=reason)
        messages.left_cart(request, reason)


def mark_paid(
    request_ids: Sequence[int], *, paid_at: datetime, bundle: Bundle | None = None
) -> list[VisitRequest]:
    """Move settled requests into «نوبت‌دهی»: snapshot and freeze their places, tell the owner.

    One that left the cart unpaid in the meantime is reinstated while its place is free and still there. Raises
    CannotPlace, naming each request that cannot be served (paid before, its place archived or with another live
    one, its owner gone); nothing is changed then, and the caller may try again without them. A caller that gives
    a `bundle` writes it.
    """
    own = Bundle()
    # No savepoint: a refusal is raised before anything is written, and outside the block.
    with transaction.atomic(savepoint=False):
        requests = _lock_requests(request_ids)
        places = _lock_places(requests)
        impossible = set(request_ids) - _placeable(requests, places)
        if not impossible:
            messages.paid(requests, bundle or own)
        for request in () if impossible else requests:
            request.place = places[request.place_id]
            _pay(request, paid_at, bundle or own)
        own.write()
    if impossible:
        raise CannotPlace(sorted(impossible))
    return requests


def _lock_requests(request_ids: Sequence[int]) -> list[VisitRequest]:
    return _REQUESTS(sorted(request_ids))


_REQUESTS = Prepared(
    lambda ids: (
        VisitRequest.objects.filter(pk__in=ids)  # type: ignore[misc]
        .select_for_update(of=("self",))
        .select_related("owner__profile")
        .order_by("pk")
    )
)
_PLACES = Prepared(
    lambda ids: (
        Place.objects.filter(pk__in=ids)  # type: ignore[misc]
        .select_for_update(of=("self",))
        .select_related("city__province", "category", "laboratory")
        .order_by("pk")
    )
)


def _lock_places(requests: Sequence[VisitRequest]) -> dict[int, Place]:
    ids = sorted({request.place_id for request in requests})
    return {place.pk: place for place in _PLACES(ids)}


def _placeable(requests: Sequence[VisitRequest], places: dict[int, Place]) -> set[int]:
    """The requests that can be served; of two late ones of one place, the first."""
    by_place: dict[int, int] = {}
    for request in requests:
        if _can_place(request, places[request.place_id]):
            by_place.setdefault(request.place_id, request.pk)
    return set(by_place.values())


def _can_place(request: VisitRequest, place: Place) -> bool:
    if request.status == RequestStatus.IN_CART:
        return True
    if request.status != RequestStatus.CANCELLED or request.paid_at is not None:
        return False
    if place.state == PlaceState.ARCHIVED or not request.owner.is_active:
        return False
    return not VisitRequest.objects.filter(place_id=request.place_id, status__in=LIVE).exists()


def _pay(request: VisitRequest, paid_at: datetime, bundle: Bundle) -> None:
    verb = "pay" if request.status == RequestStatus.IN_CART else "reinstate"
    check(request, verb)
    kept = _keep_data(request, paid_at)
    move(request, verb, None, fields=kept)
    freezing.freeze(request.place_id)
    messages.queue_started(request, bundle)


def _keep_data(request: VisitRequest, paid_at: datetime) -> list[str]:
    """The request's own copy of what was paid for; later edits of the place do not reach it. Returns the fields."""
    place = request.place
    request.paid_at = paid_at
    request.snapshot = snapshots.of(place)
    if not request.snapshot.get("holder_name"):
        holder = holder_of(request.owner)
        request.snapshot |= {"holder_name": holder.name, "holder_national_id": holder.national_id}
    request.search_key = place.search_key
    fields = ["paid_at", "snapshot", "search_key"]
    if place.city is not None and place.laboratory is not None:
        request.laboratory = place.laboratory
        request.city_id, request.province_id = place.city.pk, place.city.province_id
        fields += ["laboratory", "city", "province"]
    return fields
