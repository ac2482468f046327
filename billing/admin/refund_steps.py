"""The steps of a refund in the office: which are open, their forms, and how each is taken."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.second_factor.asking_again import PasswordAgainForm
from billing.gateways import Outcome
from billing.models import Order, RefundCase, RefundReason, RefundState
from billing.refunds import money_in, opening, reversal, steps
from billing.refunds.watch import PERMISSION
from inspections.models import Certificate, VisitRequest
from inspections.office import story as office_story
from inspections.workflow import allows
from septam import clock
from septam.forms.base import PortalForm
from septam.forms.fields import PersianCharField, RialField

MOVED_ON = gettext_lazy("This is not possible now; the refund has moved on.")
S = RefundState


class _Form(PortalForm, PasswordAgainForm):
    """A step that decides about money: the password once more."""


class _TextForm(_Form):
    """And why; the words that explain the field differ by step."""

    text = PersianCharField(
        label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class RefuseForm(_TextForm):
    """Why the money is not returned; the owner reads it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = _("The owner reads this.")


class ByHandForm(_Form):
    """How finance returned the money, and the bank's reference of it."""

    method = forms.ChoiceField(
        label=gettext_lazy("How it is returned"), widget=forms.RadioSelect,
        choices=[(method.value, method.label) for method in steps.BY_HAND],
    )  # fmt: skip
    reference = PersianCharField(
        label=gettext_lazy("Bank reference"), max_length=60,
        help_text=gettext_lazy("As the bank's receipt shows it; the owner gets it by SMS."),
    )  # fmt: skip
    note = PersianCharField(label=gettext_lazy("Note"), required=False, max_length=500)
    attributes: ClassVar[dict[str, dict[str, str]]] = {
        "reference": {"dir": "ltr", "autocomplete": "off"}
    }
    widths: ClassVar[dict[str, str]] = {"reference": "medium"}


class DecideForm(_Form):
    """What the bank's books say of a reversal without an answer."""

    was_reversed = forms.ChoiceField(
        label=gettext_lazy("What the bank's report shows"), widget=forms.RadioSelect,
        choices=[
            ("yes", gettext_lazy("The payment was reversed")),
            ("no", gettext_lazy("The payment was not reversed")),
        ],
    )  # fmt: skip


