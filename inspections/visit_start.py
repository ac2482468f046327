"""From which moment a visit's report may be written: not before the appointment, an absence not before a grace."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from inspections.models import VisitSlot
from inspections.refusals import NotAllowed
from septam import clock, jalali
from septam.digits import to_persian


def opens_at(slot: VisitSlot, *, absent: bool) -> datetime:
    """The first moment at which the visit's report (`absent`: an absence) may be handed in."""
    grace = settings.NO_SHOW_GRACE_MINUTES if absent else 0
    return slot.starts_at + timedelta(minutes=grace)


def has_come(slot: VisitSlot | None) -> bool:
    """Whether the visit has begun; also where no time is held."""
    return slot is None or clock.now() >= slot.starts_at


def require(slot: VisitSlot | None, *, absent: bool) -> None:
    """Raise NotAllowed while it is too early for the report."""
    if slot is None or clock.now() >= opens_at(slot, absent=absent):
        return
    if not absent:
        raise NotAllowed(too_early(slot))
    raise NotAllowed(
        _(
            "An absence can be reported %(minutes)s minutes after the appointment at the earliest: %(when)s."
        )
        % {
            "minutes": to_persian(settings.NO_SHOW_GRACE_MINUTES),
            "when": jalali.visit_time(slot.starts_at),
        }
    )


def too_early(slot: VisitSlot) -> str:
    """When the report opens, in a sentence."""
    when = jalali.visit_time(slot.starts_at)
    return _("The report opens at the beginning of the visit: %(when)s.") % {"when": when}
