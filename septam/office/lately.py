"""What one person can do and everybody in charge is to see: it stands on their first page for some days."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse

from septam import clock
from septam.alarms import Alarm
from septam.digits import to_persian
from septam.models import AuditEvent

# Longer than a holiday with its bridge day, so that a colleague sees it in time.
DAYS = 7


def told(asked: Q, query: str, permission: str, text: str) -> Iterator[Alarm]:
    """One line where the audit log has such events; `text` names %(count)s and %(days)s, `query` shows them there."""
    since = clock.now() - timedelta(days=DAYS)
    count = AuditEvent.objects.filter(asked, at__gte=since).count()
    if count:
        words = text % {"count": to_persian(count), "days": to_persian(DAYS)}
        path = f"{reverse('admin:septam_auditevent_changelist')}?{query}"
        yield Alarm(words, path, permission)
