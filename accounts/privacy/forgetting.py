"""What accounts leave behind is not kept for ever: unused registrations, numbers of old changes, ended sessions."""

from django.conf import settings
from django.contrib.sessions.models import Session

from accounts.models import MobileChange, MobileChangeState, User
from accounts.privacy import closing
from septam import clock, forgetting

# Accounts at a time: every app is asked to forget each of them.
_ACCOUNTS, _TIMES = 3, 400


def forget_unused() -> int:
    """Registrations of UNUSED_KEEP_DAYS ago that nobody ever signed in to; their mobiles are free anyway."""
    rows = User.objects.all()
    until = forgetting.before(settings.UNUSED_KEEP_DAYS)
    return forgetting.walk(
        "accounts.forget_unused", rows, "date_joined", until, _forget_unused, _ACCOUNTS, _TIMES
    )


def _forget_unused(ids: list[int]) -> int:
    unused = User.objects.filter(
        pk__in=ids, first_signed_in_at=None, is_staff=False, is_active=True, profile=None, places=None,
        pending_passwords=None,
    )  # fmt: skip
    found = list(unused.select_for_update(of=("self",), skip_locked=True).order_by("pk"))
    for user in found:
        closing.forget_person(user)
    return len(found)


def forget_mobiles() -> int:
    """Earlier and new numbers of changes that ended MOBILE_CHANGES_KEEP_DAYS ago."""
    rows = MobileChange.objects.all()
    until = forgetting.before(settings.MOBILE_CHANGES_KEEP_DAYS)
    return forgetting.walk("accounts.forget_mobiles", rows, "created_at", until, _forget_mobiles)


def _forget_mobiles(ids: list[int]) -> int:
    ended = MobileChange.objects.filter(pk__in=ids).exclude(state=MobileChangeState.WAITING)
    return ended.update(old_mobile="", new_mobile="", reason="", stop_code="")


def purge_sessions() -> int:
    """Sessions that are over, with what was typed in them, the oldest first."""
    over = Session.objects.filter(expire_date__lt=clock.machine_now()).order_by("expire_date")
    return forgetting.delete_lapsed("accounts.purge_sessions", over)
