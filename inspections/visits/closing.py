"""A closed day of a province: which visits it touches, and how they are taken back, thousands of them, one by one.

A closure forbids new times as soon as it stands. Its visits are taken back after somebody confirmed it: a job moves
each in a transaction of its own, so that a worker which dies in between is followed by another. What was moved is
not moved again, because its time is held no longer; each owner and expert is told once, by a key of the closure.
"""

import logging
from datetime import datetime, time, timedelta

from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from inspections import messages, workflow
from inspections.models import Closure, ClosureMove, VisitSlot
from inspections.models.visits import HOLDING
from inspections.refusals import NotAllowed
from inspections.visits import telling_experts
from septam import audit, clock

logger = logging.getLogger(__name__)
# What a run of the job takes, and how long a visit that could not be moved rests.
BATCH = 500
AGAIN = timedelta(minutes=10)


def touched(closure: Closure) -> QuerySet[VisitSlot]:
    """The held times of the day in the province that are still to come."""
    begins = datetime.combine(closure.day, time(0), clock.TEHRAN)
    return VisitSlot.objects.filter(
        state__in=HOLDING, starts_at__gte=max(begins, clock.now()), starts_at__lt=begins + timedelta(days=1),
        request__province_id=closure.province_id,
    )  # fmt: skip


def left(closure: Closure) -> QuerySet[VisitSlot]:
    """Of a confirmed closure, what is yet to be moved; a time that was proposed later was meant, with its reason."""
    return touched(closure).filter(created_at__lte=closure.confirmed_at)


@transaction.atomic
def confirm(closure_id: int, actor: User) -> Closure:
    """Let the day's visits be taken back. Raises NotAllowed for a closure that was confirmed before, or is over."""
    closure = Closure.objects.select_for_update(of=("self",)).get(pk=closure_id)
    if closure.confirmed_at is not None:
        raise NotAllowed(_("This closure was confirmed before."))
    if closure.day < clock.today():
        raise NotAllowed(_("This day is over; its visits are not moved."))
    closure.confirmed_at, closure.confirmed_by = clock.now(), actor
    closure.save(update_fields=["confirmed_at", "confirmed_by"])
    audit.record(actor.pk, "closure.confirm", closure)
    return closure


def move_due() -> int:
    """Take visits of confirmed closures back, a bounded number; returns how many were moved."""
    closures = Closure.objects.filter(day__gte=clock.today(), confirmed_at__isnull=False)
    moved, room = 0, BATCH
    for closure in closures.select_related("province", "confirmed_by").order_by("day", "pk"):
        ids = list(_due(closure).order_by("pk").values_list("pk", flat=True)[:room])
        moved += sum(_try(closure, slot_id) for slot_id in ids)
        room -= len(ids)
        if not room:
            break
    return moved


def _due(closure: Closure) -> QuerySet[VisitSlot]:
    resting = ClosureMove.objects.filter(
        closure=closure, slot=OuterRef("pk"), moved=False, tried_at__gt=clock.now() - AGAIN
    )
    return left(closure).exclude(Exists(resting))


def _try(closure: Closure, slot_id: int) -> bool:
    """Move one visit, or note why not; a failure of one stops no other."""
    try:
        with transaction.atomic():
            return _move(closure, slot_id)
    except NotAllowed as refusal:
        failure = refusal.reason
    except DatabaseError:
        logger.exception("closure %s: visit time %s could not be moved", closure.pk, slot_id)
        failure = _("It could not be written; it is tried again.")
    _note_failure(closure, slot_id, failure)
    return False


def _move(closure: Closure, slot_id: int) -> bool:
    # Whoever removes the closure waits, and nothing is moved for one that is gone.
    standing = Closure.objects.select_for_update(of=("self",), no_key=True)
    if not standing.filter(pk=closure.pk).exists():
        return False
    slot = workflow.close_day(slot_id, closure.confirmed_by, closure.reason)
    if slot is None:
        return False
    messages.day_closed(slot.request, closure)
    telling_experts.day_closed(slot.expert, closure)
    ClosureMove.objects.update_or_create(
        closure=closure, slot_id=slot_id, defaults={"tried_at": clock.now(), "moved": True, "failure": ""}
    )  # fmt: skip
    return True


def _note_failure(closure: Closure, slot_id: int, failure: str) -> None:
    if not Closure.objects.filter(pk=closure.pk).exists():
        return
    ClosureMove.objects.update_or_create(
        closure=closure, slot_id=slot_id,
        defaults={"tried_at": clock.now(), "moved": False, "failure": failure[:200]},
    )  # fmt: skip
