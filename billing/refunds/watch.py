"""What is wrong with refunds right now: reversals without an answer, and money that is owed for too long."""

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from billing.models import RefundCase
from billing.models.refunds import OPEN_CASES
from septam import clock
from septam.alarms import Alarm
from septam.digits import to_persian

PERMISSION = "billing.change_refundcase"
# The bank itself speaks of 72 hours.
OWED_TOO_LONG = timedelta(days=3)


def watch() -> Iterator[Alarm]:
    """A line for each kind of trouble; it leads to the list."""
    undecided = RefundCase.objects.filter(state="approved", next_check_at=None)
    undecided = undecided.exclude(reversal_asked_at=None)
    old = RefundCase.objects.filter(
        state__in=OPEN_CASES, created_at__lt=clock.now() - OWED_TOO_LONG
    )
    for count, text in (
        (undecided.count(), _("%(count)s reversals have no answer of the bank.")),
        (old.count(), _("%(count)s refunds are owed for more than three days.")),
    ):
        if count:
            path = reverse("admin:billing_refundcase_changelist")
            yield Alarm(text % {"count": to_persian(count)}, path, PERMISSION)
