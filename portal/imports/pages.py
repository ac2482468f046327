"""The office's pages of imports: choose a kind, download, send, see what would be, run."""

import logging
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from portal.imports import kinds, running
from portal.imports.csv_out import as_csv
from portal.imports.reading import MOST_BYTES, FileFault
from portal.imports.tables import Table
from portal.models import ReferenceImport
from septam import audit, kept_files
from septam.digits import to_persian
from septam.forms.base import PortalForm
from septam.office import pages as office_pages
from septam.refusal import Refusal

logger = logging.getLogger(__name__)
_SHOWN = 20


class FileForm(PortalForm, forms.Form):
    """The CSV file."""

    file = forms.FileField(
        label=gettext_lazy("Choose a CSV file"), allow_empty_file=True, max_length=200,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv", "class": "input"}),
    )  # fmt: skip

    def clean_file(self) -> Any:
        """Not above the limit."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            most = to_persian(MOST_BYTES // 1024 // 1024)
            raise forms.ValidationError(
                _("The file is larger than %(most)s megabytes.") % {"most": most}
            )
        return file


@require_safe
def index_page(request: HttpRequest) -> HttpResponse:
    """The kinds that this person may import, and the newest imports of them."""
    tables = kinds.permitted(cast(User, request.user))
    if not tables:
        raise PermissionDenied
    titles = {table.kind: table.title for table in tables}
    rows = ReferenceImport.objects.filter(kind__in=titles).select_related("sent_by", "run_by")
    done = [{"row": row, "title": titles[row.kind]} for row in rows.order_by("-pk")[:_SHOWN]]
    return office_pages.render(
        request, "admin/portal/import_index.html", _("Import from CSV"), tables=tables, done=done
    )


@require_http_methods(["GET", "HEAD", "POST"])
def kind_page(request: HttpRequest, kind: str) -> HttpResponse:
    """The columns, the downloads and the form; a file that was sent is checked and kept."""
    table = _table(request, kind)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if form.is_bound and form.is_valid():
        try:
            kept = running.keep(kind, form.cleaned_data["file"], cast(User, request.user))
        except FileFault as fault:
            for sentence in fault.sentences:
                form.add_error("file", sentence)
        except OSError:
            logger.exception("the file of an import could not be written")
            form.add_error(
                "file", _("The file could not be kept just now; send it again in a few minutes.")
            )
        else:
            return redirect("admin:import_result", kept.pk)
    return office_pages.render(
        request, "admin/portal/import_kind.html", table.title, table=table, form=form
    )


@require_http_methods(["GET", "HEAD", "POST"])
def result_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What a file would do; run by a button, or checked again."""
    kept = _kept(request, pk)
    user = cast(User, request.user)
    if request.method == "POST":
        try:
            if request.POST.get("press") == "run":
                running.run(pk, user)
                messages.success(request, _("The file was run; all of it is in force."))
            else:
                running.check_again(kept, user)
                messages.success(request, _("The file was checked again."))
        except Refusal as refusal:
            messages.error(request, refusal.reason)
        return redirect("admin:import_result", pk)
    table = kinds.TABLES[kept.kind]
    title = _("%(kind)s: what the file does") % {"kind": table.title}
    context = {"kept": kept, "table": table, "report": kept.report}
    return office_pages.render(request, "admin/portal/import_result.html", title, **context)


@require_safe
def present_csv(request: HttpRequest, kind: str) -> StreamingHttpResponse:
    """The present rows in the columns of the import."""
    table = _table(request, kind)
    audit.record(request.user.pk, "reference.export", table.model(), kind=kind)
    return _download(as_csv(table.columns, table().present()), f"{kind}.csv")


@require_safe
def template_csv(request: HttpRequest, kind: str) -> StreamingHttpResponse:
    """The headings alone."""
    return _download(as_csv(_table(request, kind).columns, iter(())), f"{kind}-template.csv")


@require_safe
def file_csv(request: HttpRequest, pk: int) -> FileResponse:
    """The file as it was sent."""
    kept = _kept(request, pk)
    return kept_files.answer(
        kept.file, f"{kept.kind}-{kept.pk}.csv", "text/csv", as_attachment=True
    )


def _table(request: HttpRequest, kind: str) -> type[Table]:
    table = kinds.TABLES.get(kind)
    if table is None:
        raise Http404
    if not table.may_import(cast(User, request.user)):
        raise PermissionDenied
    return table


def _kept(request: HttpRequest, pk: int) -> ReferenceImport:
    kept = ReferenceImport.objects.filter(pk=pk).select_related("sent_by", "run_by").first()
    if kept is None or kept.kind not in kinds.TABLES:
        raise Http404
    _table(request, kept.kind)
    return kept


def _download(lines: Any, name: str) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
