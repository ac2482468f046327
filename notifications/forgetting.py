"""Old messages are not kept for ever: texts and numbers of the outbox are emptied, old notices go."""

from django.conf import settings

from notifications.models import Notice, SmsMessage
from notifications.personal_data import ENDED
from septam import forgetting


def empty_sms() -> int:
    """Of messages older than SMS_KEEP_DAYS: event, times and outcome stay, number and text do not. Returns how many."""
    rows = SmsMessage.objects.all()
    until = forgetting.before(settings.SMS_KEEP_DAYS)
    return forgetting.walk("sms.empty", rows, "created_at", until, _empty)


def _empty(ids: list[int]) -> int:
    ended = SmsMessage.objects.filter(pk__in=ids, state__in=ENDED)
    return ended.update(mobile="", text="", values={}, next_try_at=None)


def forget_notices() -> int:
    """Notices older than NOTICES_KEEP_DAYS go; returns how many."""
    rows = Notice.objects.all()
    until = forgetting.before(settings.NOTICES_KEEP_DAYS)
    return forgetting.walk("notices.forget", rows, "created_at", until, _forget)


def _forget(ids: list[int]) -> int:
    return Notice.objects.filter(pk__in=ids).delete()[0]
