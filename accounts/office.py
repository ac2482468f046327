"""The admin site of the office, behind a second factor."""

from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts import landing
from accounts.second_factor import asking_again, devices
from septam import alarms
from septam.office import first_page
from septam.office import pages as office_pages


class OfficeSite(AdminSite):
    """Django's admin for staff whose session was verified by an authenticator or a recovery code."""

    site_title = _("Septam's office")
    site_header = _("Septam's office")
    index_title = _("Office")
    empty_value_display = "–"
    index_template = "admin/office_index.html"
    password_change_done_template = "admin/password_done.html"  # a file  # nosec B105

    def has_permission(self, request: HttpRequest) -> bool:
        """An active member of staff with a second factor, and nobody else."""
        user = request.user
        return bool(user.is_active and user.is_staff) and devices.verified(request)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """With the pages that belong to no single model, before the site's catch-all."""
        return [*office_pages.paths(self.admin_view), *super().get_urls()]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """The first page, with what is wrong now and this person may see to, and what others put there."""
        user = request.user
        seen = alarms.seen_by(user)
        shown = {
            "alarms": seen,
            "landing": landing.of(user),
            "office_pages": office_pages.linked_for(user),
            **first_page.context(request),
        }
        return super().index(request, shown | (extra_context or {}))

    def ask_again(self, request: HttpRequest, back: str) -> HttpResponse | None:
        """Where to show the own password before personal data leave; None if it was shown a short while ago."""
        return asking_again.asked_first(request, back)

    def password_change(  # type: ignore[override]  # a redirect is an answer too
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The portal's own page, with its limits and rules."""
        return redirect("accounts:password")

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """For nobody: no form of ours asks it, and a search that nothing records would find people by their national ids."""
        raise PermissionDenied

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to what is missing: the password, or the second factor."""
        target = request.GET.get("next") or reverse("admin:index")
        if self.has_permission(request):
            return redirect("admin:index")
        page = "accounts:office_verify" if request.user.is_authenticated else "accounts:sign_in"
        return redirect(f"{reverse(page)}?{urlencode({'next': target})}")
