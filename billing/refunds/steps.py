"""The way of a refund case: asked → approved → done, or refused. One function a verb, each a transaction.

Lock order: order → case (and, for a reversal, the attempt between them). A verb that is not possible raises
:class:`NotPossible` with a Persian reason; nothing is changed then.
"""

import re
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import powers
from accounts.models import User
from billing import attempts
from billing.models import (
    BankTransfer,
    Order,
    PaymentEvent,
    RefundCase,
    RefundMethod,
    RefundReason,
    RefundState,
)
from billing.papers import invoicing
from billing.refunds import money_in, opening, telling
from billing.refunds.watch import PERMISSION
from inspections import workflow
from inspections.models import VisitRequest
from inspections.models.requests import PAID_OPEN
from septam import audit, clock, failpoints
from septam.digits import to_latin
from septam.money import format_rial
from septam.refusal import Refusal
from septam.text import clean

BY_HAND = (RefundMethod.CARD, RefundMethod.TRANSFER)
_REFERENCE = re.compile(r"[0-9A-Z][0-9A-Z/-]{3,39}")


class NotPossible(Refusal):
    """The verb is not possible."""


def ask(
    order_id: int, actor: User, amount_rial: int, why: str, *, request_id: int | None = None
) -> RefundCase:
    """Finance asks for a refund of a paid order, or of one of its requests that ended. Raises NotPossible."""
    with failpoints.commit("refund.ask"):
        order = (
            Order.objects.select_for_update(of=("self",)).select_related("owner").get(pk=order_id)
        )
        request = _ended_request(order, request_id) if request_id else None
        paid = (
            opening.paid_for_requests(order, [request.pk]) if request else money_in.paid_for(order)
        )
        free = money_in.free(order)
        most = min(paid, free)
        if not 0 < amount_rial <= most:
            text = _("At most %(amount)s rial can be returned.") % {"amount": format_rial(most)}
            raise NotPossible(text, "amount_rial")
        if 2 * (free - amount_rial) < _paid_for_running(order):
            raise NotPossible(_("A request of this order still runs: at most half of its price is returned by hand. For more, support cancels the request first."), "amount_rial")  # fmt: skip
        case = RefundCase.objects.create(
            order=order, request=request, reason=RefundReason.BY_HAND, paid_rial=paid,
            amount_rial=amount_rial, created_at=clock.now(), asked_by=actor, why=why,
        )  # fmt: skip
        audit.record(actor.pk, "refund.ask", case)
        telling.asked(case)
        return case


def _paid_for_running(order: Order) -> int:
    """What was paid for requests that may still end in a certificate."""
    running = VisitRequest.objects.filter(order_lines__order=order, status__in=PAID_OPEN)
    placed = [one.pk for one in running.distinct() if opening.order_that_paid(one) == order]
    return opening.paid_for_requests(order, placed)


def _ended_request(order: Order, request_id: int) -> VisitRequest:
    """A request that this order placed and that nobody can withdraw or cancel any more."""
    request = VisitRequest.objects.filter(pk=request_id, order_lines__order=order).first()
    if request is None or opening.order_that_paid(request) != order:
        raise NotPossible(_("This order did not pay for that request."), "request")
    if workflow.allows(request, "cancel"):
        raise NotPossible(_("This request still runs; support cancels it first."), "request")
    live = RefundCase.objects.filter(order=order, request=request).exclude(
        state=RefundState.REFUSED
    )
    if live.exists():
        raise NotPossible(_("This request has a refund already."), "request")
    return request


def approve(case_id: int, actor: User) -> RefundCase:
    """Somebody agrees who had no part in it; never the owner of the money. Raises NotPossible."""
    with failpoints.commit("refund.approve"):
        case = locked(case_id)
        require(case, RefundState.ASKED)
        reason = why_another_approves(case, actor)
        if reason:
            raise NotPossible(reason)
        write(
            case,
            "refund.approve",
            actor,
            state=RefundState.APPROVED,
            approved_by=actor,
            approved_at=clock.now(),
        )
        telling.approved(case)
        return case


