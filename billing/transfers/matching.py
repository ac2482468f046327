"""Finance's verbs: record a transfer from the account's statement, match it with an order, reject, return.

Locks: order, then transfer, then what `completion` locks. Every verb is audited in its transaction. A matched
transfer of a completed order stays matched; its money goes back by a refund only.
"""

import re
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import powers
from accounts.models import User
from billing import completion, price_fit
from billing.models import BankTransfer, Order, OrderState, Proforma, ProformaState, TransferState
from billing.models.payments import UNDER_CHECK
from billing.transfers import holding, sums, telling
from billing.transfers.reports import Facts, keep
from septam import audit, clock, jalali
from septam.digits import to_latin
from septam.refusal import Refusal

S = TransferState
_MOVED_ON = gettext_lazy("This transfer was decided already.")
_SEEN_BEFORE = gettext_lazy("A transfer with this tracking number is recorded already.")
# An order's number among the digits of a description.
_NUMBER = re.compile(r"(?<!\d)\d{10}(?!\d)", re.ASCII)


def numbers_in(text: str) -> list[str]:
    """The numbers of orders that a description names, in any digits."""
    return _NUMBER.findall(to_latin(text))


class Refused(Refusal):
    """The verb is not possible; the reason is for finance."""


def record(facts: Facts, actor: User) -> BankTransfer:
    """Keep a transfer that stands on the account's statement. Raises Refused if it is recorded already."""
    with transaction.atomic():
        made = keep(facts, actor, S.RECORDED)
        if made is None:
            raise Refused(_SEEN_BEFORE)
        audit.record(actor.pk, "transfer.record", made)
        return made


def locked(transfer_id: int) -> BankTransfer:
    """The transfer, locked. Raises BankTransfer.DoesNotExist."""
    return BankTransfer.objects.select_for_update().get(pk=transfer_id)


def why_not(order: Order) -> str | Promise:
    """Why no transfer can be matched with the order now; empty if one can.

    Where the order is not open the money is to be returned.
    """
    if order.state in (OrderState.PAID, OrderState.PAID_UNPLACED):
        return _("The order is paid already; the money is to be returned («برگشت»).")
    if order.state == OrderState.CANCELLED:
        if Proforma.objects.filter(order=order, state=ProformaState.LAPSED).exists():
            return _("The order's proforma has lapsed; the money is to be returned («برگشت»).")
        return _("The order is cancelled; the money is to be returned («برگشت»).")
    if order.attempts.filter(state__in=UNDER_CHECK).exists():
        return _(
            "A card payment of the order is being checked with the bank; wait for its outcome."
        )
    return ""


def why_not_by(transfer: BankTransfer, actor: User) -> str:
    """Why a colleague matches or returns it: of money, two people say that it is there. Empty if nothing speaks against it."""
    if transfer.state == S.RECORDED and transfer.recorded_by_id == actor.pk:
        return _("You recorded this transfer yourself; a colleague matches or returns it.")
    return powers.why_too_new(actor, "billing.change_banktransfer")


def match(transfer_id: int, order_number: str, actor: User) -> Order:
    """Count the transfer's money for an open order; with enough money the order is paid. Returns the order.

    Money that one person of finance says is there is matched by another. Money above the order's sum becomes a refund case. Raises Refused, Order.DoesNotExist and
    BankTransfer.DoesNotExist. Of several people at the same time one matches.
    """
    with transaction.atomic():
        order = _locked_order(order_number)
        transfer = locked(transfer_id)
        if order.owner_id == actor.pk:
            raise Refused(_("This order is your own; a colleague matches its money."))
        if objection := why_not_by(transfer, actor):
            raise Refused(objection)
        _check(transfer, order)
        _write_matched(transfer, order, actor)
        audit.record(actor.pk, "transfer.match", transfer, order=order.pk)
        if sums.remaining_rial(order) == 0:
            completion.complete(order, transfer, clock.now())
        else:
            telling.came_in_part(order, transfer)
        return order


def _locked_order(number: str) -> Order:
    rows = Order.objects.select_for_update(of=("self",)).select_related("owner")
    return rows.get(number=number)


def _check(transfer: BankTransfer, order: Order) -> None:
    if transfer.state == S.REPORTED:
        # What its owner says is no money yet: two of finance have seen it on the statement.
        raise Refused(_("Record the money from the account's statement first; a colleague then matches it."))  # fmt: skip
    if transfer.state != S.RECORDED:
        raise Refused(_MOVED_ON)
    reason = why_not(order)
    if reason:
        raise Refused(reason)
    if _names_another(transfer, order):
        raise Refused(_("The statement names another open order for this money; ask its owner first, or return it («برگشت»)."))  # fmt: skip
    if (last := _last_day(order)) and transfer.paid_on > last:
        text = _("This money was sent after %(day)s, until when the proforma's price held. Return it («برگشت»), and reject what the owner reported.")  # fmt: skip
        raise Refused(text % {"day": jalali.format_date(last)})
    if not price_fit.fits(order):
        raise Refused(
            _("A place of the order was changed after it was made; its price fits no more.")
        )


