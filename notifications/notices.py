"""The door to «اعلانات»: what the portal tells an owner inside the portal."""

from django.db import IntegrityError, transaction
from django.db.models import CharField, Count, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.urls import reverse
from django.utils.translation import gettext as _

from notifications.models import Notice
from septam import clock


def add(
    user_id: int, event: str, title: str, body: str = "", link: str = "", *, once_key: str = ""
) -> Notice | None:
    """Add one notice, in the caller's transaction; `link` is a path inside the portal.

    With a `once_key` that was used before nothing is added and None returned. The title is cut to its column.
    """
    notice = made(user_id, event, title, body, link, once_key=once_key)
    if not once_key:
        notice.save(force_insert=True)
        return notice
    try:
        with transaction.atomic():
            notice.save(force_insert=True)
    except IntegrityError:
        return None
    return notice


def made(
    user_id: int, event: str, title: str, body: str = "", link: str = "", *, once_key: str = ""
) -> Notice:
    """The same notice, not written yet: notifications.telling writes several at once."""
    return Notice(
        user_id=user_id, event=event, title=title[:120], body=body, link=link,
        created_at=clock.now(), once_key=once_key,
    )  # fmt: skip


def told(before: str, after: str = "") -> Exists:
    """Of rows, whether a notice with the key «before + the row's id + after» was added: jobs leave those out."""
    key = Concat(Value(before), Cast(OuterRef("pk"), CharField()), Value(after))
    return Exists(Notice.objects.exclude(once_key="").filter(once_key=key))


def of(user_id: int, *, unread: bool = False) -> QuerySet[Notice]:
    """An owner's notices, newest first; with `unread` only those."""
    mine = Notice.objects.filter(user_id=user_id).order_by("-id")
    return mine.filter(read_at=None) if unread else mine


def unread_count() -> Coalesce:
    """How many notices a user has not read: a column beside the rows of users."""
    unread = Notice.objects.filter(user_id=OuterRef("pk"), read_at=None).order_by()
    return Coalesce(Subquery(unread.values("user_id").annotate(n=Count("*")).values("n")), 0)


def mark_read(user_id: int, notice_ids: list[int]) -> int:
    """Note that the owner has read these of their own notices; returns how many were unread."""
    return of(user_id, unread=True).filter(pk__in=notice_ids).update(read_at=clock.now())


def mark_all_read(user_id: int, newest_id: int) -> int:
    """Note all as read that stood there when the owner looked: one that came since stays unread."""
    return of(user_id, unread=True).filter(pk__lte=newest_id).update(read_at=clock.now())


def tell_blocked(user_id: int) -> None:
    """The owner's number takes no SMS of this sort: how to open it; once a day, however many did not arrive."""
    add(
        user_id, "sms.blocked", _("SMS blocked"), _("How to unblock SMS"),
        reverse("notifications:sms_choice"), once_key=f"sms.blocked:{user_id}:{clock.today()}",
    )  # fmt: skip
