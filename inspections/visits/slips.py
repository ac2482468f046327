"""What may still be corrected of a place once it was visited: slips of the pen, never another shop or another person's."""

from collections.abc import Mapping
from datetime import datetime
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.holder import holder_of
from inspections.models import (
    Complaint,
    Correction,
    ReportDraft,
    RequestKind,
    RequestStatus,
    SlotState,
    VisitReport,
    VisitRequest,
)
from inspections.refusals import NotAllowed
from inspections.visits import beginning as visit_start
from septam.text import search_key
from sites.place import Place

# What may have been written wrongly. Trade, level and area were examined and paid for: they take another visit.
NAMES = ("title", "sign_name", "holder", "postal_code")
# More than these, and it would be a shop that nobody visited.
MOST_DIFFERENT, MOST_DIGITS = 2, 3
# How much two spellings of one name have in common, of 1.
SAME_NAME = 0.6


def of_request(request: VisitRequest, fields: Mapping[str, str]) -> dict[str, str]:
    """The four out of a request's fields, as far as they are there; who names no holder is it himself."""
    found = {name: str(fields[name] or "") for name in NAMES if name in fields}
    if "holder_name" in fields:
        found["holder"] = str(fields["holder_name"]) or holder_of(request.owner).name
    return found


def of_snapshot(request: VisitRequest, snapshot: Mapping[str, Any]) -> dict[str, str]:
    """The four of a whole copy of the place, which names a holder only where it is another than the account's."""
    return of_request(request, {"holder_name": "", **snapshot})


def since_visit(request: VisitRequest) -> QuerySet[Correction]:
    """The corrections that the visit could not see; none before its hour has come."""
    hour = _visited_at(request)
    return request.corrections.filter(at__gte=hour) if hour else Correction.objects.none()


def _visited_at(request: VisitRequest) -> datetime | None:
    hours = [hour for hour in (_reported_from(request), _agreed_hour(request)) if hour]
    return min(hours, default=None)


def _agreed_hour(request: VisitRequest) -> datetime | None:
    if request.status in (RequestStatus.SCHEDULING, RequestStatus.PROPOSED):
        return None
    visits = request.slots.filter(state__in=(SlotState.ACCEPTED, SlotState.DONE))
    slot = visits.order_by("-pk").first()
    return slot.starts_at if slot and visit_start.has_come(slot) else None


def _reported_from(request: VisitRequest) -> datetime | None:
    """The hour from which a report was begun, though its time was taken back: what it says stays in the form."""
    draft = ReportDraft.objects.filter(request=request, found_at__isnull=False).first()
    if draft is None:
        return None
    agreed = request.slots.filter(starts_at__lte=draft.found_at, answered_at__isnull=False)
    return agreed.order_by("starts_at").values_list("starts_at", flat=True).first()


def is_visited(request: VisitRequest) -> bool:
    """Whether the agreed hour has come: what support writes from then on, nobody will have seen on the spot."""
    return _visited_at(request) is not None


def require(request: VisitRequest, written: Mapping[str, str], wanted: Mapping[str, str]) -> None:
    """Raise NotAllowed where what was visited and what is to be written are no longer one shop of one holder.

    `written` are the four as request or first certificate have them. Measured at what was visited: a row of small
    corrections leads no further than one.
    """
    one, other = _keys(_as_visited(request, written)), _keys(wanted)
    if one["postal_code"] != other["postal_code"]:
        _require_no_other_place(request, wanted["postal_code"])
    _require_one_shop(one, other)
    require_shop_of_first(request, wanted)


def require_shop_of_first(request: VisitRequest, wanted: Mapping[str, str]) -> None:
    """Raise NotAllowed where a re-visit or a free visit would be of another shop than the visit that it follows.

    `wanted` are the four, and the holder's national number where it is known.
    """
    if (first := bound_to(request)) is not None:
        _require_same(first, wanted)


def bound_to(request: VisitRequest) -> VisitRequest | None:
    """The visit whose shop the request is held to at any hour, for it is paid less or asks less; None for others."""
    if request.previous is None:
        return None
    is_lesser = request.kind == RequestKind.REVISIT or _is_granted(request)
    return _first_of(request.previous) if is_lesser else None


def _is_granted(request: VisitRequest) -> bool:
    """Whether it is a free visit, given because a complaint was upheld."""
    return Complaint.objects.filter(repeat=request).exists()


def is_one_shop(visited: VisitRequest, snapshot: Mapping[str, Any]) -> bool:
    """Whether a place as its owner tells it now is what the first of a row of visits saw.

    The postal code is the one that was visited, or that support corrected: one digit leads to another district.
    """
    first, code = _first_of(visited), snapshot.get("postal_code")
    is_known = code == first.snapshot.get("postal_code") or code == _as_seen(first)["postal_code"]
    return is_known and differs_by_slips(visited, snapshot)


