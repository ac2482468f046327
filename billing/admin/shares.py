"""The laboratories' share in the office: rules, months to close, statements with their files.

Finance closes and notes payments; the portal's manager looks; a laboratory's manager sees the own laboratory's.
"""

from collections.abc import Callable
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from billing.admin.share_forms import CloseForm, PaymentForm, RuleForm
from billing.models import ShareRule, ShareStatement
from billing.shares import sheets, statements
from billing.shares.months import Month
from septam import audit, jalali
from septam.money import format_rial
from septam.office.base import OfficeModelAdmin, ReadOnlyAdmin, moment_column
from sites.models import Laboratory

PERMISSION = "billing.change_sharestatement"
_NAME = "billing_sharestatement"


@admin.register(ShareRule)
class ShareRuleAdmin(OfficeModelAdmin):
    """Which part of a visit's fee is a laboratory's, and from when to when."""

    form = RuleForm
    fields = ("laboratory", "kind", "basis_points", ("first_day", "last_day"), "is_sample")
    list_display = ("laboratory", "shown_kind", "shown_share", "shown_days", "is_sample")
    list_filter = ("laboratory",)
    list_select_related = ("laboratory",)
    select_fields: ClassVar[tuple[str, ...]] = ("laboratory",)
    ordering = ("laboratory", "kind", "-days")

    @admin.display(description=gettext_lazy("Kind"))
    def shown_kind(self, rule: ShareRule) -> str:
        """The kind, or that it holds for all."""
        return rule.get_kind_display() or _("All kinds")

    @admin.display(description=gettext_lazy("Share"))
    def shown_share(self, rule: ShareRule) -> str:
        """In percent."""
        return sheets.percent(rule.basis_points)

    @admin.display(description=gettext_lazy("Days"))
    def shown_days(self, rule: ShareRule) -> str:
        """The days in Jalali."""
        lower, upper = rule.days.lower, rule.days.upper
        first = jalali.format_date(lower) if lower else ""
        last = f"{_('to')} {jalali.format_date(upper)}" if upper else _("until further notice")
        return f"{first} {last}"


