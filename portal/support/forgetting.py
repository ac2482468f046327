"""What people wrote to support is not kept for ever: texts, names and numbers of old conversations are emptied.

That there was a conversation stays: its number, subject, days and who answered.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from portal.models import SupportMessage, SupportThread, ThreadState
from septam import clock

_A_TURN = 200


def forget_old() -> None:
    """Empty a bounded number of conversations that nothing happened in for SUPPORT_KEEP_DAYS."""
    old = SupportThread.objects.filter(
        changed_at__lt=clock.now() - timedelta(days=settings.SUPPORT_KEEP_DAYS), forgotten_at=None
    ).exclude(state=ThreadState.WAITING)
    with transaction.atomic():
        rows = old.select_for_update(skip_locked=True).order_by("changed_at")
        found = list(rows.values_list("pk", flat=True)[:_A_TURN])
        SupportMessage.objects.filter(thread_id__in=found).exclude(text="").update(text="")
        SupportThread.objects.filter(pk__in=found).update(
            name="", mobile="", reference="", reference_kind="", state=ThreadState.CLOSED,
            forgotten_at=clock.now(),
        )  # fmt: skip
