"""What the office's search finds about money: numbers of orders and papers, and what banks call a payment."""

from billing import gateways
from billing.models import BankTransfer, Invoice, Order, PaymentAttempt, RefundCase
from billing.models.refunds import RefundMethod
from portal.office.asking import MOST, Asked, Hit, ids_of, page_of
from portal.office.readings import MOST_DIGITS, Readings
from septam.digits import to_persian
from septam.money import format_rial


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
        Hit(
            to_persian(row.number),
            page_of("billing_order", row.pk),
            f"{format_rial(row.payable_rial)} ریال – {row.get_state_display()}",
            f"billing.order:{row.pk}",
        )
        for row in rows[: MOST + 1]
    ]


def invoices(asked: Asked) -> list[Hit]:
    """By the number of an invoice or a credit note."""
    if not 8 <= len(asked.readings.number) <= 14:
        return []
    return [
        Hit(
            to_persian(row.number),
            page_of("billing_invoice", row.pk),
            f"{row.get_kind_display()} – {format_rial(row.payable_rial)} ریال",
            f"billing.invoice:{row.pk}",
        )
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
    found |= ids_of(PaymentAttempt.objects.filter(gateway__in=banks, token=name).exclude(token=""))
    if name.isdigit() and len(name) <= MOST_DIGITS:
        found |= ids_of(PaymentAttempt.objects.filter(order_number=int(name)))
    if not found:
        return []
    return [
        Hit(
            to_persian(row.order_number),
            page_of("billing_paymentattempt", row.pk),
            f"{format_rial(row.amount_rial)} ریال – {row.get_state_display()}",
            f"billing.paymentattempt:{row.pk}",
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
        Hit(
            to_persian(row.reference),
            page_of("billing_banktransfer", row.pk),
            f"{format_rial(row.amount_rial)} ریال – {row.get_state_display()}",
            f"billing.banktransfer:{row.pk}",
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
        Hit(
            f"{row.get_reason_display()} – {row.get_state_display()}",
            page_of("billing_refundcase", row.pk),
            f"{format_rial(row.amount_rial)} ریال",
            f"billing.refundcase:{row.pk}",
        )
        for row in rows.exclude(reference="")[:MOST]
    ]
