"""A refund's story for the owner of the money: each step with its day, how it came back and by which reference."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from billing.models import Order, RefundCase, RefundState
from billing.refunds.telling import how, reference_of
from inspections.story import Step
from septam.postgres.prepared import Prepared


@dataclass(frozen=True)
class Story:
    """A case with its steps; `kept_rial` is what the terms keep of what was paid."""

    case: RefundCase
    steps: list[Step]
    kept_rial: int
    account_end: str

    @property
    def takes_account(self) -> bool:
        """Whether the owner may name an account for the money."""
        return self.case.is_open and not self.case.is_being_reversed


def of_order(order: Order) -> list[Story]:
    """The refunds of an order, the oldest first."""
    return [_of(case) for case in _CASES(order.pk)]


_CASES = Prepared(
    lambda order_id: (
        RefundCase.objects.filter(order_id=order_id).select_related("request__place").order_by("pk")  # type: ignore[misc]
    )
)


def _of(case: RefundCase) -> Story:
    kept = case.paid_rial - case.amount_rial if case.reason == "withdrawn" else 0
    return Story(case, _steps(case), kept, case.iban[-4:])


def _steps(case: RefundCase) -> list[Step]:
    asked = Step(_("The refund was asked for"), "done", case.created_at)
    if case.state == RefundState.REFUSED:
        end = Step(_("The refund was refused"), "failed", case.refused_at, case.refusal)
        return [asked, *([_approved(case)] if case.approved_at else []), end]
    return [asked, _approved(case), _returned(case)]


def _approved(case: RefundCase) -> Step:
    if case.approved_at:
        return Step(_("The refund was approved"), "done", case.approved_at)
    return Step(_("Approval by finance"), "now")


def _returned(case: RefundCase) -> Step:
    if case.state == RefundState.DONE:
        text = f"{how(case)} {reference_of(case)}" if case.reference else how(case)
        return Step(_("The money was returned"), "done", case.done_at, text)
    if case.is_being_reversed:
        text = _("The bank was asked to reverse the payment; its answer is awaited.")
        return Step(_("Return of the money"), "now", text=text)
    return Step(_("Return of the money"), "now" if case.approved_at else "next")
