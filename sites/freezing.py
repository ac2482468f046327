"""When a place's data stand still: from payment until the request is final.

The workflow calls :func:`freeze` and :func:`unfreeze` inside the transaction of the step that they
belong to, so that a paid request and an editable place never stand side by side.
"""

from collections.abc import Callable

from septam.postgres.prepared import Statement
from sites.place import Place

# One UPDATE, which also locks the row until the caller commits.
_MARK = Statement("UPDATE septam_sites_place SET frozen = $2 WHERE id = $1", "bigint", "boolean")


def freeze(place_id: int) -> None:
    """Close the place for its owner's changes; raises Place.DoesNotExist."""
    _mark(place_id, frozen=True)


def unfreeze(place_id: int) -> None:
    """Open the place for its owner again; raises Place.DoesNotExist."""
    _mark(place_id, frozen=False)


def _mark(place_id: int, *, frozen: bool) -> None:
    if not _MARK.run(place_id, frozen):
        raise Place.DoesNotExist(place_id)


def has_live_request(place: Place) -> bool:
    """Whether a request of the place is in the cart or on its way; it holds the place out of the archive.

    The question goes through the reverse relation: which statuses are live is the requests' own matter.
    """
    return place.requests.live().exists()


# Asked before an owner changes a place: true while its price is agreed but not paid yet.
_holds: list[Callable[[int], bool]] = []


def register_hold(check: Callable[[int], bool]) -> None:
    """Have `check(place_id)` asked before each change of a place, for an app that stands above this one.

    While it answers true the owner must first pay or give up the order: an order's lines are frozen, and a
    place that grew after them would be visited at the smaller one's price. The form asks under the place's
    lock, so whoever makes the order must lock the place too.
    """
    if check not in _holds:
        _holds.append(check)


def is_held(place: Place) -> bool:
    """Whether an order that waits for its payment holds the place's data."""
    return any(check(place.pk) for check in _holds)
