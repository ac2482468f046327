"""Opens refund cases when the portal itself owes money. Amounts are whole rial and come from the order's frozen lines.

The live cases of an order never return more than came in for it: each function here holds the order's lock, or
asks its caller to, and cuts what is due to what is still free.
"""

import logging
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import F, Sum

from accounts.models import User
from billing.models import (
    Order,
    OrderLine,
    OrderState,
    PaymentAttempt,
    RefundCase,
    RefundReason,
    RefundState,
)
from billing.refunds import money_in, telling
from inspections.models import RequestStatus, VisitRequest
from septam import clock

logger = logging.getLogger(__name__)
# By these a case returns what was paid for a request that ended, or something by hand that may have taken of it.
_OF_AN_END = (RefundReason.WITHDRAWN, RefundReason.CANCELLED, RefundReason.BY_HAND)
PAID_STATES = (OrderState.PAID, OrderState.PAID_UNPLACED)


def open_for_request(request: VisitRequest, actor: User) -> None:
    """Owe the owner what was paid for a withdrawn or cancelled request, less what the terms keep.

    Called by `inspections.workflow` inside its transaction, with the request locked and, through `hold_order`,
    its order before it.
    """
    order = order_that_paid(request)
    if order is None:
        logger.error("request %s was ended as paid, but no paid order holds it", request.pk)
        return
    paid, due = due_for_request(order, request, is_withdrawn=_is_withdrawn(request))
    _open(order, RefundReason(request.reason), paid, due, request=request, asked_by=actor)


def _is_withdrawn(request: VisitRequest) -> bool:
    # Whose laboratory fell away gets everything back, as from a request that support cancels.
    return request.reason == RefundReason.WITHDRAWN and request.new_laboratory_since is None


def owe_again(order: Order) -> None:
    """Owe what a refund by hand, refused now, had left too little for: requests of the order that ended meanwhile.

    Call it with the order locked, after that refusal is written.
    """
    ended = _ended_and_owed(order)
    live = RefundCase.objects.filter(order=order, reason__in=_OF_AN_END).exclude(
        state=RefundState.REFUSED
    )
    claimed = int(live.aggregate(total=Sum("amount_rial"))["total"] or 0)
    missing = min(sum(_owed(order, one) for one in ended) - claimed, money_in.free(order))
    for request in ended:
        due = min(missing, _owed(order, request))
        of_it = {} if live.filter(request=request).exists() else {"request": request}
        if _open(order, RefundReason(request.reason), due, due, **of_it):
            missing -= due


def _ended_and_owed(order: Order) -> list[VisitRequest]:
    """The requests that the order placed and that ended with a refund, which nobody refused."""
    ended = VisitRequest.objects.filter(
        order_lines__order=order, status=RequestStatus.CANCELLED, reason__in=_OF_AN_END
    ).distinct()
    refused = RefundCase.objects.filter(order=order, state=RefundState.REFUSED)
    refused = refused.exclude(reason=RefundReason.BY_HAND)
    open_ones = ended.exclude(pk__in=refused.exclude(request=None).values("request")).order_by("pk")
    return [one for one in open_ones if order_that_paid(one) == order]


def _owed(order: Order, request: VisitRequest) -> int:
    paid = paid_for_requests(order, [request.pk])
    return _by_the_terms(paid, is_withdrawn=_is_withdrawn(request))


def open_for_unplaced(order: Order, request_ids: Iterable[int]) -> None:
    """Owe the owner all that a late payment brought for requests that can no longer be served.

    Call it with the order locked.
    """
    paid = paid_for_requests(order, request_ids)
    due = min(paid, money_in.free(order))
    if due < paid:
        logger.error("order %s: %s rial unplaced, %s free", order.number, paid, due)
    _open(order, RefundReason.UNPLACED, paid, due)


def open_for_duplicate(attempt: PaymentAttempt) -> RefundCase | None:
    """Owe the owner a second payment that was really taken; None where its case is open already.

    Call it with order and attempt locked, `attempt.order` loaded, when the attempt is `duplicate` and the bank's
    word is that it keeps the money. The case returns the attempt's whole amount.
    """
    amount = attempt.amount_rial
    return _open(attempt.order, RefundReason.DUPLICATE, amount, amount, attempt=attempt)


