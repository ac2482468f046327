"""Where finance begins the day: the buttons on the office's first page."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from billing import alarms
from septam.office.pages import OfficeLink


def _holds(permission: str) -> Callable[[Any], bool]:
    return lambda user: bool(user.has_perm(permission))


LINKS = (
    OfficeLink("billing_paymentattempt_review", _("Payments to decide"), _holds(alarms.REVIEW)),
    OfficeLink("billing_refundcase_changelist", _("Refunds"), _holds("billing.change_refundcase")),
    OfficeLink(
        "billing_banktransfer_changelist",
        _("Bank transfers"),
        _holds("billing.change_banktransfer"),
    ),
    OfficeLink("billing_bankfile_add", _("Send a bank's file"), _holds("billing.add_bankfile")),
    OfficeLink("billing_order_exports", _("Exports"), _holds("billing.export_money")),
)
