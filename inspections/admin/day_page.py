"""«کار امروز»: an expert's page of the day, made for a phone."""

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Role, User
from accounts.scope import has_role
from inspections import expert_day
from inspections.models import CallOutcome, VisitRequest
from septam import audit, clock

# What a form says that leads back here.
BACK = "today"
URL_NAME = "inspections_visitrequest_today"


class DayPage:
    """For the admin of requests: the page of an expert's day."""

    page: Any

    def today_view(self, request: HttpRequest) -> HttpResponse:
        """Overdue reports, whom to call, the visits of today and tomorrow; for experts alone."""
        return require_safe(self._day)(request)

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
            ),
        )  # fmt: skip
