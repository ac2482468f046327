"""Forms of the office's steps that give a visit its time, move it or take it back."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from inspections import scope, workflow
from inspections.models import SlotState, VisitRequest, VisitSlot
from inspections.models.visits import HOLDING
from inspections.office.forms import ReasonForm, StepForm
from inspections.visits import expert_day, free_hours
from septam import clock, jalali
from septam.digits import to_persian
from septam.forms.fields import HourField, JalaliDateField, PersianCharField
from septam.templatetags.persian import tel


class ProposeForm(StepForm):
    """A Jalali date and an hour, beside the free and taken hours of the expert."""

    said = gettext_lazy("The time was proposed: %(time)s. The owner hears of it by SMS.")
    refusal_field = "hour"
    template = "admin/inspections/propose.html"
    prefilled = ("day", "hour")
    day = JalaliDateField(label=gettext_lazy("Date of the visit"), min_date=clock.today)
    hour = HourField(
        label=gettext_lazy("Hour of the visit"), help_text=gettext_lazy("Like 15 or 15:30")
    )
    override_reason = PersianCharField(
        label=gettext_lazy("Reason for an unusual time"), required=False, max_length=200,
        help_text=gettext_lazy("Only for a weekend day, a holiday, leave, a full day or an unusual hour"),
    )  # fmt: skip
    attributes = {"hour": {"class": "input-short"}}

    def prepare(self) -> None:
        """What one needs to know to agree on a time; an hour of the address in Persian digits."""
        if "hour" in self.initial:
            self.initial["hour"] = to_persian(self.initial["hour"])
        self.facts = _to_agree_on(self.viewer.visit)

    @property
    def done(self) -> str:  # type: ignore[override]
        """With the time, so that a slip is seen at once."""
        return str(self.said) % {"time": _in_words(self.starts_at)}

    @property
    def expert(self) -> User:
        """Whose time it is: who has the request, else oneself."""
        return self.viewer.visit.assigned_expert or self.viewer.user

    def offer(self) -> free_hours.Offer:
        """The hours from the chosen day on, else from the day that the address names, else from today."""
        day: date | None = self._given("day")
        hour: time | None = self._given("hour")
        chosen = datetime.combine(day, hour, clock.TEHRAN) if day and hour else None
        first = _jalali(self.address.get("from")) or day or clock.today()
        return free_hours.of(self.viewer.visit, self.expert, self.viewer.user, first, chosen)

    def _given(self, name: str) -> Any:
        """What is typed or filled in, where it can be read."""
        typed = self[name].value()
        try:
            return self.fields[name].to_python(typed) if typed else None
        except forms.ValidationError:
            return None

    @property
    def starts_at(self) -> datetime:
        """The chosen moment."""
        return datetime.combine(self.cleaned_data["day"], self.cleaned_data["hour"], clock.TEHRAN)

    def take(self) -> None:
        """Propose it."""
        workflow.propose_time(
            self.viewer.visit.pk, self.expert, self.starts_at, self.viewer.user,
            self.cleaned_data["override_reason"] or "", seen=self.seen,
        )  # fmt: skip


def _jalali(typed: object) -> date | None:
    try:
        return jalali.parse_date(str(typed)) if typed else None
    except jalali.DateError:
        return None


def _in_words(moment: datetime) -> str:
    return f"{jalali.day_and_month(moment)} {jalali.hour_words(moment)}"


def _to_agree_on(visit: VisitRequest) -> list[tuple[str, str]]:
    data = visit.snapshot
    address = "، ".join(part for part in (data.get("city_label"), data.get("address")) if part)
    facts = [
        (_("Applicant"), str(visit.owner)),
        (_("Good hours for a call and a visit"), data.get("visiting_hours") or ""),
        (_("The owner wrote"), expert_day.wish_of(visit)),
        (_("Call"), tel(scope.phone_for_visit(visit))),
        (_("Exact address"), address),
    ]  # fmt: skip
    return [(label, value) for label, value in facts if value]


def _held(form: StepForm) -> VisitSlot | None:
    return VisitSlot.objects.filter(request_id=form.viewer.visit.pk, state__in=HOLDING).first()


def _told_of(slot: VisitSlot | None) -> tuple[list[tuple[str, str]], list[str]]:
    """The time that is given up, and a warning where it has come already."""
    if slot is None:
        return [], []
    facts = [(_("Visit time"), f"{jalali.visit_time(slot.starts_at)} ({slot.get_state_display()})")]
    begun = slot.state == SlotState.ACCEPTED and slot.starts_at <= clock.now()
    warning = _("The time of this visit has come. Take it back only if there was no visit.")
    return facts, [warning] if begun else []


class MoveForm(ProposeForm):
    """Another time in place of the one that stands."""

    said = gettext_lazy("The new time was proposed: %(time)s. The owner hears of it by SMS.")
    reason = PersianCharField(label=gettext_lazy("Why the time changes"), max_length=300)
    field_order = ("reason", "day", "hour", "override_reason")

    def prepare(self) -> None:
        """Which time it is about; the hours begin at its day."""
        super().prepare()
        slot = _held(self)
        facts, self.warnings = _told_of(slot)
        self.facts = [*facts, *self.facts]
        if slot and not self.is_bound and slot.starts_at > clock.now():
            self.address = {"from": jalali.latin_date(slot.starts_at), **self.address}

    def take(self) -> None:
        """Move it."""
        given = self.cleaned_data
        workflow.move_time(
            self.viewer.visit.pk, self.starts_at, self.viewer.user, given["reason"],
            given["override_reason"] or "", seen=self.seen,
        )  # fmt: skip


class RescheduleForm(ReasonForm):
    """Take a proposed or accepted time back."""

    done = gettext_lazy("The time was taken back; the request is in the queue again.")

    def prepare(self) -> None:
        """Which time it is about."""
        self.facts, self.warnings = _told_of(_held(self))

    def take(self) -> None:
        """Give the time up."""
        workflow.reschedule(
            self.viewer.visit.pk, self.viewer.user, self.cleaned_data["reason"], seen=self.seen
        )
