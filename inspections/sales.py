"""A place is sold: its new holder gets a place of his own at the same postal code, and the old certificate gives way.

Either the seller says so, or the laboratory ticks it when it endorses the new holder's report; nobody's certificate
falls because somebody else wrote its postal code. The seller's place goes into the archive and keeps its history; of
two owners neither learns anything of the other.

Locks: places by id, then certificates.
"""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from inspections.models import Certificate, CertificateState, VisitRequest
from inspections.refusals import NotAllowed
from inspections.visits import slips
from notifications import notices, outbox
from septam import audit, clock
from sites import freezing
from sites.models import Place
from sites.place import PlaceState, about_place

NOT_NOW = gettext_lazy(
    "A place with a certificate and without a request on its way can be handed over."
)


def _standing() -> QuerySet[Certificate]:
    """The certificates that are valid today or later."""
    return Certificate.objects.standing_from(clock.today())


def may_declare(place: Place) -> bool:
    """Whether the owner has a certificate to give up, and nothing of the place is on its way."""
    open_for_it = place.state != PlaceState.ARCHIVED and not place.frozen
    return open_for_it and not freezing.has_live_request(place) and _of([place.pk]).exists()


def declare(place_id: int, owner: User) -> None:
    """The seller says that the place is another's now: the certificate is superseded and the place archived.

    Raises Place.DoesNotExist for another's place, NotAllowed while a request of it is on its way.
    """
    with transaction.atomic():
        place = Place.objects.select_for_update(of=("self",)).get(pk=place_id, owner_id=owner.pk)
        if not may_declare(place):
            raise NotAllowed(str(NOT_NOW))
        for certificate in _of([place_id]).select_for_update(of=("self",)).order_by("pk"):
            _supersede(certificate, _("Its owner told that the place was handed over."))
        _archive(place)
        audit.record(owner.pk, "place.hand_over", place)


def of_others(request: VisitRequest) -> list[Certificate]:
    """Standing certificates of other owners at the request's postal code; what anybody may check of them is no secret."""
    code = request.snapshot.get("postal_code") or request.place.postal_code
    if not code:
        return []
    found = _standing().filter(place__postal_code=code).exclude(owner_id=request.owner_id)
    return list(found.select_related("place", "laboratory").order_by("pk"))


def why_not_sold(others: Sequence[Certificate]) -> str:
    """Why none of these (`of_others`) gives way by a tick: which of several shops was sold only its holder knows."""
    if len(others) < 2:
        return ""
    return _(
        "Several certificates of other holders are valid at this postal code. If this place was handed over, its former holder says so in «محل من»; none gives way by a tick here."
    )


def lock_places(request: VisitRequest, *, with_sold: bool) -> None:
    """Lock the request's place, and those whose certificates may give way, in their order."""
    ids = {request.place_id}
    if with_sold:
        ids |= {certificate.place_id for certificate in of_others(request)}
    list(Place.objects.filter(pk__in=ids).select_for_update(of=("self",)).order_by("pk"))


def give_way(request: VisitRequest) -> None:
    """The new holder's certificate is issued: the seller's is superseded, of several none. Places are locked (`lock_places`)."""
    others = of_others(request)
    if why_not_sold(others):
        return
    for certificate in others:
        locked = _standing().select_for_update(of=("self",)).filter(pk=certificate.pk).first()
        if locked is None:
            continue  # revoked meanwhile
        _supersede(locked, _("A certificate was issued to the new holder of the place."))
        place = certificate.place
        if not place.frozen and not freezing.has_live_request(place):
            _archive(place)
        audit.record(None, "certificate.give_way", locked)
        _tell_seller(locked)


def give_way_to_another_shop(request: VisitRequest) -> None:
    """What stands at the place is of another shop than was visited now: it is superseded. The place is locked."""
    for certificate in _of([request.place_id]).select_related("request__owner").order_by("pk"):
        before = certificate.request
        if before is not None and not slips.differs_by_slips(before, request.snapshot):
            _supersede(certificate, _("Another certificate was issued for what the place is now."))
            audit.record(None, "certificate.give_way", certificate)


def _of(place_ids: Iterable[int]) -> QuerySet[Certificate]:
    return _standing().filter(place_id__in=place_ids)


def _supersede(certificate: Certificate, reason: str) -> None:
    certificate.state, certificate.superseded_at = CertificateState.SUPERSEDED, clock.now()
    certificate.superseded_reason = reason
    certificate.save(update_fields=["state", "superseded_at", "superseded_reason"])
    outbox.withdraw(
        about=about_place(certificate.place_id), once_keys=[f"certificate.issued:{certificate.pk}"]
    )


def _archive(place: Place) -> None:
    place.state, place.updated_at = PlaceState.ARCHIVED, clock.now()
    place.save(update_fields=["state", "updated_at"])


def _tell_seller(certificate: Certificate) -> None:
    owner, place = certificate.owner, str(certificate.snapshot.get("title", ""))
    if owner.mobile:
        outbox.queue(
            "certificate.handed_over", owner.mobile, {"place": place}, user_id=owner.pk,
            once_key=f"certificate.handed_over:{certificate.pk}",
        )  # fmt: skip
    body = _(
        "The laboratory found that “%(place)s” has another holder now, and issued a certificate to him. Yours stands no longer; its history stays with you. If this is wrong, tell support."
    )
    notices.add(
        owner.pk, "certificate.handed_over", _("Your certificate was superseded"), body % {"place": place},
        reverse("inspections:certificate", args=[certificate.number]),
    )  # fmt: skip
