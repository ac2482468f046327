"""Paid requests whose laboratory cannot visit them any more: which they are, what is offered, and who is told.

A laboratory falls away when it is suspended, its licence has run out, or its coverage of the city was taken away; for a
place for women only also where it has no woman expert. `laboratory_offers` is the job that looks for them.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Role, StaffAssignment
from inspections.models import RequestStatus, VisitRequest
from inspections.models.requests import BEFORE_VISIT, VisitRequestQuerySet
from septam import clock
from septam.alarms import Alarm
from septam.digits import to_persian
from sites import search
from sites.models import Laboratory

PERMISSION = "portal.answer_any_support"
_SHOWN_AT_MOST = 1000


def lost() -> VisitRequestQuerySet:
    """Paid requests before their visit whose laboratory cannot visit them."""
    serves = search.serving(OuterRef("laboratory_id"), OuterRef("province_id"), OuterRef("city_id"))
    a_woman_goes = Q(place__women_only=False) | Exists(_women(OuterRef("laboratory_id")))
    rows = VisitRequest.objects.filter(status__in=BEFORE_VISIT)
    return rows.exclude(Exists(serves) & a_woman_goes)


def is_lost(request: VisitRequest) -> bool:
    """Whether the request's laboratory cannot visit it."""
    return lost().filter(pk=request.pk).exists()


def stopped(laboratory_ids: Iterable[int]) -> bool:
    """Whether one of these laboratories is suspended or its licence has run out: begun visits alone are left to it."""
    over = Q(active=False) | Q(licence_until__lt=clock.today())
    return Laboratory.objects.filter(over, pk__in=laboratory_ids).exists()


def _women(laboratory: Any) -> QuerySet[StaffAssignment]:
    return StaffAssignment.objects.filter(
        role=Role.EXPERT, laboratory=laboratory, active=True, is_woman=True, user__is_active=True
    )


def offered(request: VisitRequest) -> QuerySet[Laboratory]:
    """The laboratories that can visit the place, in order of their names; the price is the same at each."""
    found = search.laboratories_for(request.city)
    if request.place.women_only:
        found = found.filter(Exists(_women(OuterRef("pk"))))
    return found


def watch() -> Iterator[Alarm]:
    """How many owners choose another laboratory, for support and the portal's manager."""
    rows = VisitRequest.objects.filter(
        new_laboratory_since__isnull=False, status=RequestStatus.SCHEDULING
    )
    text = _("%(count)s paid requests wait for their owners to choose another laboratory.")
    yield from told(rows, text, "laboratory")


def told(rows: QuerySet[VisitRequest], text: str, work: str) -> Iterator[Alarm]:
    """A line with the `count` of these requests, which leads to their work list; none where there are none."""
    count = rows[:_SHOWN_AT_MOST].count()
    if count:
        path = reverse("admin:inspections_visitrequest_changelist") + f"?work={work}"
        yield Alarm(text % {"count": to_persian(count)}, path, PERMISSION)