def _last_day(order: Order) -> date | None:
    """Until when money of the order may stand on the statement, its rest too; None where no proforma stands."""
    standing = Proforma.objects.filter(order=order, state=ProformaState.STANDING).first()
    return None if standing is None else standing.arrives_until


def is_named(number: str) -> bool:
    """Whether money of the statement that nobody matched yet names the order."""
    texts = BankTransfer.objects.filter(state=S.RECORDED).exclude(description="")
    return any(number in numbers_in(text) for text in texts.values_list("description", flat=True))


def _names_another(transfer: BankTransfer, order: Order) -> bool:
    """Whether the sender wrote the number of another order that waits for money, and not of this one."""
    named = numbers_in(transfer.description)
    if not named or order.number in named:
        return False
    return holding.held_orders().filter(number__in=named).exists()


def _write_matched(transfer: BankTransfer, order: Order, actor: User) -> None:
    same = BankTransfer.objects.filter(order=order, reference=transfer.reference, state=S.REPORTED)
    try:
        with transaction.atomic():
            _write(transfer, state=S.MATCHED, order=order, matched_by=actor, matched_at=clock.now())
    except IntegrityError as problem:
        raise Refused(_SEEN_BEFORE) from problem
    # The owner's report of the same money needs no answer of its own.
    same.exclude(pk=transfer.pk).update(
        state=S.REJECTED,
        closed_by=actor,
        closed_at=clock.now(),
        reason=_("Recorded from the statement"),
    )


def _write(transfer: BankTransfer, **fields: object) -> None:
    for name, value in fields.items():
        setattr(transfer, name, value)
    transfer.save(update_fields=list(fields))


def unmatch(transfer_id: int, actor: User, reason: str) -> None:
    """Take a matched transfer from an order that is still open. Raises Refused once the order is paid."""
    with transaction.atomic():
        number = BankTransfer.objects.values_list("order__number", flat=True).get(pk=transfer_id)
        if number is None:
            raise Refused(_MOVED_ON)
        order = _locked_order(number)
        transfer = locked(transfer_id)
        if transfer.state != S.MATCHED or transfer.order_id != order.pk:
            raise Refused(_MOVED_ON)
        if order.state != OrderState.OPEN:
            raise Refused(
                _("The order is paid by this transfer; its money goes back by a refund only.")
            )
        _take_from(order, transfer, actor.pk, reason)


def _take_from(order: Order, transfer: BankTransfer, actor_id: int | None, reason: str) -> None:
    _write(transfer, state=S.RECORDED, order=None, matched_by=None, matched_at=None)
    audit.record(actor_id, "transfer.unmatch", transfer, order=order.pk, reason=reason)


def let_go(order: Order, reason: str) -> int:
    """Take the money that came in part from a locked order that is open, for finance to return it; gives its sum (rial)."""
    came = BankTransfer.objects.select_for_update().filter(order=order, state=S.MATCHED)
    found = list(came.order_by("pk"))
    for transfer in found:
        _take_from(order, transfer, None, reason)
    return sum(transfer.amount_rial for transfer in found)


def reject(transfer_id: int, actor: User, reason: str) -> None:
    """Answer an owner's report: there is no such money on the statement. Raises Refused."""
    with transaction.atomic():
        transfer = locked(transfer_id)
        if transfer.state != S.REPORTED:
            raise Refused(_MOVED_ON)
        _write(transfer, state=S.REJECTED, closed_by=actor, closed_at=clock.now(), reason=reason)
        audit.record(actor.pk, "transfer.reject", transfer)
        telling.not_found(transfer)


def give_back(
    transfer_id: int, actor: User, reason: str, reference: str, order: Order | None = None
) -> None:
    """Note that the money of a transfer without an order was sent back («برگشت»), with the bank's reference.

    `order` is the one it was meant for, if that is known: its owner is told. Raises Refused.
    """
    with transaction.atomic():
        transfer = locked(transfer_id)
        if transfer.state != S.RECORDED:
            raise Refused(_MOVED_ON)
        if objection := why_not_by(transfer, actor):
            raise Refused(objection)
        try:
            with transaction.atomic():
                _write(
                    transfer, state=S.RETURNED, order=order, closed_by=actor,
                    closed_at=clock.now(), reason=reason, return_reference=reference,
                )  # fmt: skip
        except IntegrityError as clash:
            raise Refused(_("Another transfer was sent back by this number.")) from clash
        audit.record(actor.pk, "transfer.return", transfer)
        if order is not None:
            telling.returned(transfer)
