"""Forms of the laboratories' share: rules by day, the closing of a month, the mark of a payment."""

from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from accounts.second_factor.asking_again import PasswordAgainForm
from billing.models import ShareRule
from billing.models.tariffs import FeeKind
from billing.shares.months import Month
from septam import clock
from septam.forms.base import PortalForm
from septam.forms.fields import JalaliDateField, PersianCharField
from septam.postgres import turns
from sites.models import Laboratory


class RuleForm(forms.ModelForm):
    """A rule and its days. Of one that is there only the end can be set: statements were closed by it."""

    basis_points = forms.IntegerField(
        label=_("Share in basis points"), min_value=0, max_value=10_000,
        help_text=_("7000 is 70 percent of the visit's base amount, before VAT."),
    )  # fmt: skip
    first_day = JalaliDateField(label=_("From day"))
    last_day = JalaliDateField(
        label=_("Until day"), required=False,
        help_text=_("Empty: until further notice. This day itself is not included."),
    )  # fmt: skip

    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All kinds")), *FeeKind.choices]
    )

    class Meta:
        model = ShareRule
        fields = ("laboratory", "kind", "basis_points", "is_sample")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            days = self.instance.days
            self.initial.update(first_day=days.lower, last_day=days.upper)
            # Who may only look gets a form without fields.
            for name in {"laboratory", "kind", "basis_points", "first_day"} & self.fields.keys():
                self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        """Put the days together; a rule that overlaps another of the same kind is refused."""
        values = super().clean() or {}
        if self.errors:
            return values
        first, last = values["first_day"], values["last_day"]
        if last is not None and last <= first:
            self.add_error("last_day", _("The end must be after the beginning."))
            return values
        self._refuse_the_past(first, last, values["laboratory"])
        self.instance.days = DateRange(first, last)
        self._refuse_overlap(values)
        return values

    def _refuse_the_past(self, first: date, last: date | None, laboratory: Laboratory) -> None:
        """What was earned was earned by the rules of then: in earlier months also where nobody closed them yet.

        The first rule of a laboratory may hold from the beginning of the month on, another one from tomorrow.
        """
        earliest = Month.of(clock.today()).begins.date()
        wrong = _("A rule changes no month that is over.")
        if self.instance.pk is None and first < earliest:
            self.add_error("first_day", wrong)
        elif self.instance.pk is None and first <= clock.today() and _has_rule(laboratory):
            self.add_error("first_day", _("The laboratory has a rule; another one begins tomorrow at the earliest."))  # fmt: skip
        if "days" in self.changed_data and last is not None and last < earliest:
            self.add_error("last_day", wrong)

    def _refuse_overlap(self, values: dict[str, Any]) -> None:
        # One at a time checks and saves rules: the office saves in the transaction of the check.
        turns.take("billing_sharerule")
        same = ShareRule.objects.filter(laboratory=values["laboratory"], kind=values["kind"])
        if same.exclude(pk=self.instance.pk).filter(days__overlap=self.instance.days).exists():
            self.add_error("first_day", _("Another rule holds on these days; end that one first."))

    @cached_property
    def changed_data(self) -> list[str]:
        """The changed columns; an end that changed is its column."""
        ends = {"first_day": "days", "last_day": "days"}
        return list(dict.fromkeys(ends.get(name, name) for name in super().changed_data))


def _has_rule(laboratory: Laboratory) -> bool:
    return ShareRule.objects.filter(laboratory=laboratory).exists()


class CloseForm(PortalForm, PasswordAgainForm):
    """Closing a month: the password once more."""


class PaymentForm(PortalForm, PasswordAgainForm):
    """By which reference of the bank a laboratory's share was paid."""

    reference = PersianCharField(label=_("Bank reference"), max_length=40)
    attributes: ClassVar[dict[str, dict[str, str]]] = {
        "reference": {"dir": "ltr", "autocomplete": "off"}
    }
    widths: ClassVar[dict[str, str]] = {"reference": "medium"}
