"""The door to the audit log: who did or looked at what, and whose data it was.

Whose a row is stands in `portal.whose`, which sees every app; in which roles a member of staff acted, accounts
knows. Both register themselves here.
"""

from collections.abc import Callable, Collection, Mapping
from contextvars import ContextVar
from typing import Any

from django.db import models

from septam import clock
from septam.logs import current_client, current_request_id
from septam.models import AuditEvent

# The number of the thing where a list was told: its subject has none.
OF_A_LIST = str(None)
Standing = Callable[[int], list[str]]

# What was noted while the present request is answered, so that a page needs no second event of the same look.
_noted: ContextVar[tuple[str, frozenset[tuple[str, str]]]] = ContextVar(
    "noted", default=("", frozenset())
)
_owner_paths: dict[str, str] = {}
_standing_of: list[Standing] = []


def register_owners(paths: Mapping[str, str]) -> None:
    """For each model («app.model») the way to the id of the person whose data a row is («order__owner_id»)."""
    _owner_paths.update(paths)


def register_standing(standing: Standing) -> None:
    """Who knows the roles of a member of staff, as «role:laboratory»; they may be others tomorrow."""
    _standing_of[:] = [standing]


def names_owners(model: type[models.Model]) -> bool:
    """Whether the log knows whose the rows of this model are."""
    return model._meta.label_lower in _owner_paths


def record(actor_id: int | None, verb: str, subject: models.Model, **detail: Any) -> None:
    """Note that `actor_id` (None: the system) did `verb` to `subject`; detail holds ids and codes only.

    A list is told with an unsaved subject and `ids`. Call it inside the transaction of what it tells, so that
    neither stands without the other.
    """
    owners = _owners_of(subject, detail.get("ids", []))
    if actor_id is not None and owners and owners != [actor_id]:
        detail["as"] = [role for known in _standing_of for role in known(actor_id)]
    AuditEvent.objects.create(
        at=clock.now(),
        actor_id=actor_id,
        verb=verb,
        object_type=subject._meta.label_lower,
        object_id=str(subject.pk),
        owner_ids=owners or None,
        detail=detail,
        client=current_client(),
        request_id=current_request_id(),
    )
    _noted.set((current_request_id(), _noted_now() | {_key(subject)}))


def was_noted(subject: models.Model) -> bool:
    """Whether an event about this row was written already while the present request is answered."""
    return _key(subject) in _noted_now()


def _key(subject: models.Model) -> tuple[str, str]:
    return subject._meta.label_lower, str(subject.pk)


def _noted_now() -> frozenset[tuple[str, str]]:
    request_id, keys = _noted.get()
    return keys if request_id == current_request_id() else frozenset()


def _owners_of(subject: models.Model, ids: Collection[Any]) -> list[int]:
    path = _owner_paths.get(subject._meta.label_lower)
    if path is None:
        return []
    if subject.pk is None:
        return _asked(type(subject), path, ids)
    first, _hop, rest = path.partition("__")
    found: Any = subject
    while rest and found._state.fields_cache.get(first):
        found = getattr(found, first)
        first, _hop, rest = rest.partition("__")
    if rest:
        return _asked(type(subject), path, [subject.pk])
    return [owner] if (owner := getattr(found, first)) else []


def _asked(model: type[models.Model], path: str, ids: Collection[Any]) -> list[int]:
    rows = model._base_manager.filter(pk__in=ids).order_by()
    return sorted({owner for owner in rows.values_list(path, flat=True) if owner})
