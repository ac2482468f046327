"""Forms of the office's steps; each is handed the viewer and says how its step is taken."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role, User
from inspections import difference, money_back, sales, workflow
from inspections.certificates.validity import grouped
from inspections.models import CallOutcome, ReportOutcome
from inspections.models.requests import PAID_OPEN
from inspections.office.steps import Viewer
from inspections.reports import summary as report_summary
from septam.digits import row_number, to_persian
from septam.forms.base import PortalForm
from septam.forms.fields import PersianCharField
from septam.money import format_rial
from septam.templatetags.persian import jdatetime


class StepForm(PortalForm, forms.Form):
    """A step's question. `refusal_field` is where a refusal of the workflow is shown."""

    done = gettext_lazy("Done.")
    refusal_field: str | None = None
    template = "admin/inspections/step.html"
    # What an address may fill in.
    prefilled: Sequence[str] = ()
    # Shown above the fields: rows of label and value, and what must not be overlooked.
    facts: Sequence[tuple[str, str]] = ()
    warnings: Sequence[Any] = ()

    def __init__(
        self,
        viewer: Viewer,
        data: Mapping[str, Any] | None = None,
        address: Mapping[str, Any] | None = None,
    ) -> None:
        self.viewer = viewer
        # The newest step that the page shows, and the one that the form's page showed (None: it said nothing).
        self.seen_now = workflow.newest_event(viewer.visit)
        self.seen = row_number(str(data.get("seen") or "")) if data else None
        self.address = address or {}
        super().__init__(
            data,
            initial={name: self.address[name] for name in self.prefilled if name in self.address},
        )
        self.prepare()

    def prepare(self) -> None:
        """Fit the fields to the request."""

    @property
    def is_overtaken(self) -> bool:
        """Whether others took a step since the page that this form comes from was shown."""
        return self.seen is not None and self.seen != self.seen_now

    def decide_anew(self, reason: str) -> None:
        """Say what happened. What was written stays; what was ticked of another page is to be ticked again."""
        self.add_error(None, reason)
        data = self.data.copy()  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            if isinstance(field, forms.BooleanField):
                data.pop(name, None)
        self.data = data

    def take(self) -> None:
        """Take the step. Raises workflow.NotAllowed."""
        raise NotImplementedError


class CallForm(StepForm):
    """What came of a call."""

    done = gettext_lazy("The call was noted.")
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"), choices=CallOutcome.choices, widget=forms.RadioSelect
    )
    note = PersianCharField(label=gettext_lazy("Note"), required=False, max_length=300)
    # The newest call that the page showed, so that a form sent twice is one call.
    after = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def prepare(self) -> None:
        """What was called before."""
        newest = self.viewer.visit.calls.order_by("-pk").values_list("pk", flat=True).first()
        self.fields["after"].initial = newest or 0

    def take(self) -> None:
        """Log it."""
        given = self.cleaned_data
        workflow.log_call(
            self.viewer.visit.pk, self.viewer.user, given["outcome"], given["note"] or "",
            after=given["after"],
        )  # fmt: skip


class _ExpertChoice(forms.ModelChoiceField):
    """Experts with how many requests each has in hand."""

    def label_from_instance(self, obj: Any) -> str:
        """Name and load."""
        return _("%(name)s (%(count)s in hand)") % {"name": obj, "count": to_persian(obj.in_hand)}


class AssignForm(StepForm):
    """Whose request it is."""

    done = gettext_lazy("The request was assigned.")
    refusal_field = "expert"
    expert = _ExpertChoice(label=gettext_lazy("Expert"), queryset=User.objects.none())

    def prepare(self) -> None:
        """The laboratory's active experts."""
        visit = self.viewer.visit
        in_hand = Count(
            "assigned_requests", filter=Q(assigned_requests__status__in=PAID_OPEN), distinct=True
        )
        experts = User.objects.filter(
            is_active=True, assignments__role=Role.EXPERT, assignments__active=True,
            assignments__laboratory_id=visit.laboratory_id,
        )  # fmt: skip
        field = cast(_ExpertChoice, self.fields["expert"])
        field.queryset = experts.annotate(in_hand=in_hand).order_by("in_hand", "pk")

    def take(self) -> None:
        """Assign it."""
        workflow.assign(
            self.viewer.visit.pk, self.cleaned_data["expert"], self.viewer.user, seen=self.seen
        )


