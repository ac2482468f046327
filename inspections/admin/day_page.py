"""«کار امروز»: an expert's page of the day, made for a phone, and the calendar for that phone."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Role, User
from accounts.scope import has_role, laboratory_ids
from inspections.laboratories import choice as laboratory_choice
from inspections.models import CallOutcome, VisitRequest
from inspections.visits import calendar_feed, expert_day
from septam import audit, clock

# What a form says that leads back here.
BACK = "today"
URL_NAME = "inspections_visitrequest_today"
FEED_URL_NAME = "inspections_visitrequest_feed"


class DayPage:
    """For the admin of requests: the page of an expert's day."""

    page: Any
    admin_site: Any

    def day_urls(self) -> list[URLPattern]:
        """The addresses of the day and of the calendar."""
        pages = {"today": (URL_NAME, self.today_view), "calendar": (FEED_URL_NAME, self.feed_view)}
        return [
            path(f"{word}/", self.admin_site.admin_view(view), name=name)
            for word, (name, view) in pages.items()
        ]

    def today_view(self, request: HttpRequest) -> HttpResponse:
        """Overdue reports, whom to call, the visits of today and tomorrow; for experts alone."""
        return require_safe(self._day)(request)

    def feed_view(self, request: HttpRequest) -> HttpResponse:
        """The secret address of one's calendar: made, renewed, revoked."""
        return require_http_methods(["GET", "HEAD", "POST"])(self._feed)(request)

    def _feed(self, request: HttpRequest) -> HttpResponse:
        expert, secret = self._expert(request), ""
        if request.method == "POST":
            if request.POST.get("do") == "revoke":
                calendar_feed.revoke(expert)
                messages.success(request, _("The calendar's address opens nothing any more."))
                return redirect(f"admin:{FEED_URL_NAME}")
            secret = calendar_feed.renew(expert)
        address = calendar_feed.address(secret) if secret else ""
        answer = self.page(
            request, "admin/inspections/feed.html", _("Calendar of my visits"),
            feed=calendar_feed.of(expert), address=address,
        )  # fmt: skip
        answer["Cache-Control"] = "no-store"
        return cast(HttpResponse, answer)

    @staticmethod
    def _expert(request: HttpRequest) -> User:
        if not has_role(request.user, Role.EXPERT):
            raise PermissionDenied
        return cast(User, request.user)

    def _day(self, request: HttpRequest) -> HttpResponse:
        expert = self._expert(request)
        day = expert_day.of(expert)
        if day.request_ids:
            audit.record(expert.pk, "office.list", VisitRequest(), ids=day.request_ids)
        return cast(
            HttpResponse,
            self.page(
                request, "admin/inspections/day.html", _("Work of today"),
                day=day, outcomes=CallOutcome.choices, today=clock.today(), back=BACK,
                is_stopped=laboratory_choice.stopped(laboratory_ids(expert, Role.EXPERT)),
            ),
        )  # fmt: skip
