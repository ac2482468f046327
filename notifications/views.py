"""«اعلانات»: an owner's notices, newest first."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from notifications.models import Notice
from notifications.notices import mark_read
from septam.paging import page_of

PAGE_SIZE = 20


@login_required
@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """The owner's notices; those shown count as read from the next page on."""
    owner_id = cast(int, request.user.pk)
    mine = Notice.objects.filter(user_id=owner_id).order_by("-id")
    page = page_of(mine, request.GET.get("page"), PAGE_SIZE)
    notices = list(page.object_list)
    response = render(request, "notifications/notices.html", {"page": page, "notices": notices})
    unread = [notice.pk for notice in notices if notice.read_at is None]
    if unread:
        mark_read(owner_id, unread)
    return response
