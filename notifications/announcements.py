"""Which announcements stand on a page now, at the cost of no statement while there is none.

Each process keeps the announcements of an edition: triggers count a new one with every change of their table, whoever
makes it. The edition comes along with who is signed in (accounts.backends); for visitors it is asked for.
"""

from collections.abc import Hashable
from contextlib import suppress
from typing import Any, NamedTuple

from django.db import InterfaceError, OperationalError
from django.db.models import Count, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from notifications.models import Announcement, Audience, PutAway
from septam import clock, editions
from septam.models import Edition

EDITION = "announcements"
_MOST = 20


class _Kept(NamedTuple):
    edition: int
    rows: list[Announcement]


_kept = [_Kept(-1, [])]


def edition_beside() -> Coalesce:
    """The edition, as a column beside the rows of users."""
    counted = Edition.objects.filter(name=EDITION).values("name").annotate(n=Count("*")).values("n")
    return Coalesce(Subquery(counted), 0)


def version(request: HttpRequest, edition: int) -> Hashable:
    """Changes with what visitors read of announcements: for pages that are kept, which ask for the edition."""
    request.announced = edition  # type: ignore[attr-defined]
    return (edition, clock.today()) if edition else edition


def _asked_once(request: HttpRequest) -> int:
    known: int | None = getattr(request, "announced", None)
    if known is None:
        # Pages that need no database («not found») stand without one too, as they were last.
        (known,) = editions.numbers_or_last_known(EDITION)
        request.announced = known  # type: ignore[attr-defined]
    return known


def for_reader(request: HttpRequest, *, in_office: bool = False) -> list[Announcement]:
    """What this person or visitor reads now, the newest first, without what was put away."""
    user: Any = request.user
    known = getattr(user, "announced", None)
    rows = _rows(_asked_once(request) if known is None else known)
    if not rows:
        return []
    today = clock.today()
    wanted = {Audience.EVERYBODY}
    if user.is_authenticated:
        wanted.add(Audience.STAFF if in_office or user.is_staff else Audience.OWNERS)
    found = [
        row for row in rows if row.audience in wanted and row.first_day <= today <= row.last_day
    ]
    if not found or not user.is_authenticated:
        return found
    away = PutAway.objects.filter(user_id=user.pk, announcement__in=found)
    gone = set(away.values_list("announcement_id", flat=True))
    return [row for row in found if row.pk not in gone]


def put_away(announcement_id: int, user_id: int) -> None:
    """This person wants it no longer; nothing happens for one that is gone."""
    if Announcement.objects.filter(pk=announcement_id).exists():
        PutAway.objects.get_or_create(announcement_id=announcement_id, user_id=user_id)


def forget() -> None:
    """Ask the database anew (for tests, whose editions are rolled back)."""
    _kept[0] = _Kept(-1, [])


def _rows(now: int) -> list[Announcement]:
    if now == 0:
        return []
    if _kept[0].edition != now:
        # Changed meanwhile: the rows may be newer than this edition; the next request asks again.
        with suppress(OperationalError, InterfaceError):  # away just now: as they were last
            _kept[0] = _Kept(now, list(Announcement.objects.order_by("-pk")[:_MOST]))
    return _kept[0].rows
