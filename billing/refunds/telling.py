"""What the owner is told of a refund, by «اعلانات» and SMS, in the transaction of the step."""

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import RefundCase, RefundReason
from notifications import notices
from septam.money import format_rial

_WHY: dict[str, Promise] = {
    RefundReason.WITHDRAWN: gettext_lazy("You withdrew the request for “%(what)s”."),
    RefundReason.CANCELLED: gettext_lazy("The request for “%(what)s” was cancelled by support."),
    RefundReason.UNPLACED: gettext_lazy("The payment of order %(what)s came too late."),
    RefundReason.DUPLICATE: gettext_lazy("Order %(what)s was paid twice."),
    RefundReason.OVERPAID: gettext_lazy("More than its sum was paid for order %(what)s."),
    RefundReason.BY_HAND: gettext_lazy("Our finance staff return money of order %(what)s."),
}


def asked(case: RefundCase) -> None:
    """Money is owed back, and why."""
    by_request = case.request if case.reason != RefundReason.BY_HAND else None
    what = by_request.place_title if by_request else case.order.number
    sentences = [
        str(_WHY[case.reason]) % {"what": what},
        _("%(amount)s rial is returned to you.") % {"amount": format_rial(case.amount_rial)},
    ]
    kept = case.paid_rial - case.amount_rial
    if kept and case.reason == RefundReason.WITHDRAWN:
        sentences.append(_("%(amount)s rial is kept by the terms.") % {"amount": format_rial(kept)})
    _notice(case, "refund.asked", _("Refund"), sentences)


def _notice(case: RefundCase, event: str, title: str, sentences: list[str]) -> None:
    link = reverse("billing:order", args=[case.order.number])
    notices.add(case.order.owner_id, event, title, " ".join(sentences), link)
