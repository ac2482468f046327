"""Orders, tries to pay, transfers, refunds, and the papers about them."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from billing import gateways
from billing.admin.evidence import in_words, kind_words
from billing.models import (
    AttemptState,
    BankTransfer,
    Invoice,
    OrderState,
    PaymentAttempt,
    PaymentEvent,
    RefundCase,
)
from portal.office.story.entries import MOST, Entry, Part, Subject
from septam.digits import to_persian
from septam.money import format_rial

_ORDER = "billing.view_order"
_STATES = {OrderState.PAID: "good", OrderState.OPEN: "wait"}
_ATTEMPTS = {
    AttemptState.SETTLED: "good",
    AttemptState.NEEDS_REVIEW: "act",
    AttemptState.FAILED: "bad",
}


def _rial(amount: int) -> str:
    return f"{format_rial(amount)} ریال"


def orders(subject: Subject) -> Iterator[Entry]:
    """The orders that the request was in, and when each was paid."""
    if not subject.may(_ORDER):
        return
    for order in subject.orders:
        url = subject.page("billing_order", order, _ORDER)
        name = _("Order %(number)s") % {"number": to_persian(order.number)}
        tone, state = _STATES.get(OrderState(order.state), "neutral"), order.get_state_display()
        yield Entry(
            order.created_at, Part.MONEY, name, "", _rial(order.payable_rial), url, tone, state
        )
        if order.paid_at:
            title = _("Receipt of order %(number)s") % {"number": to_persian(order.number)}
            yield Entry(order.paid_at, Part.PAPERS, title, "", _rial(order.payable_rial), url)


def attempts(subject: Subject) -> Iterator[Entry]:
    """Each try to pay: at which bank, and every change of it in words."""
    if not subject.may("billing.view_paymentattempt"):
        return
    ids = [order.pk for order in subject.orders]
    tries = {
        row.pk: row for row in PaymentAttempt.objects.filter(order__in=ids).order_by("-pk")[:MOST]
    }
    for row in tries.values():
        url = subject.page("billing_paymentattempt", row, "billing.view_paymentattempt")
        title = _("Payment at %(bank)s") % {"bank": gateways.title_of(row.gateway)}
        reference = _("Bank reference: %(reference)s.") % {"reference": row.reference}
        text = f"{_rial(row.amount_rial)}. {reference if row.reference else ''}".strip()
        tone = _ATTEMPTS.get(AttemptState(row.state), "neutral")
        yield Entry(row.created_at, Part.MONEY, title, "", text, url, tone, row.get_state_display())
    events = PaymentEvent.objects.filter(attempt__in=list(tries)).order_by("-pk")[:MOST]
    for event in events:
        if event.to_state != event.from_state and event.kind != "created":
            yield _changed(event, tries[event.attempt_id])


def _changed(event: PaymentEvent, attempt: PaymentAttempt) -> Entry:
    state = AttemptState(event.to_state) if event.to_state else None
    words = in_words(attempt.gateway, event.code) if event.code else ""
    reason = str(event.detail.get("reason", ""))
    return Entry(
        event.at, Part.MONEY, kind_words(event.kind), gateways.title_of(attempt.gateway),
        "؛ ".join(filter(None, (words, reason))), "", _ATTEMPTS.get(state, "neutral") if state else "",
        state.label if state else "",
    )  # fmt: skip


def transfers(subject: Subject) -> Iterator[Entry]:
    """Money by transfer: what the owner says, and what finance matched."""
    if not subject.may("billing.view_banktransfer"):
        return
    ids = [order.pk for order in subject.orders]
    rows = BankTransfer.objects.filter(order__in=ids).select_related("recorded_by").order_by("-pk")
    for row in rows[:MOST]:
        url = subject.page("billing_banktransfer", row, "billing.view_banktransfer")
        title = _("Bank transfer %(reference)s") % {"reference": to_persian(row.reference)}
        text = "؛ ".join(filter(None, (_rial(row.amount_rial), row.reason)))
        state = row.get_state_display()
        yield Entry(
            row.recorded_at, Part.MONEY, title, str(row.recorded_by), text, url, "neutral", state
        )


def refunds(subject: Subject) -> Iterator[Entry]:
    """Money that goes back: who asked, who approved or refused, and how it went."""
    if not subject.may("billing.view_refundcase"):
        return
    ids = [order.pk for order in subject.orders]
    mine = Q(request_id=subject.visit.pk) | Q(request=None, order__in=ids)
    people = ("asked_by", "approved_by", "done_by", "refused_by")
    for case in RefundCase.objects.filter(mine).select_related(*people).order_by("-pk")[:MOST]:
        yield from _steps(case, subject.page("billing_refundcase", case, "billing.view_refundcase"))


def _steps(case: RefundCase, url: str) -> Iterator[Entry]:
    money, reason = _rial(case.amount_rial), case.get_reason_display()
    asked_by = str(case.asked_by or _("the system"))
    text = "؛ ".join(filter(None, (money, reason, case.why)))
    asked = _("The refund was asked for")
    yield Entry(
        case.created_at, Part.MONEY, asked, asked_by, text, url, "neutral", case.get_state_display()
    )
    later = (
        (case.approved_at, _("The refund was approved"), case.approved_by, ""),
        (case.refused_at, _("The refund was refused"), case.refused_by, case.refusal),
        (case.done_at, _("The money was returned"), case.done_by, _way(case)),
    )
    for at, title, person, words in later:
        if at:
            yield Entry(at, Part.MONEY, title, str(person or _("the system")), words, url)


def _way(case: RefundCase) -> str:
    reference = _("Bank reference: %(reference)s.") % {"reference": case.reference}
    return f"{case.get_method_display()}. {reference if case.reference else ''}".strip()


def invoices(subject: Subject) -> Iterator[Entry]:
    """Invoices and credit notes."""
    if not subject.may(_ORDER):
        return
    rows = Invoice.objects.filter(order__in=[order.pk for order in subject.orders]).order_by("-pk")
    for row in rows[:MOST]:
        url = subject.page("billing_invoice", row, "billing.view_invoice")
        title = f"{row.get_kind_display()} {to_persian(row.number)}"
        yield Entry(row.issued_at, Part.PAPERS, title, "", _rial(row.payable_rial), url)
