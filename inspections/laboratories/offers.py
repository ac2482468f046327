"""The job that looks for requests whose laboratory fell away, so that it does not matter how it came to it.

Each is moved by a verb under its lock, which looks again.
"""

from collections.abc import Callable

from django.db.models import Exists, OuterRef

from inspections import workflow
from inspections.laboratories import choice as laboratory_choice
from inspections.models import RequestStatus, SlotState, VisitRequest, VisitSlot
from inspections.models.requests import VisitRequestQuerySet
from inspections.refusals import NotAllowed
from septam import clock

BATCH = 300


def offer_due() -> int:
    """Let the owners of lost requests choose, and take back the choice where the laboratory is there again."""
    begun = VisitSlot.objects.filter(
        request_id=OuterRef("pk"), state=SlotState.ACCEPTED, starts_at__lte=clock.now()
    )
    new = laboratory_choice.lost().filter(~Exists(begun), new_laboratory_since=None)
    marked = VisitRequest.objects.filter(
        new_laboratory_since__isnull=False, status=RequestStatus.SCHEDULING
    )
    back = marked.exclude(pk__in=laboratory_choice.lost().values("pk"))
    return _each(new, workflow.lose_laboratory) + _each(back, workflow.laboratory_back)


def _each(rows: VisitRequestQuerySet, verb: Callable[[int], bool]) -> int:
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
    return sum(_said(verb, pk) for pk in ids)


def _said(verb: Callable[[int], bool], request_id: int) -> bool:
    try:
        return verb(request_id)
    except NotAllowed:  # it moved on by itself meanwhile
        return False
