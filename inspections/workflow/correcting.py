"""Support corrects a slip in frozen data until the certificate is issued: the place and the request's own copy.

What decides the price (category, city, area, cloud service) and the laboratory is not among it: the report says what is
true, and a difference order or a return follows. Whom the place is for decides which expert may come; it stays too.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from inspections import difference, messages
from inspections.models import Correction, VisitRequest
from inspections.refusals import NotAllowed
from inspections.visits import slips
from inspections.workflow.core import check, lock, move, require_seen
from septam import audit, clock
from septam.text import search_key
from sites import snapshots
from sites.place import Place

CORRECTABLE = (
    "title", "sign_name", "postal_code", "address", "representative_name", "representative_phone", "second_phone",
    "visiting_hours", "cloud_landline", "connection", "holder_name", "holder_national_id",
)  # fmt: skip
_MAX_SEARCH_KEY = 240


def correct(
    request_id: int,
    actor: User,
    values: Mapping[str, Any],
    reason: str,
    *,
    seen: int | None = None,
) -> VisitRequest:
    """Write the values that differ. Raises NotAllowed, MovedOn, and KeyError for a field that is none of CORRECTABLE.

    Once the hour of the visit has come, and of a re-visit, only slips (inspections/visits/slips.py): another shop takes
    another visit. None while the certificate waits for a difference alone: nobody would read it.
    """
    if set(values) - set(CORRECTABLE):
        raise KeyError("not correctable")
    with transaction.atomic():
        request = lock(request_id)
        require_seen(request, seen)
        check(request, "correct")
        if objection := why_not_corrected(request):
            raise NotAllowed(objection)
        place = Place.objects.select_for_update().get(pk=request.place_id)
        before = {
            name: getattr(place, name) for name in values if getattr(place, name) != values[name]
        }
        if not before:
            raise NotAllowed(_("Nothing differs from what stands there."))
        after = {name: values[name] for name in before}
        _require_slips(request, after)
        known_as = request.place_title
        _write(place, request, after)
        kept = Correction.objects.create(
            request=request, at=clock.now(), actor=actor, reason=reason, before=before, after=after
        )
        move(request, "correct", actor, reason)
        audit.record(actor.pk, "place.correct", place, fields=sorted(after), request=request.pk)
        messages.corrected(request, kept.pk, known_as)
    return request


def why_not_corrected(request: VisitRequest) -> str:
    """Why no correction is taken although the request is open; empty if it is: the laboratory reads each one."""
    if difference.is_awaited(request):
        return _("The laboratory stands by the report already. Once the certificate is issued, slips are corrected on it.")  # fmt: skip
    return ""


def _require_slips(request: VisitRequest, after: Mapping[str, Any]) -> None:
    """From the hour of the visit on: what nobody saw on the spot stays what it was, but for slips.

    Of a re-visit from its beginning: most of it was seen at the visit before.
    """
    now = slips.of_snapshot(request, request.snapshot)
    wanted = now | slips.of_request(request, after)
    if after.get("holder_national_id"):
        wanted["national_id"] = str(after["holder_national_id"])
    try:
        if slips.is_visited(request):
            slips.require(request, now, wanted)
        elif wanted != now:
            slips.require_shop_of_first(request, wanted)
    except NotAllowed as refusal:
        # On a certificate the holder's name is called otherwise.
        field = "holder_name" if refusal.field == "holder" else refusal.field
        raise NotAllowed(refusal.reason, field) from refusal


def _write(place: Place, request: VisitRequest, after: dict[str, Any]) -> None:
    for name, value in after.items():
        setattr(place, name, value)
    place.search_key = search_key(f"{place.title} {place.sign_name}")[:_MAX_SEARCH_KEY]
    place.updated_at = clock.now()
    place.save(update_fields=[*after, "search_key", "updated_at"])
    fresh = snapshots.of(place)
    kept = {name: value for name, value in request.snapshot.items() if name not in after}
    request.snapshot = kept | {name: fresh[name] for name in after if name in fresh}
    request.search_key = place.search_key
    request.save(update_fields=["snapshot", "search_key"])
