"""When a place's data stand still: from payment until the request is final.

The workflow calls :func:`freeze` and :func:`unfreeze` inside the transaction of the step that they
belong to, so that a paid request and an editable place never stand side by side.
"""

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from septam.postgres.prepared import Prepared, Statement
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


# Asked before an owner changes a place: there are rows while its price is agreed but not paid yet.
Holding = Callable[[Any], QuerySet[Any]]
_holds: dict[Holding, Prepared[Any]] = {}


def register_hold(rows: Holding) -> None:
    """Have `rows(place_id)` looked for before each change of a place, for an app that stands above this one.

    While there is one the owner must first pay or give up the order: an order's lines are frozen, and a
    place that grew after them would be visited at the smaller one's price. The form asks under the place's
    lock, so whoever makes the order must lock the place too. Instead of an id, `rows` is also given a
    reference to it.
    """
    _holds.setdefault(rows, Prepared(rows))


def is_held(place: Place) -> bool:
    """Whether an order that waits for its payment holds the place's data: as it was read with the place, else asked."""
    known: bool | None = getattr(place, "held", None)
    return known if known is not None else any(rows.first(place.pk) for rows in _holds.values())


def with_hold(places: QuerySet[Place]) -> QuerySet[Place]:
    """The places, each with `held`: to be shown. Who is about to write asks anew, under the place's lock."""
    held = [Q(Exists(rows(OuterRef("pk")))) for rows in _holds]
    return places.annotate(held=reduce(or_, held) if held else Value(False))
