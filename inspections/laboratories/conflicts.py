"""Declaring and ending a conflict of interest; what it forbids is decided in inspections.laboratories.fitness."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from inspections.laboratories.fitness import person_key
from inspections.models import ConflictKind, ConflictOfInterest
from inspections.refusals import NotAllowed
from septam import audit, clock

_SHOWN_DIGITS = 4


def prepare(declared: ConflictOfInterest, by: User, person: str = "") -> ConflictOfInterest:
    """Fill in who declares it now, and the key of the person's number; fields of other kinds are emptied."""
    declared.declared_at, declared.declared_by = clock.now(), by
    if declared.kind != ConflictKind.PLACE:
        declared.postal_code = ""
    if declared.kind != ConflictKind.TRADE:
        declared.city = declared.category = None
    if declared.kind == ConflictKind.OWNER:
        declared.person_hash, declared.person_hint = person_key(person), person[-_SHOWN_DIGITS:]
    return declared


@transaction.atomic
def end(declared_id: int, actor: User, reason: str) -> ConflictOfInterest:
    """It counts no longer. Raises NotAllowed where it was ended before, or by the expert whose it is."""
    declared = ConflictOfInterest.objects.select_for_update(of=("self",)).get(pk=declared_id)
    if declared.ended_at is not None:
        raise NotAllowed(_("This declaration was ended before."))
    if declared.expert_id == actor.pk:
        raise NotAllowed(_("Nobody ends the own declaration."))
    declared.ended_at, declared.ended_by, declared.ended_reason = clock.now(), actor, reason[:200]
    declared.save(update_fields=["ended_at", "ended_by", "ended_reason"])
    audit.record(actor.pk, "conflict.end", declared)
    return declared
