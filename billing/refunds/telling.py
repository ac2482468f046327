"""What the owner is told of a refund, by «اعلانات» and SMS, in the transaction of the step."""

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import AttemptState, PaymentAttempt, RefundCase, RefundMethod, RefundReason
from notifications import notices, outbox
from septam.digits import to_persian
from septam.money import format_rial

_WHY: dict[str, Promise] = {
    RefundReason.WITHDRAWN: gettext_lazy("You withdrew the request for “%(what)s”."),
    RefundReason.CANCELLED: gettext_lazy("The request for “%(what)s” was cancelled by support."),
    RefundReason.UNPLACED: gettext_lazy("The payment of order %(what)s came too late."),
    RefundReason.DUPLICATE: gettext_lazy("Order %(what)s was paid twice."),
    RefundReason.OVERPAID: gettext_lazy("More than its sum was paid for order %(what)s."),
    RefundReason.DIFFERENCE: gettext_lazy(
        "By what the expert found, the visit of “%(what)s” costs less than you paid."
    ),
    RefundReason.BY_HAND: gettext_lazy("Our finance staff return money of order %(what)s."),
}
_HOW: dict[str, Promise] = {
    RefundMethod.REVERSAL: gettext_lazy(
        "The bank reversed the payment; the money is on your card within 72 hours."
    ),
    RefundMethod.CARD: gettext_lazy("It went to the card you paid with."),
    RefundMethod.TRANSFER: gettext_lazy("It went to your bank account."),
}


def how(case: RefundCase) -> str:
    """How the money of a refund that is done went back."""
    return str(_HOW[case.method])


def asked(case: RefundCase) -> None:
    """Money is owed back, and why."""
    by_request = case.request if case.reason != RefundReason.BY_HAND else None
    what = by_request.place_title if by_request else to_persian(case.order.number)
    sentences = [
        str(_WHY[case.reason]) % {"what": what},
        _("%(amount)s rial is returned to you.") % {"amount": format_rial(case.amount_rial)},
    ]
    kept = case.paid_rial - case.amount_rial
    if kept and case.reason == RefundReason.WITHDRAWN:
        sentences.append(_("%(amount)s rial is kept by the terms.") % {"amount": format_rial(kept)})
    _notice(case, "refund.asked", _("Refund"), sentences)


def approved(case: RefundCase) -> None:
    """Finance agreed; the money goes out next."""
    text = _("The return of %(amount)s rial was approved. We tell you when it was made.")
    _notice(case, "refund.approved", _("The refund was approved"), [text % _amount(case)])


def reference_of(case: RefundCase) -> str:
    """By which number the bank knows the return, as owners read it."""
    # One with letters is copied as the bank writes it.
    shown = to_persian(case.reference) if case.reference.isdigit() else case.reference
    return _("Bank reference: %(reference)s.") % {"reference": shown}


def refused(case: RefundCase) -> None:
    """The money is not returned, and why."""
    text = _("%(amount)s rial is not returned: %(reason)s")
    values = _amount(case) | {"reason": case.refusal}
    _notice(case, "refund.refused", _("The refund was refused"), [text % values])


def done(case: RefundCase) -> None:
    """The money is back: how, and by which reference."""
    sentences = [
        _("%(amount)s rial was returned.") % _amount(case), how(case),
    ]  # fmt: skip
    if case.reference:
        sentences.append(reference_of(case))
    event, values = _sms_of(case)
    _notice(case, event, _("The money was returned"), sentences)
    owner = case.order.owner
    if not owner.mobile:
        return
    key = f"refund.done:{case.pk}"
    outbox.queue(event, owner.mobile, _amount(case) | values, user_id=owner.pk, once_key=key)


def _sms_of(case: RefundCase) -> tuple[str, dict[str, str]]:
    if case.method == RefundMethod.REVERSAL:
        return "refund.reversed", {}
    card = _card(case) if case.method == RefundMethod.CARD else ""
    if not card:
        return "refund.done_account", {"ref": case.reference}
    return "refund.done", {"card": card, "ref": case.reference}


def _card(case: RefundCase) -> str:
    """The last four digits of the card that paid; empty where nobody knows them."""
    paid = PaymentAttempt.objects.filter(order_id=case.order_id, state=AttemptState.SETTLED)
    attempt = case.attempt or paid.first()
    last = attempt.masked_card[-4:] if attempt else ""
    return last if last.isdigit() else ""


def _amount(case: RefundCase) -> dict[str, str]:
    return {"amount": format_rial(case.amount_rial)}


def _notice(case: RefundCase, event: str, title: str, sentences: list[str]) -> None:
    link = reverse("billing:order", args=[case.order.number])
    notices.add(case.order.owner_id, event, title, " ".join(sentences), link)
