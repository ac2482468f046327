"""Verbs of a request whose laboratory falls away: lost, back again, another one chosen."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from inspections import messages
from inspections.laboratories import choice as laboratory_choice
from inspections.models import SlotState, VisitRequest
from inspections.refusals import NotAllowed
from inspections.workflow.core import check, close_slot, holding_slot, lock, move
from septam import clock
from sites.models import Laboratory, Place


def lose_laboratory(request_id: int) -> bool:
    """Take a paid request from a laboratory that cannot visit it any more, its time included; the owner is told.

    False, and nothing is changed, where the laboratory can, where the owner chooses already, or where the time of an
    accepted visit has come: that one's report is awaited.
    """
    with transaction.atomic():
        request = lock(request_id)
        check(request, "lose_laboratory")
        slot = holding_slot(request)
        has_begun = slot and slot.state == SlotState.ACCEPTED and slot.starts_at <= clock.now()
        if request.new_laboratory_since or has_begun or not laboratory_choice.is_lost(request):
            return False
        messages.called_off(request, slot)
        close_slot(slot, SlotState.WITHDRAWN)
        request.assigned_expert, request.new_laboratory_since = None, clock.now()
        changed = ["assigned_expert", "new_laboratory_since"]
        move(request, "lose_laboratory", None, request.laboratory.name, fields=changed)
        messages.laboratory_lost(request, slot)
        return True


def laboratory_back(request_id: int) -> bool:
    """The laboratory can visit the place again before its owner chose another: the place is in its queue as before."""
    with transaction.atomic():
        request = lock(request_id)
        check(request, "laboratory_back")
        if request.new_laboratory_since is None or laboratory_choice.is_lost(request):
            return False
        _take(request, request.laboratory)
        move(request, "laboratory_back", None, request.laboratory.name)
        messages.laboratory_settled(request)
        return True


def change_laboratory(request_id: int, owner: User, laboratory_id: int) -> Laboratory:
    """The owner chooses another laboratory; price and turn stay. Raises NotAllowed where it is not offered."""
    with transaction.atomic():
        request = lock(request_id, owner=owner)
        check(request, "change_laboratory")
        if request.new_laboratory_since is None:
            raise NotAllowed(_("The laboratory of this request cannot be changed now."))
        chosen = laboratory_choice.offered(request).filter(pk=laboratory_id).first()
        if chosen is None:
            raise NotAllowed(_("This laboratory cannot visit the place; choose one of the list."))
        _take(request, chosen)
        Place.objects.filter(pk=request.place_id).update(laboratory=chosen)
        move(request, "change_laboratory", owner, chosen.name)
        messages.laboratory_settled(request)
        return chosen


def _take(request: VisitRequest, laboratory: Laboratory) -> None:
    request.laboratory, request.new_laboratory_since = laboratory, None
    request.snapshot["laboratory_id"] = laboratory.pk
    request.save(update_fields=["laboratory", "new_laboratory_since", "snapshot"])
