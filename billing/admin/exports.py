"""The office's page of exports: first the number of rows, then, by a button, the file."""

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.second_factor.asking_again import PasswordAgainForm
from billing.finance import exporting
from billing.finance.export_form import ExportForm
from billing.finance.export_tables import TABLES
from billing.finance.exporting import Export
from septam.exports import files
from septam.forms.base import PortalForm

PERMISSION = "billing.export_money"


class SureForm(PortalForm, PasswordAgainForm):
    """Personal data leave the office: the own password, once more."""


class ExportPages:
    """For the admin of orders: a page on which finance takes tables out."""

    admin_site: Any
    page: Any
    opts: Any

    def get_urls(self) -> list[URLPattern]:
        """Our page before Django's."""
        view = self.admin_site.admin_view(self.exports_view)
        return [
            path("exports/", view, name="billing_order_exports"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def exports_view(self, request: HttpRequest) -> HttpResponseBase:
        """Asked by GET, taken out by POST."""
        return require_http_methods(["GET", "HEAD", "POST"])(self._exports)(request)

    def _exports(self, request: HttpRequest) -> HttpResponseBase:
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        asked = request.POST if request.method == "POST" else request.GET
        form = ExportForm(asked or None)
        count = form.export.count() if form.is_valid() else None
        sure = SureForm(request, request.POST if request.method == "POST" else None)
        fits = bool(count) and (count or 0) <= files.MOST_ROWS
        if request.method == "POST" and fits and sure.is_valid():
            return _file(
                form.export, form.cleaned_data["format"], cast(User, request.user), count or 0
            )
        return self.page(
            request, "admin/billing/exports.html", _("Exports"), form=form, count=count, sure=sure,
            is_too_much=(count or 0) > files.MOST_ROWS, most=files.MOST_ROWS, tables=TABLES.values(),
        )  # fmt: skip


def _file(export: Export, kind: str, actor: User, count: int) -> HttpResponseBase:
    exporting.note(export, actor, kind, count)
    return files.download(kind, export.table.name, export.file_stem(), export.lines())
