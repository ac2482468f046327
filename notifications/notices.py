"""The door to «اعلانات»: what the portal tells an owner inside the portal."""

from notifications.models import Notice
from septam import clock


def add(user_id: int, event: str, title: str, body: str = "", link: str = "") -> Notice:
    """Add one notice, in the caller's transaction; `link` is a path inside the portal."""
    return Notice.objects.create(
        user_id=user_id, event=event, title=title, body=body, link=link, created_at=clock.now()
    )


def mark_read(user_id: int, notice_ids: list[int]) -> None:
    """Note that the owner has seen these of their own notices."""
    unread = Notice.objects.filter(user_id=user_id, pk__in=notice_ids, read_at=None)
    unread.update(read_at=clock.now())
