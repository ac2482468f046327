"""What of the transfers waits for finance, for the office's first page."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from billing.models import BankTransfer, TransferState
from septam.alarms import Alarm
from septam.digits import to_persian


def waiting() -> Iterator[Alarm]:
    """Reports that nobody looked for yet, and money that no order has taken."""
    texts = {
        TransferState.REPORTED: _("%(count)s transfers were reported and wait for the statement."),
        TransferState.RECORDED: _("%(count)s transfers of the statement have no order yet."),
    }
    for state, text in texts.items():
        count = BankTransfer.objects.filter(state=state).count()
        if count:
            path = f"{reverse('admin:billing_banktransfer_changelist')}?state__exact={state}"
            permission = "billing.change_banktransfer"
            yield Alarm(text % {"count": to_persian(count)}, path, permission)
