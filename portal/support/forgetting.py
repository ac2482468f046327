"""What people wrote to support is not kept for ever: texts, names and numbers of old conversations are emptied.

That there was a conversation stays: its number, subject, days and who answered.
"""

from django.conf import settings

from notifications.models import Notice
from portal.models import SupportMessage, SupportThread, ThreadState
from portal.support import telling
from septam import clock, forgetting

_A_TURN = 200


def forget_old() -> int:
    """Empty conversations that nothing happened in for SUPPORT_KEEP_DAYS; returns how many."""
    return forgetting.take("portal.forget_support", _some_old)


def _some_old() -> int:
    old = SupportThread.objects.filter(
        changed_at__lt=forgetting.before(settings.SUPPORT_KEEP_DAYS), forgotten_at=None
    ).exclude(state=ThreadState.WAITING)
    rows = list(old.select_for_update(skip_locked=True).order_by("changed_at")[:_A_TURN])
    empty(rows)
    return len(rows)


def empty(threads: list[SupportThread]) -> None:
    """Empty and close these conversations, in the caller's transaction."""
    found = [thread.pk for thread in threads]
    SupportMessage.objects.filter(thread_id__in=found).exclude(text="").update(text="")
    _forget_notices(threads)
    SupportThread.objects.filter(pk__in=found).update(
        name="", mobile="", reference="", reference_kind="", state=ThreadState.CLOSED, waiting_since=None,
        forgotten_at=clock.now(),
    )  # fmt: skip


def _forget_notices(rows: list[SupportThread]) -> None:
    """The notices of answers hold the beginning of their texts."""
    owned = [thread for thread in rows if thread.owner_id]
    Notice.objects.filter(
        user_id__in=[thread.owner_id for thread in owned],
        event="support.answered",
        link__in=[telling.address_of(thread) for thread in owned],
    ).update(body="")
