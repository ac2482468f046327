"""What the office's first page says about reconciliation: days that nobody compared, differences nobody settled."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from billing.finance import open_days, reconciliation
from septam.alarms import Alarm
from septam.digits import to_persian

PERMISSION = "billing.view_bankfile"


def watch() -> Iterator[Alarm]:
    """A line a matter, where there is any."""
    path = reverse("admin:billing_bankfile_changelist")
    days = open_days.how_many()
    if days:
        text = _("%(n)s days with payments are not reconciled with their banks yet.")
        yield Alarm(text % {"n": to_persian(days)}, path, PERMISSION)
    rows = reconciliation.differences().count()
    if rows:
        text = _("%(n)s differences between the banks' files and our books are open.")
        yield Alarm(text % {"n": to_persian(rows)}, f"{path}?open=yes", PERMISSION)
