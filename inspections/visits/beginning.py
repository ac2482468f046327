"""What the beginning and the end of a visit's time allow: its report, an absence after a grace, a missed expert at last."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from inspections.models import ReportDraft, SlotState, VisitSlot
from inspections.refusals import NotAllowed
from septam import clock, jalali
from septam.digits import to_persian

# Later nobody remembers who stood before the door.
ABSENCE_WITHIN = timedelta(days=3)


def opens_at(slot: VisitSlot, *, absent: bool) -> datetime:
    """The first moment at which the visit's report (`absent`: an absence) may be handed in."""
    grace = settings.NO_SHOW_GRACE_MINUTES if absent else 0
    return slot.starts_at + timedelta(minutes=grace)


def has_come(slot: VisitSlot | None) -> bool:
    """Whether the visit has begun; also where no time is held."""
    return slot is None or clock.now() >= slot.starts_at


def require(slot: VisitSlot | None, *, absent: bool) -> None:
    """Raise NotAllowed while it is too early for the report, or too late for an absence, which costs its owner the fee."""
    if slot is None:
        return
    if absent and clock.now() > slot.starts_at + ABSENCE_WITHIN:
        raise NotAllowed(
            _("An absence is reported within %(days)s days of the appointment; the laboratory or support takes the time back now.")
            % {"days": to_persian(ABSENCE_WITHIN.days)}
        )  # fmt: skip
    if clock.now() >= opens_at(slot, absent=absent):
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


def report_is_due(slot: VisitSlot | None, actor: User) -> str:
    """Why the expert of a visit that has begun cannot give its time up, in a sentence; empty for everybody else."""
    if slot is None or slot.state != SlotState.ACCEPTED or slot.expert_id != actor.pk:
        return ""
    if slot.starts_at > clock.now():
        return ""
    return _(
        "The time of the visit has come: write its report. If there was no visit, the laboratory or support takes the time back."
    )


def with_begun_report(slots: QuerySet[VisitSlot]) -> QuerySet[VisitSlot]:
    """The times with `report_begun`: whether something was written into a report since the visit began."""
    saved = ReportDraft.objects.filter(
        request_id=OuterRef("request_id"), found_at__gte=OuterRef("starts_at")
    )
    return slots.annotate(report_begun=Exists(saved))


def is_report_begun(slot: VisitSlot) -> bool:
    """The same of one time, read now; certain while the request is locked."""
    drafts = ReportDraft.objects.filter(request_id=slot.request_id, found_at__gte=slot.starts_at)
    return drafts.exists()


def why_not_missed(slot: VisitSlot, now: datetime, *, report_begun: bool) -> str:
    """Why the owner cannot say that the expert did not come, in a sentence; empty where it can be said."""
    if slot.starts_at > now:
        return _("The time of the visit has not come yet.")
    if report_begun:
        phone = to_persian(settings.SUPPORT_PHONE)
        text = _(
            "The expert has begun the report of this visit. If nobody came, call support at %(phone)s."
        )
        return text % {"phone": phone}
    end = slot.starts_at + timedelta(minutes=settings.VISIT_MINUTES)
    if now < end:
        text = _(
            "After the end of the visit's time you can say that the expert did not come: %(when)s."
        )
        return text % {"when": jalali.visit_time(end)}
    return ""
