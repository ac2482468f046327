"""The base of the office's admin pages: scope, audit, and the lists of septam.office.lists.

A member of staff finds what `visible_to_staff` leaves; anything else is 404, not a redirect that tells it exists. A save writes the
changed columns only, so that it undoes nothing that a verb of the domain wrote meanwhile.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.contrib.admin.widgets import ForeignKeyRawIdWidget
from django.core.paginator import Paginator
from django.db import models
from django.forms.widgets import Script
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from septam import audit
from septam.forms.fields import JalaliDateField, JalaliDateInput
from septam.office import form as office_form
from septam.office import history as office_history
from septam.office.lists import CappedPaginator, FoundPaginator, PagedList
from septam.office.names import CleanTexts
from septam.office.taken_already import TakenAlready
from septam.templatetags import persian


def moment_column(name: str, title: Any) -> Any:
    """A column or read-only line with the Jalali day and hour of the datetime field `name`."""
    return _column(name, title, persian.jdatetime)


def day_column(name: str, title: Any) -> Any:
    """A column or read-only line with the Jalali day of the date field `name`."""
    return _column(name, title, persian.jdate)


def phone_column(name: str, title: Any) -> Any:
    """A column or read-only line with the telephone number `name`, in Persian digits."""
    return _column(name, title, persian.phone)


def _column(name: str, title: Any, write: Callable[[Any], str]) -> Any:
    # A read-only line of a form takes no empty_value: it would show the word None.
    @admin.display(description=title, ordering=name)
    def column(row: models.Model) -> str:
        return write(getattr(row, name)) or "–"

    return column


class OfficeModelAdmin(TakenAlready, CleanTexts, admin.ModelAdmin):
    """What every page of the office shares. Registered with Django's default site, the OfficeSite.

    `personal` marks models that hold owners' personal data: each view of one is audited. `grows` marks those
    with rows by the million. `select_fields`
    names the foreign keys with few rows, which get a plain select; all others get an id box with a
    search window.
    """

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = CappedPaginator
    list_per_page = 50
    list_max_show_all = 0
    personal = False
    # Rows by the million: no column sorts, for none but the list's own order goes along an index.
    grows = False
    select_fields: ClassVar[tuple[str, ...]] = ()
    formfield_overrides = {
        models.DateField: {"form_class": JalaliDateField, "widget": JalaliDateInput},
    }

    class Media:
        css: ClassVar = {"all": ["css/office.css"]}
        # Deferred: it looks for the boxes as soon as it runs.
        js: ClassVar = [Script("js/picker.js", defer=True), "js/office.js"]

    def visible_to_staff(
        self, queryset: models.QuerySet[Any], request: HttpRequest
    ) -> models.QuerySet[Any]:
        """The rows that this member of staff may see; asks the queryset's own method of this name, if any."""
        hook = getattr(queryset, "visible_to_staff", None)
        return hook(request.user) if hook is not None else queryset

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """The list that asks once."""
        return PagedList

    def get_sortable_by(self, request: HttpRequest) -> Any:
        """The columns that sort: none where sorting would read a million rows."""
        return () if self.grows else super().get_sortable_by(request)

    def get_paginator(
        self, request: HttpRequest, queryset: Any, per_page: int, *rest: Any, **more: Any
    ) -> Paginator:
        """Of what a search found only the first pages are counted."""
        if request.GET.get(SEARCH_VAR, "").strip():
            return FoundPaginator(queryset, per_page, *rest, **more)
        return super().get_paginator(request, queryset, per_page, *rest, **more)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """The visible rows."""
        return self.visible_to_staff(super().get_queryset(request), request)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """No select with a million options."""
        chosen = {*self.select_fields, *self.get_autocomplete_fields(request), *self.radio_fields}
        if db_field.name not in chosen and "widget" not in kwargs:
            kwargs["widget"] = ForeignKeyRawIdWidget(db_field.remote_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new row whole; of a changed one the changed columns only. Both are audited."""
        if not change:
            obj.save(force_insert=True)
            self.log_change_of(request, obj, "office.add")
            return
        columns = {field.name for field in obj._meta.concrete_fields}
        fields = [name for name in form.changed_data if name in columns]
        if fields:
            obj.save(update_fields=fields)
        names = sorted(set(form.changed_data) - {"present_password"})
        self.log_change_of(request, obj, "office.change", fields=names)

    def get_actions(self, request: HttpRequest) -> Any:
        """Rows are deleted one by one: a press on a whole list takes years of a table away."""
        return {k: v for k, v in super().get_actions(request).items() if k != "delete_selected"}

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Audited, before the row is gone, with what it was where it is no person's."""
        row = {
            one.attname: str(getattr(obj, one.attname))[:80] for one in obj._meta.concrete_fields
        }
        self.log_change_of(request, obj, "office.delete", **({} if self.personal else {"row": row}))
        super().delete_model(request, obj)

    def construct_change_message(self, *args: Any, **kwargs: Any) -> list[dict[str, Any]]:
        """Without the password that a form asks for once more: no column of the row."""
        message: list[dict[str, Any]] = super().construct_change_message(*args, **kwargs)
        return office_history.without_password(message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing for a save that changed nothing."""
        return super().log_change(request, obj, message) if message else None

    def log_change_of(self, request: HttpRequest, obj: Any, verb: str, **detail: Any) -> None:
        """Note what this member of staff did; detail holds ids and names of fields, no values."""
        audit.record(request.user.pk, verb, obj, **detail)

    def log_view(self, request: HttpRequest, obj: Any, **detail: Any) -> None:
        """Note that this member of staff looked at somebody's personal data, before it is shown."""
        audit.record(request.user.pk, "office.view", obj, **detail)

    def _note_look(
        self, request: HttpRequest, answer: HttpResponse, object_id: str, **detail: Any
    ) -> HttpResponse:
        if self.personal and answer.status_code == 200:
            found = self.get_object(request, object_id)
            if found is not None:
                self.log_view(request, found, **detail)
        return answer

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form of one row; a look at personal data is noted, also when a form comes back with errors."""
        answer = super().change_view(request, object_id, form_url, extra_context)
        return self._note_look(request, answer, object_id)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Django's own history of a row, noted as a look at it."""
        answer = super().history_view(request, object_id, extra_context)
        data = getattr(answer, "context_data", None) or {}
        if data.get("object"):
            called = persian.called(data["object"])
            data |= {"called": called, "title": _("History of %(row)s") % {"row": called}}
        return self._note_look(request, answer, object_id, page="history")

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The question before a row goes, noted as a look at it."""
        answer = super().delete_view(request, object_id, extra_context)
        return self._note_look(request, answer, object_id, page="delete")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Links only to what this person may open; the row is called by its number in Persian digits."""
        for part in (context["adminform"], *context["inline_admin_formsets"]):
            office_form.seen_by(request, part)
        if context.get("subtitle"):
            context["subtitle"] = persian.called(kwargs.get("obj") or context["subtitle"])
        return super().render_change_form(request, context, *args, **kwargs)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """The list; whose personal data it showed is noted in one event."""
        title = {"title": self.opts.verbose_name_plural}  # not «choose one to change»
        response = super().changelist_view(request, title | (extra_context or {}))
        shown = getattr(response, "context_data", {}).get("cl") if self.personal else None
        if isinstance(shown, ChangeList) and shown.result_list:
            ids = [row.pk for row in shown.result_list]
            audit.record(request.user.pk, "office.list", self.model(), ids=ids)
        return response

    def page(
        self, request: HttpRequest, template: str, title: str | Promise, **context: Any
    ) -> TemplateResponse:
        """A page of our own beside Django's, in the office's frame.

        Whatever of the context is somebody's (a request, an order, a person) was looked at, and is noted.
        """
        for shown in context.values():
            whose = isinstance(shown, models.Model) and audit.names_owners(type(shown))
            if whose and shown.pk and not audit.was_noted(shown):
                self.log_view(
                    request, shown, page=template.rpartition("/")[2].removesuffix(".html")
                )
        shared = {
            **self.admin_site.each_context(request),
            "title": str(title),
            "opts": self.opts,
        }
        return TemplateResponse(request, template, shared | context)

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        """404 in place of Django's redirect with a message that names the id."""
        raise Http404


class ReadOnlyAdmin(OfficeModelAdmin):
    """A model that staff look at, and change through actions at most."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: actions that need it ask for their own permission."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False
