"""What an owner says was transferred for a proforma; finance looks for it on the account's statement."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from accounts.models import User
from billing.models import BankTransfer, Order, OrderState, Proforma, ProformaState, TransferState
from billing.transfers import account, sums
from septam import audit, clock


@dataclass(frozen=True)
class Facts:
    """A transfer in facts: whole rial, the day, the bank's tracking number (Latin, as in the form), and names."""

    amount_rial: int
    paid_on: date
    reference: str
    payer: str
    description: str = ""


class NoProforma(Exception):
    """The order has no proforma that stands, or money for it comes too late by now."""


class SaidBefore(Exception):
    """The owner reported a transfer with this tracking number already."""


def report(user: User, number: str, facts: Facts) -> BankTransfer:
    """Keep what the owner says of a transfer; nothing is paid by it.

    Raises Order.DoesNotExist for another's order, NoProforma, SaidBefore.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update(of=("self",)).get(owner_id=user.pk, number=number)
        standing = Proforma.objects.filter(order=order, state=ProformaState.STANDING).first()
        if order.state != OrderState.OPEN or standing is None or not is_in_time(standing):
            raise NoProforma
        made = keep(facts, user, TransferState.REPORTED, order)
        if made is None:
            raise SaidBefore
        audit.record(user.pk, "transfer.report", made, order=order.pk)
        return made


def is_in_time(proforma: Proforma) -> bool:
    """Whether a report still counts: else one after the other would keep the order's price for ever."""
    today = clock.today()
    if proforma.valid_until >= today:
        return True
    # What is left of a sum of which a part came.
    return proforma.arrives_until >= today and sums.matched_rial(proforma.order_id) > 0


def keep(
    facts: Facts, recorded_by: User, state: TransferState, order: Order | None = None
) -> BankTransfer | None:
    """Insert a transfer; None where the database holds the same tracking number already."""
    try:
        with transaction.atomic():
            return BankTransfer.objects.create(
                state=state, account=account.ours().iban, reference=facts.reference,
                amount_rial=facts.amount_rial, paid_on=facts.paid_on, payer=facts.payer,
                description=facts.description, order=order, recorded_by=recorded_by,
                recorded_at=clock.now(),
            )  # fmt: skip
    except IntegrityError:
        return None
