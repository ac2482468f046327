"""What the office's search finds about money: numbers of orders and papers, and what banks call a payment."""

from django.db.models import Model
from django.utils.translation import gettext as _

from billing import gateways
from billing.models import BankTransfer, Invoice, Order, PaymentAttempt, RefundCase
from billing.models.refunds import RefundMethod
from portal.office.asking import MOST, Asked, Hit, ids_of, page_of
from portal.office.readings import MOST_DIGITS, Readings
from septam.digits import to_persian
from septam.money import format_rial


def _hit(row: Model, shown: str, told: str) -> Hit:
    """A row of the app of money, with its page in the office."""
    name = row._meta.model_name
    return Hit(shown, page_of(f"billing_{name}", row.pk), told, f"billing.{name}:{row.pk}")


def _rial(amount: int) -> str:
    return _("%(amount)s rial") % {"amount": format_rial(amount)}


def orders(asked: Asked) -> list[Hit]:
    """By the order's number, or all of the owner whose mobile was typed."""
    r = asked.readings
    if asked.owner_id:
        rows = Order.objects.filter(owner_id=asked.owner_id).order_by("-id")
    elif 8 <= len(r.number) <= 14:
        rows = Order.objects.filter(number=r.number)
    else:
        return []
    return [
        _hit(row, to_persian(row.number), f"{_rial(row.payable_rial)} – {row.get_state_display()}")
        for row in rows[: MOST + 1]
    ]


def invoices(asked: Asked) -> list[Hit]:
    """By the number of an invoice or a credit note."""
    if not 8 <= len(asked.readings.number) <= 14:
        return []
    return [
        _hit(row, to_persian(row.number), f"{row.get_kind_display()} – {_rial(row.payable_rial)}")
        for row in Invoice.objects.filter(number=asked.readings.number)[:MOST]
    ]


def _at_bank(readings: Readings) -> str:
    """A bank's own name of a payment, as it may have been typed."""
    return readings.number or readings.word


def attempts(asked: Asked) -> list[Hit]:
    """By our number at the bank, its reference, or its token."""
    name = _at_bank(asked.readings)
    if len(name) < 4:
        return []
    banks = gateways.known()
    # Unique within a gateway: with its name each goes along the index that holds that.
    found = ids_of(
        PaymentAttempt.objects.filter(gateway__in=banks, reference=name).exclude(reference="")
    )
    found |= ids_of(PaymentAttempt.objects.filter(gateway__in=banks, token=name).exclude(token=""))  # nosec B106
    if name.isdigit() and len(name) <= MOST_DIGITS:
        found |= ids_of(PaymentAttempt.objects.filter(order_number=int(name)))
    if not found:
        return []
    return [
        _hit(
            row,
            to_persian(row.order_number),
            f"{_rial(row.amount_rial)} – {row.get_state_display()}",
        )
        for row in PaymentAttempt.objects.filter(pk__in=found).order_by("-pk")[:MOST]
    ]


def transfers(asked: Asked) -> list[Hit]:
    """By the tracking number that the sending bank gave."""
    name = _at_bank(asked.readings)
    if len(name) < 4:
        return []
    rows = BankTransfer.objects.filter(reference=name)
    return [
        _hit(
            row, to_persian(row.reference), f"{_rial(row.amount_rial)} – {row.get_state_display()}"
        )
        for row in rows[: MOST + 1]
    ]


def refunds(asked: Asked) -> list[Hit]:
    """By the reference under which the money went back."""
    name = _at_bank(asked.readings)
    if len(name) < 4:
        return []
    rows = RefundCase.objects.filter(method__in=RefundMethod.values, reference=name)
    return [
        _hit(row, f"{row.get_reason_display()} – {row.get_state_display()}", _rial(row.amount_rial))
        for row in rows.exclude(reference="")[:MOST]
    ]