def differs_by_slips(visited: VisitRequest, snapshot: Mapping[str, Any]) -> bool:
    """Whether it is the shop, trade and holder that the first of a row of visits saw, with slips mended at most."""
    if not _is_its_trade(visited, snapshot.get("category_id")):
        return False
    now = of_snapshot(visited, snapshot) | {"national_id": _national_id(visited, snapshot)}
    try:
        _require_same(_first_of(visited), now)
    except NotAllowed:
        return False
    return True


def _is_its_trade(visited: VisitRequest, category_id: Any) -> bool:
    """Whether it is the trade that was paid for, or the one that the expert found there."""
    if category_id == visited.snapshot.get("category_id"):
        return True
    found = VisitReport.objects.filter(request=visited, true_category__isnull=False)
    return found.filter(true_category=category_id).exists()


def _national_id(request: VisitRequest, snapshot: Mapping[str, Any]) -> str:
    if snapshot.get("holder_name"):
        return str(snapshot.get("holder_national_id") or "")
    return holder_of(request.owner).national_id


def _require_same(first: VisitRequest, wanted: Mapping[str, str]) -> None:
    """One shop, and whoever the licence is for is the same: another holder takes a whole visit."""
    seen, before = _as_seen(first), str(first.snapshot.get("holder_national_id") or "")
    _require_one_shop(_keys(seen), _keys(wanted))
    given = wanted.get("national_id") or before
    is_other_number = before and _digits_apart(before, given) > MOST_DIGITS
    if is_other_number or _is_another(_keys(seen)["holder"], _keys(wanted)["holder"]):
        raise NotAllowed(_("The holder is another than at the visit before; it takes a new visit."), "holder")  # fmt: skip


def _first_of(visited: VisitRequest) -> VisitRequest:
    """The visit that asked everything: what a row of re-visits takes over goes back to it."""
    while visited.kind == RequestKind.REVISIT and visited.previous is not None:
        visited = visited.previous
    return visited


def _as_seen(visited: VisitRequest) -> dict[str, str]:
    return _as_visited(visited, of_snapshot(visited, visited.snapshot))


def _require_one_shop(one: Mapping[str, str], other: Mapping[str, str]) -> None:
    different = [name for name in NAMES if one[name] != other[name]]
    if {"holder", "postal_code"} <= set(different):
        both = _(
            "Holder and postal code never both differ from what was visited; it takes a new visit."
        )
        raise NotAllowed(both, "holder")
    replaced = {name for name in different if _is_another(one[name], other[name])}
    if "holder" in replaced and replaced & {"title", "sign_name"}:
        others = _(
            "Holder and title or sign never both become others than were visited; it takes a new visit."
        )
        raise NotAllowed(others, "holder")
    if _digits_apart(one["postal_code"], other["postal_code"]) > MOST_DIGITS:
        digits = _(
            "At most three digits of the postal code may differ from what was visited; another place takes a new visit."
        )
        raise NotAllowed(digits, "postal_code")
    if len(different) > MOST_DIFFERENT:
        raise NotAllowed(
            _("At most two of title, sign, holder and postal code may differ from what was visited; more takes a new visit.")
        )  # fmt: skip
    if "postal_code" in different and "title" in replaced:
        moved = _(
            "Title and postal code never both become others than were visited; it takes a new visit."
        )
        raise NotAllowed(moved, "postal_code")


def _as_visited(request: VisitRequest, written: Mapping[str, str]) -> dict[str, str]:
    """Without what support corrected since the hour of the visit."""
    found = dict(written)
    for one in since_visit(request).order_by("-pk"):
        found |= of_request(request, one.before)
    return found


def _require_no_other_place(request: VisitRequest, postal_code: str) -> None:
    theirs = Place.objects.filter(owner_id=request.owner_id, postal_code=postal_code)
    if theirs.exclude(pk=request.place_id).exists():
        another = _(
            "Another place of this owner has this postal code; it takes a visit of its own."
        )
        raise NotAllowed(another, "postal_code")


def _keys(data: Mapping[str, str]) -> dict[str, str]:
    # Spaces, half-spaces and ي or ی are spelling, never another name.
    return {name: search_key(str(data.get(name) or "")) for name in NAMES}


def _is_another(one: str, other: str) -> bool:
    """Whether a name is another one and not the same with a slip, which leaves most letters in their places."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio() < SAME_NAME


def _digits_apart(one: str, other: str) -> int:
    return sum(a != b for a, b in zip_longest(one, other))