def open_for_overpaid(order: Order, amount_rial: int) -> RefundCase | None:
    """Owe the owner what came in above the order's sum; call it with the order locked, after that money is written.

    None where nothing of it is free any more.
    """
    due = min(amount_rial, money_in.free(order))
    if due < amount_rial:
        logger.error("order %s: %s rial overpaid, %s free", order.number, amount_rial, due)
    return _open(order, RefundReason.OVERPAID, due, due)


def open_for_difference(line: OrderLine, amount_rial: int) -> RefundCase | None:
    """Owe what a visit costs less, by what its expert found, than the line that paid for it; VAT included.

    Call it with the line's order locked. Where the request has another live case, this one names the order alone:
    a request is refunded once.
    """
    order, request = line.order, line.request
    cases = RefundCase.objects.filter(order=order, request=request)
    named = {} if cases.exclude(state=RefundState.REFUSED).exists() else {"request": request}
    paid = line.amount_rial + line.vat_rial
    due = min(amount_rial, money_in.free(order))
    if due < amount_rial:
        logger.error("order %s: %s rial too much, %s free", order.number, amount_rial, due)
    return _open(order, RefundReason.DIFFERENCE, paid, due, **named)


def hold_order(request_id: int) -> None:
    """Lock the paid order of a request, before the request itself is locked (see `inspections.money_back`)."""
    of_request = Order.objects.filter(lines__request_id=request_id, state__in=PAID_STATES)
    for pk in sorted(set(of_request.values_list("pk", flat=True))):
        Order.objects.select_for_update().get(pk=pk)


def amount_for_request(request: VisitRequest, is_withdrawn: bool) -> int:
    """What goes back to the owner when the request ends now (rial); 0 for one that nothing was paid for."""
    order = order_that_paid(request) if request.paid_at else None
    return due_for_request(order, request, is_withdrawn=is_withdrawn)[1] if order else 0


def order_that_paid(request: VisitRequest) -> Order | None:
    """The order that placed the request; one whose money came when it was placed already is another."""
    paid = Order.objects.filter(state__in=PAID_STATES)
    return paid.filter(lines__request=request, paid_at=request.paid_at).first()


def paid_for_requests(order: Order, request_ids: Iterable[int]) -> int:
    """What the order's frozen lines say of these requests, with VAT."""
    lines = OrderLine.objects.filter(order=order, request_id__in=list(request_ids))
    return int(lines.aggregate(total=Sum(F("amount_rial") + F("vat_rial")))["total"] or 0)


def due_for_request(order: Order, request: VisitRequest, *, is_withdrawn: bool) -> tuple[int, int]:
    """What was paid for the request and what of it goes back when it ends now (rial)."""
    paid = paid_for_requests(order, [request.pk])
    due = _by_the_terms(paid, is_withdrawn=is_withdrawn)
    return paid, min(due, money_in.free(order))


def _by_the_terms(paid_rial: int, *, is_withdrawn: bool) -> int:
    """What goes back of it; a part of a rial is left to the owner."""
    percent = settings.WITHDRAWAL_DEDUCTION_PERCENT if is_withdrawn else 0
    return paid_rial - paid_rial * percent // 100


def _open(
    order: Order, reason: RefundReason, paid: int, due: int, **fields: Any
) -> RefundCase | None:
    """The new case; None where nothing is due or the same is owed already."""
    if due <= 0:
        return None
    same = RefundCase.objects.filter(order=order, reason=reason).exclude(state=RefundState.REFUSED)
    of = {name: fields.get(name) for name in ("request", "attempt")}
    if reason != RefundReason.OVERPAID and same.filter(**of).exists():
        return None
    case = RefundCase.objects.create(
        order=order,
        reason=reason,
        paid_rial=paid,
        amount_rial=due,
        created_at=clock.now(),
        **fields,
    )
    telling.asked(case)
    return case
