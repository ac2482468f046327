"""Which orders a transfer may be meant for, the likeliest first."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from billing.models import BankTransfer, Order, TransferState
from billing.transfers import holding, matching, sums

# More are not shown; finance types the number.
SHOWN = 20


@dataclass(frozen=True)
class Candidate:
    """An order with what is still to be transferred for it, and why it cannot take the money, if so."""

    order: Order
    remaining_rial: int
    is_named: bool
    is_exact: bool
    why_not: str | Promise


def candidates_of(transfer: BankTransfer) -> list[Candidate]:
    """Orders that the sender named, whose owner reported this number, or that wait for exactly this sum."""
    named = list(_named(transfer).order_by("-pk")[:SHOWN])
    known = {order.pk for order in named}
    waiting = holding.held_orders().select_related("owner").exclude(pk__in=known)
    found = [_candidate(order, transfer, is_named=True) for order in named]
    found += _exact(waiting, transfer)
    return found[:SHOWN]


def _named(transfer: BankTransfer) -> QuerySet[Order]:
    reported = Q(transfers__state=TransferState.REPORTED, transfers__reference=transfer.reference)
    named = Q(number__in=matching.numbers_in(transfer.description))
    return Order.objects.filter(reported | named).select_related("owner").distinct()


def _exact(waiting: QuerySet[Order], transfer: BankTransfer) -> Iterable[Candidate]:
    amount = transfer.amount_rial
    same_sum = waiting.filter(payable_rial=amount).order_by("pk")[:SHOWN]
    # Where a part came already, the rest may be this.
    in_part = waiting.filter(payable_rial__gt=amount, transfers__state=TransferState.MATCHED)
    both = [*same_sum, *in_part.distinct().order_by("pk")[:SHOWN]]
    shown = (_candidate(order, transfer, is_named=False) for order in both)
    return [one for one in shown if one.is_exact]


def _candidate(order: Order, transfer: BankTransfer, *, is_named: bool) -> Candidate:
    remaining = sums.remaining_rial(order)
    exact = remaining == transfer.amount_rial
    return Candidate(order, remaining, is_named, exact, matching.why_not(order))
