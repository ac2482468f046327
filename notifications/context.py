"""The count of unread notices on every page."""

from functools import partial
from typing import Any

from django.http import HttpRequest

from notifications.models import Notice


def unread_notices(request: HttpRequest) -> dict[str, Any]:
    """`unread_notices`: asked from the database only when a template shows it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"unread_notices": 0}
    return {"unread_notices": partial(_count, user.pk)}


def _count(user_id: int) -> int:
    return Notice.objects.filter(user_id=user_id, read_at=None).count()