class AskForm(_TextForm):
    """What is to be returned of an order, and why."""

    request_id = forms.TypedChoiceField(
        label=gettext_lazy("For"), required=False, coerce=int, empty_value=None
    )
    amount_rial = RialField(label=gettext_lazy("To be returned (rial)"))
    widths: ClassVar[dict[str, str]] = {"amount_rial": "medium"}
    field_order = ["request_id", "amount_rial", "text"]

    def __init__(self, order: Order, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = VisitRequest.objects.filter(order_lines__order=order).distinct().order_by("pk")
        ended = [one for one in rows if one.paid_at == order.paid_at and not allows(one, "cancel")]
        whole = ("", _("The whole order"))
        self.fields["request_id"].choices = [  # type: ignore[attr-defined]
            whole,
            *((one.pk, one.place_title) for one in ended),
        ]


@dataclass(frozen=True)
class Step:
    """A step with its button and what it means; `take` returns what to tell. Raises steps.NotPossible."""

    name: str
    label: str | Promise
    meaning: str | Promise
    is_open: Callable[[RefundCase, User], bool]
    form: Callable[..., forms.Form]
    take: Callable[[RefundCase, User, dict[str, Any]], str | Promise]
    danger: bool = False


def _is_free(*states: str) -> Callable[[RefundCase, User], bool]:
    return lambda case, user: case.state in states and not case.is_being_reversed


def _may_approve(case: RefundCase, user: User) -> bool:
    return case.state == S.ASKED and not steps.why_another_approves(case, user)


def _approve(case: RefundCase, user: User, values: dict[str, Any]) -> str | Promise:
    steps.approve(case.pk, user)
    return _("The refund was approved; now the money can be returned.")


def _refuse(case: RefundCase, user: User, values: dict[str, Any]) -> str | Promise:
    steps.refuse(case.pk, user, values["text"])
    return _("The refund was refused; the owner reads why.")


_SAID = {
    Outcome.REVERSED: gettext_lazy("The bank reversed the payment; the refund is done."),
    Outcome.PAID: gettext_lazy("The bank no longer reverses this payment; return it by hand."),
}
_UNCLEAR = gettext_lazy("The bank gave no clear answer; the portal asks again by itself.")


def _reverse(case: RefundCase, user: User, values: dict[str, Any]) -> str | Promise:
    return _SAID.get(reversal.reverse(case.pk, user), _UNCLEAR)


def _by_hand(case: RefundCase, user: User, values: dict[str, Any]) -> str | Promise:
    steps.finish_by_hand(case.pk, user, values["method"], values["reference"], values["note"] or "")
    return _("The refund is done; the owner hears of it by SMS.")


def _decide(case: RefundCase, user: User, values: dict[str, Any]) -> str | Promise:
    was_reversed = values["was_reversed"] == "yes"
    reversal.decide(case.pk, user, was_reversed=was_reversed)
    if was_reversed:
        return _("The refund is done; the owner hears of it by SMS.")
    return _("The money is still with us; return it by hand.")


STEPS = (
    Step(
        "approve", gettext_lazy("Approve the refund"),
        gettext_lazy("Look at the order first; another person asked for this refund."),
        _may_approve, _Form, _approve,
    ),
    Step(
        "reverse", gettext_lazy("Have the bank reverse the payment"),
        gettext_lazy("The bank returns the second payment to the same card. Possible for a short time only."),
        lambda case, user: reversal.is_offered(case), _Form, _reverse,
    ),
    Step(
        "by_hand", gettext_lazy("Note the return by hand"),
        gettext_lazy("First return the money at the bank, then write its reference here."),
        _is_free(S.APPROVED), ByHandForm, _by_hand,
    ),
    Step(
        "decide", gettext_lazy("Decide about the reversal"),
        gettext_lazy("The bank did not answer. Look into its report; until then the money cannot be returned otherwise."),
        lambda case, user: reversal.is_undecided(case), DecideForm, _decide,
    ),
    Step(
        "refuse", gettext_lazy("Refuse the refund"),
        gettext_lazy("The money is not returned, and the owner reads why."),
        _is_free(S.ASKED, S.APPROVED), RefuseForm, _refuse, danger=True,
    ),
)  # fmt: skip
BY_NAME = {step.name: step for step in STEPS}


def open_to(case: RefundCase, user: User) -> list[Step]:
    """The steps that this member of staff may take now."""
    if not user.has_perm(PERMISSION):
        return []
    return [step for step in STEPS if step.is_open(case, user)]


def why_shut(step: Step, case: RefundCase, user: User) -> str | Promise:
    """Why this person cannot take the step now: it waits for a colleague, or the refund has moved on."""
    if step.name == "approve" and case.state == S.ASKED:
        return steps.why_another_approves(case, user) or MOVED_ON
    return MOVED_ON


# Money that came in beside the price of the visit: its return says nothing of a certificate.
_BESIDE_THE_VISIT = (RefundReason.DUPLICATE, RefundReason.OVERPAID, RefundReason.DIFFERENCE)


def certificates_kept_by(case: RefundCase) -> list[Certificate]:
    """Those that stand although the visit's money goes back: whoever approves must know."""
    if case.reason in _BESIDE_THE_VISIT:
        return []
    found = standing_certificates(case.order)
    return [one for one in found if case.request_id in (None, one.request_id)]


def standing_certificates(order: Order) -> list[Certificate]:
    """Of the order's requests; a refund ends none of them."""
    ours = VisitRequest.objects.filter(order_lines__order=order)
    found = Certificate.objects.standing_from(clock.today()).filter(request__in=ours)
    return list(found.order_by("pk"))


def evidence(case: RefundCase) -> dict[str, Any]:
    """What somebody must see before deciding: what came in for the order, what else is returned, and how it was paid."""
    order = case.order
    others = RefundCase.objects.filter(order=order).exclude(pk=case.pk).order_by("pk")
    return {
        "paid_rial": money_in.paid_for(order),
        "claimed_rial": money_in.claimed(order),
        "attempts": order.attempts.exclude(settled_at=None).order_by("pk"),
        "transfers": order.transfers.filter(state="matched").order_by("pk"),
        "others": others,
        "missed": office_story.missed_by_owner(case.request) if case.request else [],
        "window_end": reversal.window_end(case.attempt) if case.attempt else None,
    }


def most_of(order: Order) -> int:
    """What can be asked for at most (rial)."""
    return money_in.free(order) if order.state in opening.PAID_STATES else 0
