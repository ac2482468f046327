"""Verbs from the first wish to the paid request."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.holder import holder_of
from accounts.models import User
from inspections import kinds, messages, numbers
from inspections.models import CriteriaSet, RequestKind, RequestStatus, VisitRequest
from inspections.models.requests import LIVE
from inspections.refusals import AlreadyOpen, CannotPlace, NotAllowed
from inspections.workflow.core import check, lock, move, note
from septam import clock
from sites import freezing, snapshots
from sites.models import Place


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
    with transaction.atomic():
        mine = Place.objects.select_for_update(of=("self",)).select_related("city", "category")
        locked = mine.get(pk=place.pk, owner_id=owner.pk)
        if not locked.is_complete or None in (
            locked.city_id,
            locked.category_id,
            locked.laboratory_id,
        ):
            raise NotAllowed(_("Complete the data of the place first."))
        if locked.requests.live().exists():
            raise AlreadyOpen(_("This place has a request in progress."))
        opening = kinds.Opening(kind, previous) if kind else kinds.next_for(locked)
        if opening.refusal:
            raise NotAllowed(opening.refusal)
        request = _insert(locked, owner, opening)
        note(request, "open", owner)
        return request


def _insert(place: Place, owner: User, opening: kinds.Opening) -> VisitRequest:
    criteria = CriteriaSet.objects.exclude(published_at=None).order_by("-version").first()
    if criteria is None:
        raise NotAllowed(_("No criteria are published yet; please try again later."))
    now = clock.now()
    try:
        with transaction.atomic():
            return VisitRequest.objects.create(
                number=numbers.tracking_number(now), place=place, owner=owner, kind=opening.kind,
                previous=opening.previous, criteria_set=criteria, criteria_accepted_at=now,
                created_at=now, status_changed_at=now, **_where(place),
            )  # fmt: skip
    except IntegrityError as problem:
        raise AlreadyOpen(_("This place has a request in progress.")) from problem


def _where(place: Place) -> dict[str, Any]:
    province = {"province_id": place.city.province_id} if place.city else {}
    return {"laboratory_id": place.laboratory_id, "city_id": place.city_id, **province}


def take_out_of_cart(request_id: int, actor: User | None, reason: str) -> None:
    """Cancel a request that was not paid: `reason` is «removed» by its owner or «lapsed» by the job."""
    with transaction.atomic():
        request = lock(request_id)
        move(request, "remove", actor, code=reason)
        messages.left_cart(request, reason)


def mark_paid(request_ids: Sequence[int], *, paid_at: datetime) -> list[VisitRequest]:
    """Move settled requests into «نوبت‌دهی»: snapshot and freeze their places, tell the owner.

    One that left the cart unpaid in the meantime is reinstated while its place is free. Raises CannotPlace,
    naming each request that cannot be served (paid before, or its place has another live one); nothing is
    changed then, and the caller may try again without them.
    """
    with transaction.atomic():
        requests = list(
            VisitRequest.objects.select_for_update(of=("self",))
            .select_related("owner", "laboratory")
            .filter(pk__in=request_ids)
            .order_by("pk")
        )
        places = _lock_places(requests)
        impossible = set(request_ids) - _placeable(requests)
        if impossible:
            raise CannotPlace(sorted(impossible))
        messages.paid(requests)
        for request in requests:
            request.place = places[request.place_id]
            _pay(request, paid_at)
        return requests


def _lock_places(requests: Sequence[VisitRequest]) -> dict[int, Place]:
    rows = Place.objects.select_for_update(of=("self",)).order_by("pk")
    rows = rows.select_related("city__province", "category", "laboratory", "cloud_product")
    return {place.pk: place for place in rows.filter(pk__in={r.place_id for r in requests})}


def _placeable(requests: Sequence[VisitRequest]) -> set[int]:
    """The requests that can be served; of two late ones of one place, the first."""
    by_place: dict[int, int] = {}
    for request in requests:
        if _can_place(request):
            by_place.setdefault(request.place_id, request.pk)
    return set(by_place.values())


def _can_place(request: VisitRequest) -> bool:
    if request.status == RequestStatus.IN_CART:
        return True
    if request.status != RequestStatus.CANCELLED or request.paid_at is not None:
        return False
    return not VisitRequest.objects.filter(place_id=request.place_id, status__in=LIVE).exists()


def _pay(request: VisitRequest, paid_at: datetime) -> None:
    verb = "pay" if request.status == RequestStatus.IN_CART else "reinstate"
    check(request, verb)
    _keep_data(request, paid_at)
    move(request, verb, None)
    freezing.freeze(request.place_id)
    messages.queue_started(request)


def _keep_data(request: VisitRequest, paid_at: datetime) -> None:
    """The request's own copy of what was paid for; later edits of the place do not reach it."""
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
    request.save(update_fields=fields)
