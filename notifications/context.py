"""The count of unread notices on every page."""

from functools import partial
from typing import Any

from django.http import HttpRequest

from notifications.models import Notice


def unread_notices(request: HttpRequest) -> dict[str, Any]:
    """`unread_notices`: as it was counted with the user, else asked from the database once a template shows it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"unread_notices": 0}
    counted = getattr(user, "unread_notices", None)
    if counted is not None:
        return {"unread_notices": counted}
    return {"unread_notices": partial(_count, user.pk)}


def _count(user_id: int) -> int:
    return Notice.objects.filter(user_id=user_id, read_at=None).count()
