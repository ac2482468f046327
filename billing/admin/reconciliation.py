"""The office's pages of reconciliation: send a bank's report, see what differs, mark it as settled."""

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from billing import gateways
from billing.finance import open_days, reconciliation
from billing.finance.file_reading import FileRefused
from billing.finance.upload_form import SettleForm, UploadForm
from billing.models import BankFile, BankFileRow, RowKind
from billing.models.reconciliation import NO_DIFFERENCE
from septam.digits import to_persian
from septam.office.base import ReadOnlyAdmin, day_column, moment_column

ROWS_A_PAGE = 50
LIST = "admin:billing_bankfile_changelist"
CHANGE = "admin:billing_bankfile_change"


class OpenFilter(admin.SimpleListFilter):
    """Files with differences that nobody settled."""

    title = gettext_lazy("Differences")  # type: ignore[assignment]
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """One choice beside «all»."""
        return [("yes", str(gettext_lazy("Open ones")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Only those, if chosen."""
        if self.value() != "yes":
            return queryset
        return queryset.filter(Exists(reconciliation.differences().filter(file=OuterRef("pk"))))


@admin.register(BankFile)
class BankFileAdmin(ReadOnlyAdmin):
    """The banks' reports; adding one is sending it, and nothing is ever edited."""

    change_list_template = "admin/billing/bankfile/change_list.html"
    change_form_template = "admin/billing/bankfile/change_form.html"
    fields = ("name",)
    list_display = (
        "name", "shown_gateway", day_column("first_day", gettext_lazy("First day")), day_column("last_day", gettext_lazy("Last day")), "shown_rows", "shown_open", "uploaded_by", moment_column("uploaded_at", gettext_lazy("Uploaded")),
    )  # fmt: skip
    list_filter = (OpenFilter,)
    list_select_related = ("uploaded_by",)
    ordering = ("-id",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Finance sends files."""
        return request.user.has_perm("billing.add_bankfile")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the number of open differences of each."""
        rows = reconciliation.differences().filter(file=OuterRef("pk")).order_by().values("file")
        number = Subquery(rows.annotate(number=Count("pk")).values("number"))
        return super().get_queryset(request).annotate(open_rows=Coalesce(number, 0))

    @admin.display(description=gettext_lazy("Gateway"))
    def shown_gateway(self, file: BankFile) -> str:
        """The bank's title."""
        return gateways.title_of(file.gateway)

    @admin.display(description=gettext_lazy("Rows"))
    def shown_rows(self, file: BankFile) -> str:
        """How many payments it names."""
        return to_persian(file.rows_count)

    @admin.display(description=gettext_lazy("Open differences"))
    def shown_open(self, file: Any) -> str:
        """How many are still to be settled."""
        return to_persian(file.open_rows)

    def get_urls(self) -> list[URLPattern]:
        """Our pages before Django's."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/compare/", wrap(self.compare_view), name="billing_bankfile_compare"),
            path("rows/<int:pk>/settle/", wrap(self.settle_view), name="billing_bankfilerow_settle"),
            *super().get_urls(),
        ]  # fmt: skip

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """The list, below the days that are still to be reconciled."""
        days = [(day, gateways.title_of(day.gateway)) for day in open_days.open_days()]
        return super().changelist_view(request, {"open_days": days, **(extra_context or {})})

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Take a report, or say beside the field why not."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if form.is_valid() and form.upload is not None:
            try:
                file = reconciliation.take(form.upload, cast(User, request.user))
            except FileRefused as refusal:
                form.refuse(refusal)
            else:
                return redirect(CHANGE, file.pk)
        back = reverse(LIST)
        return self._ask(request, form, _("Send a bank's file"), back=back, is_upload=True)

    def _ask(self, request: HttpRequest, form: Any, title: str, **more: Any) -> HttpResponse:
        return self.page(request, "admin/billing/finance_step.html", title, form=form, **more)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The comparison in place of a form."""
        file: BankFile | None = kwargs.get("obj")
        if file is not None:
            context |= _page_of(file, request)
            context["may_settle"] = request.user.has_perm("billing.change_bankfilerow")
        return super().render_change_form(request, context, *args, **kwargs)

    def compare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Compare a kept file again."""
        return require_POST(self._compare)(request, pk)

    def _compare(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm("billing.change_bankfilerow"):
            raise PermissionDenied
        get_object_or_404(BankFile, pk=pk)
        reconciliation.compare_again(pk, cast(User, request.user))
        messages.success(request, _("Compared again with the payments as they are now."))
        return redirect(CHANGE, pk)

    def settle_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Mark one difference as settled, with a note."""
        return require_http_methods(["GET", "HEAD", "POST"])(self._settle)(request, pk)

    def _settle(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm("billing.change_bankfilerow"):
            raise PermissionDenied
        rows = BankFileRow.objects.select_related("file", "attempt", "settled_by")
        row = get_object_or_404(rows, pk=pk)
        form = SettleForm(request.POST or None)
        if form.is_valid():
            try:
                reconciliation.settle(pk, cast(User, request.user), form.cleaned_data["note"])
            except reconciliation.NotOpen:
                messages.error(
                    request, _("This difference is settled already, or is none any more.")
                )
            else:
                messages.success(request, _("The difference is marked as settled."))
            return redirect(CHANGE, row.file_id)
        back = reverse(CHANGE, args=[row.file_id])
        return self._ask(request, form, _("Mark as settled"), row=row, file=row.file, back=back)


def _page_of(file: BankFile, request: HttpRequest) -> dict[str, Any]:
    """What the page of one file shows: sums by kind, and the rows of the chosen kind, or of all open differences."""
    wanted = request.GET.get("kind", "")
    rows = file.rows.select_related("attempt__order", "settled_by").order_by("line", "pk")
    if wanted in RowKind.values:
        rows = rows.filter(kind=wanted)
    else:
        wanted = ""
        rows = rows.filter(settled_at=None).exclude(kind__in=NO_DIFFERENCE)
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    return {
        "file": file, "bank": gateways.title_of(file.gateway), "sums": reconciliation.sums_of(file),
        "wanted": wanted, "wanted_label": RowKind(wanted).label if wanted else "", "page": page,
    }  # fmt: skip
