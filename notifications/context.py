"""The count of unread notices on every page."""

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from notifications.announcements import for_reader
from notifications.models import Announcement, Notice


def unread_notices(request: HttpRequest) -> dict[str, Any]:
    """`unread_notices`: as it was counted with the user, else asked from the database once a template shows it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"unread_notices": 0}
    counted = getattr(user, "unread_notices", None)
    if counted is not None:
        return {"unread_notices": counted}
    return {"unread_notices": partial(_count, user.pk)}


def announcements(request: HttpRequest) -> dict[str, Any]:
    """`announcements`: what stands on top of the page, asked for once a template shows it."""
    return {"announcements": SimpleLazyObject(partial(_announced, request))}


def _announced(request: HttpRequest) -> list[Announcement]:
    match = getattr(request, "resolver_match", None)
    in_office = match is not None and "admin" in match.app_names
    return for_reader(request, in_office=in_office) if hasattr(request, "user") else []


def _count(user_id: int) -> int:
    return Notice.objects.filter(user_id=user_id, read_at=None).count()
