"""«اعلانات»: an owner's notices, newest first, and which SMS come beside them."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from notifications import announcements, notices, preferences
from notifications.forms import SmsChoiceForm
from notifications.models import Notice
from septam.digits import to_persian
from septam.paging import page_of
from septam.postgres.prepared import Prepared

PAGE_SIZE = 20
_FIRST = Prepared(lambda owner_id: notices.of(owner_id)[: PAGE_SIZE + 1])  # type: ignore[misc]


@login_required
@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """The owner's notices, or the unread ones. To be shown is not to be read: the owner says that, or opens one."""
    unread = _is_unread_only(request.GET.get("show"))
    mine = notices.of(_owner_id(request), unread=unread)
    first = None if unread else _FIRST(_owner_id(request))
    page = page_of(mine, request.GET.get("page"), PAGE_SIZE, first)
    shown = list(page.object_list)
    context = {
        "page": page, "notices": shown, "unread_only": unread, "query": "show=unread&" if unread else "",
        "newest": _newest(mine, page.number, shown),
    }  # fmt: skip
    return render(request, "notifications/notices.html", context)


def _newest(mine: QuerySet[Notice], number: int, shown: list[Notice]) -> int | None:
    """The newest notice when the list was looked at: up to it «همه را خواندم» counts."""
    if number == 1:
        return shown[0].pk if shown else None
    first = mine.first()
    return first.pk if first else None


@login_required
@require_POST
def put_away(request: HttpRequest, pk: int) -> HttpResponse:
    """An announcement was read; back to the page on which it stood."""
    announcements.put_away(pk, _owner_id(request))
    back = request.POST.get("next", "")
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, None)
    return redirect(back if is_ours else "portal:home")  # nosemgrep: led-to-where-the-request-says


@login_required
@require_safe
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the notice leads. Whoever goes there has read it; a browser that only fetches ahead has not."""
    notice = get_object_or_404(notices.of(_owner_id(request)), pk=pk)
    if request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", ""):
        notices.mark_read(notice.user_id, [notice.pk])
    return redirect(notice.link or "notifications:notices")


@login_required
@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    """«خواندم» of one notice, or of all that stood on the list when it was shown; back to the same page."""
    newest, one = request.POST.get("all", ""), request.POST.get("notice", "")
    if newest.isdecimal():
        count = notices.mark_all_read(_owner_id(request), int(newest[:18]))
        text = _("%(count)s notices were marked as read.") % {"count": to_persian(count)}
        messages.success(request, text)
        return redirect(_back(request))
    place = ""
    if one.isdecimal():
        notices.mark_read(_owner_id(request), [int(one[:18])])
        # Among all it still stands there; of the unread it is gone.
        place = "" if _is_unread_only(request.POST.get("show")) else f"#n{int(one[:18])}"
    return redirect(_back(request) + place)


def _back(request: HttpRequest) -> str:
    page, rest = request.POST.get("page", ""), {}
    if _is_unread_only(request.POST.get("show")):
        rest["show"] = "unread"
    if page.isdecimal() and page != "1":
        rest["page"] = page[:6]
    address = reverse("notifications:notices")
    return f"{address}?{urlencode(rest)}" if rest else address


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sms_choice(request: HttpRequest) -> HttpResponse:
    """«تنظیم پیامک‌ها»: the optional SMS as ticks; the essential ones are named and always sent."""
    owner_id = _owner_id(request)
    form = SmsChoiceForm(request.POST or None, unwanted=preferences.unwanted_by(owner_id))
    if request.method == "POST" and form.is_valid():
        preferences.choose(owner_id, form.wanted())
        messages.success(request, _("Your choice of SMS was saved."))
        return redirect("notifications:sms_choice")
    context = {"form": form, "essential": preferences.essential_moments()}
    return render(request, "notifications/sms_choice.html", context)


def _is_unread_only(value: str | None) -> bool:
    return value == "unread"


def _owner_id(request: HttpRequest) -> int:
    return cast(int, request.user.pk)