def why_another_approves(case: RefundCase, actor: User) -> str | Promise:
    """Why somebody else than this person has to approve; empty if nothing stands against it.

    Who wrote down that money came in could have invented it: nobody takes both steps alone.
    """
    if actor.pk in (case.asked_by_id, case.order.owner_id):
        return _("Who asked for a refund cannot approve it; somebody else must.")
    wrote_it = Q(recorded_by=actor) | Q(matched_by=actor)
    if BankTransfer.objects.filter(wrote_it, order=case.order_id).exists():
        return _("You recorded or matched the transfer of this order; a colleague approves.")
    found = PaymentEvent.objects.filter(attempt__order=case.order_id, detail__actor=actor.pk)
    if found.filter(kind__in=(attempts.FOUND, attempts.ACCEPTED)).exists():
        return _("You wrote that a payment of this order came in; a colleague approves.")
    return powers.why_too_new(actor, PERMISSION)


def refuse(case_id: int, actor: User, reason: str) -> RefundCase:
    """The money is not returned, and the owner reads why. Raises NotPossible."""
    with failpoints.commit("refund.refuse"):
        case = locked(case_id)
        require(case, RefundState.ASKED, RefundState.APPROVED)
        if not reason:
            raise NotPossible(_("Say why; the owner reads it."), "refusal")
        write(
            case, "refund.refuse", actor, state=RefundState.REFUSED, refused_by=actor,
            refused_at=clock.now(), refusal=reason,
        )  # fmt: skip
        telling.refused(case)
        if case.reason == RefundReason.BY_HAND:
            opening.owe_again(case.order)
        return case


def finish_by_hand(
    case_id: int, actor: User, method: str, reference: str, note: str = ""
) -> RefundCase:
    """Finance returned the money at the bank, to the card or the account, and names the bank's reference.

    Raises NotPossible.
    """
    number = clean(to_latin(reference)).upper().replace(" ", "")
    if method not in BY_HAND:
        raise NotPossible(_("Say how the money was returned."), "method")
    if not _REFERENCE.fullmatch(number):
        raise NotPossible(
            _("The bank's reference is 4 to 40 digits or Latin letters."), "reference"
        )
    with failpoints.commit("refund.by_hand"):
        case = locked(case_id)
        require(case, RefundState.APPROVED)
        try:
            with transaction.atomic():
                write_done(case, actor, method, number, note)
        except IntegrityError as clash:
            raise NotPossible(_("Another refund has this reference."), "reference") from clash
        return case


def give_iban(case_id: int, owner: User, iban: str) -> RefundCase:
    """The owner names the own account for a transfer, while the money has not gone out. Raises NotPossible.

    Raises RefundCase.DoesNotExist for another owner's case.
    """
    with failpoints.commit("refund.iban"):
        case = locked(case_id)
        if case.order.owner_id != owner.pk:
            raise RefundCase.DoesNotExist
        require(case, RefundState.ASKED, RefundState.APPROVED)
        write(case, "refund.give_iban", owner, iban=iban)
        return case


def locked(case_id: int) -> RefundCase:
    """The case with its order, both locked in that order. Raises RefundCase.DoesNotExist."""
    order_id = RefundCase.objects.values_list("order_id", flat=True).get(pk=case_id)
    order = Order.objects.select_for_update(of=("self",)).select_related("owner").get(pk=order_id)
    case = RefundCase.objects.select_for_update().get(pk=case_id)
    case.order = order
    return case


def require(case: RefundCase, *states: str) -> None:
    """Raise NotPossible unless the case stands in one of the states and no bank is being asked about it."""
    if case.is_being_reversed:
        raise NotPossible(_("The bank is asked for a reversal; its answer must be known first."))
    if case.state not in states:
        raise NotPossible(_("This is not possible now; the refund has moved on."))


def write(case: RefundCase, verb: str, actor: User | None, **fields: Any) -> None:
    """Write these fields of a locked case and note who did it."""
    for name, value in fields.items():
        setattr(case, name, value)
    case.save(update_fields=list(fields))
    audit.record(actor.pk if actor else None, verb, case)


def write_done(
    case: RefundCase,
    actor: User | None,
    method: str,
    reference: str,
    note: str = "",
    code: str = "",
) -> None:
    """The money is back: state, credit note, SMS and notice, all in the caller's transaction, under the lock."""
    write(
        case, "refund.done", actor, state=RefundState.DONE, done_by=actor, done_at=clock.now(),
        method=method, reference=reference, note=note, result_code=code, leased_until=None,
        next_check_at=None,
    )  # fmt: skip
    telling.done(case)
    # Last: it locks the invoice and the counter.
    invoicing.credit(case)