class ReasonForm(StepForm):
    """A step that needs a reason."""

    reason = PersianCharField(
        label=gettext_lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class CancelForm(ReasonForm):
    """End a paid request without a visit."""

    done = gettext_lazy("The request was cancelled; a refund is due.")

    def prepare(self) -> None:
        """Whose request this ends."""
        visit = self.viewer.visit
        paid = jdatetime(visit.paid_at) if visit.paid_at else "–"
        due = _("%(amount)s rial") % {
            "amount": format_rial(money_back.amount(visit, by_owner=False))
        }
        self.facts = [
            *report_summary.of_request(visit), (_("Paid"), paid), (_("Goes back to the owner"), due),
        ]  # fmt: skip

    def take(self) -> None:
        """Cancel it."""
        workflow.cancel(
            self.viewer.visit.pk, self.viewer.user, self.cleaned_data["reason"], seen=self.seen
        )


class SendBackForm(ReasonForm):
    """Reopen the report for its expert."""

    done = gettext_lazy("The report was sent back to the expert.")

    def take(self) -> None:
        """Send it back."""
        report = self.viewer.visit.report
        workflow.send_back(report.pk, self.viewer.user, self.cleaned_data["reason"], seen=self.seen)


class EndorseForm(StepForm):
    """Stand by the report."""

    checked = forms.BooleanField(
        label=gettext_lazy("I have read the report and stand by its result."),
    )
    difference_seen = forms.BooleanField(label=gettext_lazy("I have seen the difference."))
    is_sold = forms.BooleanField(
        label=gettext_lazy("The place was handed over: the certificate of its former holder gives way."),
        required=False,
    )  # fmt: skip

    def prepare(self) -> None:
        """The report beside the declared data; a difference is ticked by itself."""
        visit = self.viewer.visit
        summary = report_summary.of(visit, visit.report)
        self.facts, self.warnings = summary.facts, summary.differences
        if visit.report.outcome == ReportOutcome.CONFORMING:
            self._say_what_is_due()
        if not summary.differences:
            del self.fields["difference_seen"]
        self._name_other_holders()

    def _name_other_holders(self) -> None:
        """Certificates of others at the same postal code, as the public check shows them; without any, no question."""
        visit = self.viewer.visit
        is_good = visit.report.outcome == ReportOutcome.CONFORMING
        others = sales.of_others(visit) if is_good else []
        why_not = sales.why_not_sold(others)
        if not others or why_not:
            del self.fields["is_sold"]
        if why_not:
            self.warnings = [*self.warnings, why_not]
        # The page that was ticked may be of a moment when it still could be.
        self.gives_way_no_more = why_not
        for one in others:
            text = _("%(place)s – %(category)s – number %(number)s") % {
                "place": one.snapshot.get("title", ""), "category": one.snapshot.get("category", ""),
                "number": to_persian(grouped(one.number)),
            }  # fmt: skip
            self.facts = [
                *self.facts,
                (_("Valid certificate of another holder at this postal code"), text),
            ]

    def clean(self) -> dict[str, Any]:
        """No tick is passed over in silence."""
        if self.gives_way_no_more and self.add_prefix("is_sold") in self.data:
            self.add_error(None, self.gives_way_no_more)
        return super().clean() or self.cleaned_data

    def _say_what_is_due(self) -> None:
        visit = self.viewer.visit
        try:
            self.facts = [*self.facts, report_summary.difference_row(visit, visit.report)]
        except workflow.NotAllowed as refusal:
            self.warnings = [*self.warnings, refusal.reason]

    def take(self) -> None:
        """Endorse it: a certificate, or defects to be mended."""
        is_sold = bool(self.cleaned_data.get("is_sold"))
        workflow.endorse(
            self.viewer.visit.report.pk, self.viewer.user, is_sold=is_sold, seen=self.seen
        )

    @property
    def done(self) -> str:  # type: ignore[override]
        """Also that the owner has to pay first, where that is so."""
        visit = self.viewer.visit
        visit.refresh_from_db(fields=["status", "reason"])
        if difference.is_awaited(visit):
            return _(
                "The report was endorsed; the certificate is issued once the owner has paid the difference."
            )
        return _("The report was endorsed.")
