"""Reminders of visit times; each reaches an owner once, however often the job runs."""

from datetime import datetime, timedelta

from django.db import transaction

from inspections import messages
from inspections.models import SlotState, VisitSlot
from septam import clock

# Nobody is reminded at night; and an owner has half a day to answer unasked.
DAYTIME = range(9, 21)
TIME_TO_ANSWER = timedelta(hours=12)


def remind_of_proposals() -> int:
    """Remind owners who have not answered a proposed time that is still to come; returns how many."""
    now = clock.now()
    if not _is_daytime(now):
        return 0
    waiting = VisitSlot.objects.filter(
        state=SlotState.PROPOSED,
        reminded_at=None,
        starts_at__gt=now,
        created_at__lte=now - TIME_TO_ANSWER,
    )
    return sum(_remind_of_proposal(pk) for pk in waiting.values_list("pk", flat=True))


def _remind_of_proposal(slot_id: int) -> bool:
    with transaction.atomic():
        rows = VisitSlot.objects.select_for_update(of=("self",)).select_related(
            "request__owner", "request__place"
        )
        slot = rows.filter(pk=slot_id, state=SlotState.PROPOSED, reminded_at=None).first()
        if slot is None:
            return False
        slot.reminded_at = clock.now()
        slot.save(update_fields=["reminded_at"])
        return messages.answer_due(slot.request, slot)


def remind_of_tomorrow() -> int:
    """Remind owners of tomorrow's accepted visits; returns how many were not reminded before."""
    now = clock.now()
    if not _is_daytime(now):
        return 0
    first = clock.in_tehran(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(
        days=1
    )
    tomorrow = VisitSlot.objects.filter(
        state=SlotState.ACCEPTED, starts_at__gte=first, starts_at__lt=first + timedelta(days=1)
    )
    slots = tomorrow.select_related("request__owner", "request__place")
    return sum(_remind_of_visit(slot) for slot in slots)


def _remind_of_visit(slot: VisitSlot) -> bool:
    with transaction.atomic():
        return messages.visit_tomorrow(slot.request, slot)


def _is_daytime(now: datetime) -> bool:
    return clock.in_tehran(now).hour in DAYTIME