@admin.register(ShareStatement)
class ShareStatementAdmin(ReadOnlyAdmin):
    """Closed months, the latest first."""

    change_form_template = "admin/billing/sharestatement/change_form.html"
    change_list_template = "admin/billing/sharestatement/change_list.html"
    # The template shows the facts itself.
    fields = ("number",)
    shown_paid = staticmethod(moment_column("paid_at", gettext_lazy("Share paid on")))
    list_display = (
        "number", "laboratory", "shown_month", "shown_base", "shown_laboratory", "shown_portal",
        "shown_paid",
    )  # fmt: skip
    list_filter = ("year", "month")
    list_select_related = ("laboratory",)
    ordering = ("-year", "-month", "laboratory")

    @admin.display(description=gettext_lazy("Month"))
    def shown_month(self, statement: ShareStatement) -> str:
        """By name."""
        return str(Month(statement.year, statement.month))

    @admin.display(description=gettext_lazy("Base amount (rial)"))
    def shown_base(self, statement: ShareStatement) -> str:
        """In groups of three."""
        return format_rial(statement.base_rial)

    @admin.display(description=gettext_lazy("Laboratory's share (rial)"))
    def shown_laboratory(self, statement: ShareStatement) -> str:
        """In groups of three."""
        return format_rial(statement.laboratory_rial)

    @admin.display(description=gettext_lazy("Portal's share (rial)"))
    def shown_portal(self, statement: ShareStatement) -> str:
        """In groups of three."""
        return format_rial(statement.portal_rial)

    def get_urls(self) -> list[URLPattern]:
        """Our pages before Django's."""
        pages: list[tuple[str, Callable[..., HttpResponse], str]] = [
            ("months/", self.months, "months"),
            ("months/<int:laboratory_id>/<int:year>/<int:month>/", self.close, "close"),
            ("<int:pk>/paid/", self.paid, "paid"),
            ("<int:pk>/csv/", self.csv, "csv"),
            ("<int:pk>/pdf/", self.pdf, "pdf"),
        ]
        wrap = self.admin_site.admin_view
        own = [path(route, wrap(view), name=f"{_NAME}_{name}") for route, view, name in pages]
        return own + super().get_urls()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """The list; finance also gets the way to the months that wait."""
        may_close = {"may_close": request.user.has_perm(PERMISSION)}
        return super().changelist_view(request, (extra_context or {}) | may_close)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The figures and rows in place of a form."""
        statement: ShareStatement | None = kwargs.get("obj")
        if statement is not None:
            is_due = statement.paid_at is None and statement.laboratory_rial > 0
            context |= {
                "statement": statement,
                "month": Month(statement.year, statement.month),
                "rows": shown_rows(sheets.rows_of(statement)),
                "may_note_payment": is_due and request.user.has_perm(PERMISSION),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def months(self, request: HttpRequest) -> HttpResponse:
        """Each laboratory's next month to close, with what it holds so far."""
        _finance(request)
        return require_safe(self._months)(request)

    def _months(self, request: HttpRequest) -> HttpResponse:
        waiting = [
            statements.draft(laboratory, statements.next_month(laboratory))
            for laboratory in Laboratory.objects.order_by("code")
        ]
        return self._page(request, "months", _("Months to close"), {"drafts": waiting})

    def close(
        self, request: HttpRequest, laboratory_id: int, year: int, month: int
    ) -> HttpResponse:
        """What a month holds, and its closing."""
        user = _finance(request)
        laboratory = Laboratory.objects.filter(pk=laboratory_id).first()
        if laboratory is None or not (1 <= month <= 12 and 1390 <= year <= 1450):
            raise Http404
        found = statements.draft(laboratory, Month(year, month))
        view = require_http_methods(["GET", "HEAD", "POST"])(self._close)
        return view(request, user, found)

    def _close(self, request: HttpRequest, user: User, found: statements.Draft) -> HttpResponse:
        form = CloseForm(request, request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                statement = statements.close(found.laboratory.pk, found.month, user)
            except statements.NotPossible as refusal:
                form.add_error(None, refusal.reason)
            else:
                messages.success(request, _("The month was closed."))
                return redirect(f"admin:{_NAME}_change", statement.pk)
        context = {"draft": found, "form": form, "rows": shown_rows(found.rows)}
        return self._page(request, "close", _("Close the month"), context)

    def paid(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Note that the laboratory was paid."""
        user = _finance(request)
        return require_http_methods(["GET", "HEAD", "POST"])(self._paid)(
            request, user, self._found(request, pk)
        )

    def _paid(self, request: HttpRequest, user: User, statement: ShareStatement) -> HttpResponse:
        form = PaymentForm(request, request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                statements.note_payment(statement.pk, user, form.cleaned_data["reference"])
            except statements.NotPossible as refusal:
                form.add_error(refusal.field or None, refusal.reason)
            else:
                messages.success(request, _("The payment was noted."))
                return redirect(f"admin:{_NAME}_change", statement.pk)
        back = reverse(f"admin:{_NAME}_change", args=[statement.pk])
        context = {"statement": statement, "form": form, "back": back}
        return self._page(request, "paid", _("Note the payment of the share"), context)

    def csv(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The rows for programs."""
        statement = self._found(request, pk)
        return self._file(
            request, statement, sheets.csv_file(statement), "csv", "text/csv; charset=utf-8"
        )

    def pdf(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The statement on paper."""
        statement = self._found(request, pk)
        return self._file(request, statement, sheets.pdf(statement), "pdf", "application/pdf")

    def _file(
        self, request: HttpRequest, statement: ShareStatement, content: bytes, kind: str, mime: str
    ) -> HttpResponse:
        audit.record(request.user.pk, "share.download", statement, kind=kind)
        name = f"septam-share-{statement.number}.{kind}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(content, content_type=mime, headers=headers)

    def _found(self, request: HttpRequest, pk: int) -> ShareStatement:
        """A statement within the person's scope; any other is 404."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = self.get_queryset(request).select_related("laboratory").filter(pk=pk).first()
        if found is None:
            raise Http404
        return cast(ShareStatement, found)

    def _page(
        self, request: HttpRequest, template: str, title: str, context: dict[str, Any]
    ) -> HttpResponse:
        name = f"admin/billing/sharestatement/{template}.html"
        return self.page(request, name, title, **context)


def shown_rows(rows: list[Any]) -> list[dict[str, Any]]:
    """The rows of a statement or a draft, as a page shows them."""
    return [
        {
            "at": row.at, "number": row.line.request.number, "place": row.line.request.place_title,
            "kind": _("Refund") if row.refund else row.line.request.get_kind_display(),
            "base": row.base_rial, "share": row.laboratory_rial, "portal": row.portal_rial,
            "percent": "–" if row.basis_points is None else sheets.percent(row.basis_points),
        }
        for row in rows
    ]  # fmt: skip


def _finance(request: HttpRequest) -> User:
    user = cast(User, request.user)
    if not user.has_perm(PERMISSION):
        raise PermissionDenied
    return user
