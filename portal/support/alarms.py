"""Conversations that wait beyond the target stand on the office's first page."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.models import Subject, SupportThread
from septam import clock
from septam.alarms import Alarm
from septam.digits import to_persian


def due_before() -> datetime:
    """What waits since before this moment waits too long."""
    return clock.now() - timedelta(hours=settings.SUPPORT_TARGET_HOURS)


def waiting_too_long() -> Iterator[Alarm]:
    """A line for those who answer everything, and one about payments for finance."""
    late = SupportThread.objects.filter(waiting_since__lt=due_before())
    payments = late.filter(subject=Subject.PAYMENT)
    path = reverse("admin:portal_supportthread_changelist") + "?turn=late"
    for rows, permission in (
        (late, "portal.answer_any_support"),
        (payments, "portal.answer_payment_support"),
    ):
        count = rows.count()
        if count:
            text = _("%(count)s messages to support wait for more than %(hours)s hours.") % {
                "count": to_persian(count),
                "hours": to_persian(settings.SUPPORT_TARGET_HOURS),
            }
            yield Alarm(text, path, permission)
