"""Complaints that wait beyond the target stand on the office's first page."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from inspections.models import Complaint, ComplaintState
from septam import clock
from septam.alarms import Alarm
from septam.digits import to_persian


def waiting_too_long() -> Iterator[Alarm]:
    """A line for those who decide complaints."""
    before = clock.now() - timedelta(days=settings.COMPLAINT_TARGET_DAYS)
    count = Complaint.objects.filter(state=ComplaintState.OPEN, opened_at__lt=before).count()
    if count:
        text = _("%(count)s complaints wait for more than %(days)s days.") % {
            "count": to_persian(count), "days": to_persian(settings.COMPLAINT_TARGET_DAYS),
        }  # fmt: skip
        path = reverse("admin:inspections_complaint_changelist")
        yield Alarm(text, path, "inspections.change_complaint")
