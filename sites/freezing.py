"""When a place's data stand still: from payment until the request is final.

The workflow calls :func:`freeze` and :func:`unfreeze` inside the transaction of the step that they
belong to, so that a paid request and an editable place never stand side by side.
"""

from sites.place import Place


def freeze(place_id: int) -> None:
    """Close the place for its owner's changes; raises Place.DoesNotExist."""
    _mark(place_id, frozen=True)


def unfreeze(place_id: int) -> None:
    """Open the place for its owner again; raises Place.DoesNotExist."""
    _mark(place_id, frozen=False)


def _mark(place_id: int, *, frozen: bool) -> None:
    # One UPDATE, which also locks the row until the caller commits.
    if not Place.objects.filter(pk=place_id).update(frozen=frozen):
        raise Place.DoesNotExist(place_id)


def has_live_request(place: Place) -> bool:
    """Whether a request of the place is in the cart or on its way; it holds the place out of the archive.

    The question goes through the reverse relation: which statuses are live is the requests' own matter.
    """
    return place.requests.live().exists()
