"""What waits in a laboratory for an expert, oldest first, read along its own index page by page."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from inspections.models import RequestKind, RequestStatus, VisitRequest
from inspections.models.requests import VisitRequestQuerySet
from septam import clock
from sites.models import City

PAGE = 50
AGES = (1, 3, 7)


@dataclass(frozen=True)
class Wish:
    """What is looked for: a city, a least age in days, a kind of request; and after which row the page begins."""

    city_id: int | None = None
    days: int | None = None
    kind: str = ""
    after: int | None = None


def waiting(laboratory_id: int) -> VisitRequestQuerySet:
    """The laboratory's requests that are to be given to somebody."""
    return VisitRequest.objects.filter(
        laboratory_id=laboratory_id, status=RequestStatus.SCHEDULING, assigned_expert=None,
        new_laboratory_since=None,
    )  # fmt: skip


def page_of(laboratory_id: int, wish: Wish) -> tuple[list[VisitRequest], bool]:
    """One page of what is wished, and whether there is more behind it."""
    rows = _wished(waiting(laboratory_id), wish)
    related = rows.select_related("place__category", "city__province")
    found = list(related.order_by("paid_at", "id")[: PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def _wished(rows: VisitRequestQuerySet, wish: Wish) -> VisitRequestQuerySet:
    if wish.city_id is not None:
        rows = rows.filter(city_id=wish.city_id)
    if wish.days is not None:
        rows = rows.filter(paid_at__lte=clock.now() - timedelta(days=wish.days))
    if wish.kind in RequestKind.values:
        rows = rows.filter(kind=wish.kind)
    last = _moment_of(wish.after)
    if last is not None:
        rows = rows.filter(Q(paid_at__gt=last) | Q(paid_at=last, pk__gt=wish.after))
    return rows


def _moment_of(request_id: int | None) -> datetime | None:
    """When the request was paid that the page before ended with."""
    if request_id is None:
        return None
    rows = VisitRequest.objects.filter(pk=request_id)
    return rows.values_list("paid_at", flat=True).first()


def cities(laboratory_id: int) -> list[City]:
    """Where something waits."""
    ids = waiting(laboratory_id).order_by().values("city_id").distinct()
    found = City.objects.filter(pk__in=ids).select_related("province")
    return list(found.order_by("province__sort_key", "sort_key"))


def needs_a_woman(laboratory_id: int) -> bool:
    """Whether something waits that only a woman may visit."""
    rows = VisitRequest.objects.filter(
        laboratory_id=laboratory_id, status=RequestStatus.SCHEDULING, assigned_expert=None
    )
    return rows.filter(place__women_only=True).exists()
