"""«خروجی» of a list in the office: what its filters and search leave, as CSV or XLSX."""

from collections.abc import Sequence
from itertools import islice
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from septam import audit, clock, jalali
from septam.digits import is_number, to_persian
from septam.exports import columns, files
from septam.exports.columns import Column
from septam.identity import compact
from septam.money import format_rial


class ListExports:
    """For an OfficeModelAdmin: two buttons on its list. Whoever may look at the list may take out what he sees there.

    Rows come newest first by their key, through a cursor of the server. Each file is audited before its first row
    leaves: which filters, how many rows, whose data; of a search only of what kind it was, for what is searched for may
    be somebody's number.
    """

    admin_site: Any
    model: Any
    personal: bool
    opts: Any
    has_view_permission: Any
    get_changelist_instance: Any

    exported: ClassVar[Sequence[Column]] = ()

    def export_columns(self, request: HttpRequest) -> Sequence[Column]:
        """What this member of staff gets of each row."""
        return self.exported

    def get_urls(self) -> list[URLPattern]:
        """The file before Django's pages."""
        view = self.admin_site.admin_view(require_POST(self.export_view))
        return [
            path("export/", view, name=self._export_url_name()),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def _export_url_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_export"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, with the address of the file."""
        address = reverse(f"admin:{self._export_url_name()}")
        query = request.GET.urlencode()
        context = {"export_url": f"{address}?{query}" if query else address}
        return super().changelist_view(request, context | (extra_context or {}))  # type: ignore[misc, no-any-return]

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """The file, or back to the list with the reason why there is none."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        unsure = self.admin_site.ask_again(request, self._list_address(request))
        if self.personal and unsure is not None:
            return unsure  # type: ignore[no-any-return]
        try:
            rows = self.get_changelist_instance(request).queryset.order_by("-pk")
        except IncorrectLookupParameters:
            return self._back(request, _("These filters cannot be read; choose them again."))
        count = rows.order_by()[: files.MOST_ROWS + 1].values("pk").count()
        if not count:
            return self._back(request, _("There is no row for these filters; nothing to download."))
        if count > files.MOST_ROWS:
            most = to_persian(format_rial(files.MOST_ROWS))
            text = _(
                "These are more than %(most)s rows. Narrow the list by a filter or a search first."
            )
            return self._back(request, text % {"most": most})
        return self._file(request, rows, count)

    def _back(self, request: HttpRequest, text: str) -> HttpResponse:
        messages.warning(request, text)
        return HttpResponseRedirect(self._list_address(request))

    def _list_address(self, request: HttpRequest) -> str:
        query = request.GET.urlencode()
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        return f"{address}?{query}" if query else address

    def _file(self, request: HttpRequest, rows: models.QuerySet[Any], count: int) -> HttpResponseBase:  # fmt: skip
        kind = "xlsx" if request.POST.get("format") == "xlsx" else "csv"
        newest = rows.values_list("pk", flat=True)[0]
        rows = rows.filter(pk__lte=newest)  # what comes meanwhile is in no note
        with transaction.atomic():
            audit.record(
                request.user.pk, "office.export", self.model(), format=kind, rows=count, filters=_told(request)
            )  # fmt: skip
            if self.personal and audit.names_owners(self.model):
                self._note_owners(request, rows)
        today = jalali.latin_date(clock.today()).replace("/", "")
        name = str(self.opts.model_name)
        lines = columns.all_lines(self.export_columns(request), rows, files.CHUNK)
        return files.download(kind, name, f"septam-{name}-{today}", lines)

    def _note_owners(self, request: HttpRequest, rows: models.QuerySet[Any]) -> None:
        """Whose data went out, so that each owner can read who took them."""
        ids = rows.values_list("pk", flat=True).iterator(chunk_size=files.CHUNK)
        while chunk := list(islice(ids, files.CHUNK)):
            audit.record(request.user.pk, "office.export", self.model(), ids=chunk)


def _told(request: HttpRequest) -> dict[str, str]:
    filters = {key: str(value) for key, value in request.GET.items() if key != "q"}
    typed = request.GET.get("q", "")
    if typed:
        filters["q"] = "number" if is_number(compact(typed)) else "text"
    return filters
