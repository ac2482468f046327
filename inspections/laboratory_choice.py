"""Paid requests whose laboratory cannot visit them any more: which they are, what is offered, and who is told.

A laboratory falls away when it is suspended, its licence has run out, or its coverage of the city was taken away; for a
place for women only also where it has no woman expert. A job looks for such requests, so that it does not matter how
the laboratory came to it; each is moved by a verb under its lock, which looks again.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Role, StaffAssignment
from inspections.models import RequestStatus, SlotState, VisitRequest, VisitSlot
from inspections.models.requests import VisitRequestQuerySet
from inspections.refusals import NotAllowed
from septam import clock
from septam.alarms import Alarm
from septam.digits import to_persian
from sites import search
from sites.models import Laboratory

BATCH = 300
_CAN_MOVE = (RequestStatus.SCHEDULING, RequestStatus.PROPOSED, RequestStatus.ACCEPTED)
_SHOWN_AT_MOST = 1000


def lost() -> VisitRequestQuerySet:
    """Paid requests before their visit whose laboratory cannot visit them."""
    serves = search.serving(OuterRef("laboratory_id"), OuterRef("province_id"), OuterRef("city_id"))
    a_woman_goes = Q(place__women_only=False) | Exists(_women(OuterRef("laboratory_id")))
    rows = VisitRequest.objects.filter(status__in=_CAN_MOVE)
    return rows.exclude(Exists(serves) & a_woman_goes)


def is_lost(request: VisitRequest) -> bool:
    """Whether the request's laboratory cannot visit it."""
    return lost().filter(pk=request.pk).exists()


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


def offer_due() -> int:
    """Let the owners of lost requests choose, and take back the choice where the laboratory is there again."""
    from inspections import workflow

    begun = VisitSlot.objects.filter(
        request_id=OuterRef("pk"), state=SlotState.ACCEPTED, starts_at__lte=clock.now()
    )
    new = lost().filter(~Exists(begun), new_laboratory_since=None)
    marked = VisitRequest.objects.filter(
        new_laboratory_since__isnull=False, status=RequestStatus.SCHEDULING
    )
    back = marked.exclude(pk__in=lost().values("pk"))
    return _each(new, workflow.lose_laboratory) + _each(back, workflow.laboratory_back)


def _each(rows: VisitRequestQuerySet, verb: Callable[[int], bool]) -> int:
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
    return sum(_said(verb, pk) for pk in ids)


def _said(verb: Callable[[int], bool], request_id: int) -> bool:
    try:
        return verb(request_id)
    except NotAllowed:  # it moved on by itself meanwhile
        return False


def watch() -> Iterator[Alarm]:
    """How many owners choose another laboratory, for support and the portal's manager."""
    rows = VisitRequest.objects.filter(
        new_laboratory_since__isnull=False, status=RequestStatus.SCHEDULING
    )
    count = rows[:_SHOWN_AT_MOST].count()
    if count:
        text = _("%(count)s paid requests wait for their owners to choose another laboratory.")
        path = reverse("admin:inspections_visitrequest_changelist") + "?work=laboratory"
        yield Alarm(text % {"count": to_persian(count)}, path, "portal.answer_any_support")
