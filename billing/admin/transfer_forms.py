"""The forms of finance's steps with a transfer. `take` says the verb; Refused goes beside its field."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.second_factor.asking_again import PasswordAgainForm
from billing.models import BankTransfer, Order
from billing.transfers import matching
from billing.transfers.forms import ReferenceField
from septam.forms.base import PortalForm
from septam.forms.fields import PersianCharField
from septam.identity import compact


class OrderNumberField(forms.CharField):
    """An order, by its number."""

    default_error_messages = {"unknown": _("There is no order with this number.")}

    def clean(self, value: Any) -> Order | None:
        """The order. Raises ValidationError."""
        number = super().clean(compact(str(value or "")))
        if not number:
            return None
        found = Order.objects.filter(number=number).first()
        if found is None:
            raise ValidationError(self.error_messages["unknown"], code="unknown")
        return found

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Typed from left to right."""
        return super().widget_attrs(widget) | {"dir": "ltr", "inputmode": "numeric"}


class StepForm(PortalForm, forms.Form):
    """A step with one transfer; `StepForm(request, data)`."""

    # Where a refusal is shown.
    refusal_field: ClassVar[str | None] = None

    def take(self, transfer: BankTransfer, actor: User) -> None:
        """Say the verb. Raises matching.Refused."""
        raise NotImplementedError


class MatchForm(StepForm, PasswordAgainForm):
    """For which order the money is."""

    refusal_field = "order"
    widths = {"order": "medium"}

    order = OrderNumberField(label=_("Order number"), max_length=14)

    def take(self, transfer: BankTransfer, actor: User) -> None:
        """Match. Raises matching.Refused."""
        matching.match(transfer.pk, self.cleaned_data["order"].number, actor)


def _reason(help_text: Any) -> PersianCharField:
    return PersianCharField(
        label=_("Reason"), max_length=200, help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class UnmatchForm(StepForm, PasswordAgainForm):
    """Why the match was wrong."""

    reason = _reason(_("It stays in the audit log."))

    def take(self, transfer: BankTransfer, actor: User) -> None:
        """Take the transfer from its order. Raises matching.Refused."""
        matching.unmatch(transfer.pk, actor, self.cleaned_data["reason"])


class RejectForm(StepForm):
    """Why the report is not accepted."""

    reason = _reason(_("The owner reads it."))

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def take(self, transfer: BankTransfer, actor: User) -> None:
        """Reject the report. Raises matching.Refused."""
        matching.reject(transfer.pk, actor, self.cleaned_data["reason"])


class ReturnForm(StepForm, PasswordAgainForm):
    """How and why the money was sent back."""

    widths = {"reference": "medium", "order": "medium"}

    reference = ReferenceField(label=_("Tracking number of the return"))
    reason = _reason(_("The owner reads it."))
    order = OrderNumberField(
        label=_("Order number"), max_length=14, required=False,
        help_text=_("If it is known for which order the money was: its owner is told."),
    )  # fmt: skip

    def take(self, transfer: BankTransfer, actor: User) -> None:
        """Note the return. Raises matching.Refused."""
        typed = self.cleaned_data
        matching.give_back(transfer.pk, actor, typed["reason"], typed["reference"], typed["order"])
