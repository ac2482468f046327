"""Closures of provinces: after one is written down, a page shows whose visits it touches and takes them back on «تأیید»."""

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.models import User
from inspections.models import Closure, VisitRequest
from inspections.refusals import NotAllowed
from inspections.visits import closing
from septam import audit
from septam.digits import to_persian
from septam.office.base import OfficeModelAdmin
from septam.templatetags.persian import jlong
from septam.templatetags.ui import badge

NAME = "inspections_closure_visits"
SHOWN = 50


@admin.register(Closure)
class ClosureAdmin(OfficeModelAdmin):
    """Days on which one province is closed."""

    list_display = ("day_fa", "province", "reason", "standing")
    list_select_related = ("province",)
    select_fields = ("province",)
    fields = ("day", "province", "reason")
    ordering = ("-day",)

    @admin.display(description=gettext_lazy("Day"), ordering="day")
    def day_fa(self, closure: Closure) -> Any:
        """In words."""
        return jlong(closure.day)

    @admin.display(description=gettext_lazy("State"))
    def standing(self, closure: Closure) -> Any:
        """Whether its visits are taken back."""
        if closure.confirmed_at is None:
            return badge(_("Visits not moved"), "act")
        return badge(_("Visits are moved"), "good")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Where and when it is stays as it was confirmed."""
        return ("day", "province") if obj is not None and obj.confirmed_at else ()

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        """First what it touches."""
        return redirect(f"admin:{NAME}", obj.pk)

    def response_change(self, request: HttpRequest, obj: Any) -> Any:
        """What it touches now."""
        return redirect(f"admin:{NAME}", obj.pk)

    def get_urls(self) -> list[URLPattern]:
        """The page of its visits, before Django's."""
        view = require_http_methods(["GET", "HEAD", "POST"])(self.visits_view)
        return [
            path("<int:pk>/visits/", self.admin_site.admin_view(view), name=NAME),
            *super().get_urls(),
        ]

    def visits_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What is touched and, after «تأیید», how many were moved; 403 for who may not change closures."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        closure = self.get_queryset(request).select_related("province").filter(pk=pk).first()
        if closure is None:
            raise Http404
        if request.method == "POST":
            return self._confirm(request, closure)
        rows = closing.left(closure) if closure.confirmed_at else closing.touched(closure)
        shown = list(
            rows.select_related("request__place", "request__city__province", "expert")
            .order_by("starts_at", "pk")[:SHOWN]
        )  # fmt: skip
        ids = [slot.request_id for slot in shown]
        audit.record(request.user.pk, "office.list", VisitRequest(), ids=ids, page="closure")
        moves = closure.moves.all()
        context = {
            "closure": closure,
            "count": rows.count(),
            "shown": shown,
            "laboratories": rows.values_list("request__laboratory__name")
            .annotate(visits=Count("pk"))
            .order_by("-visits"),
            "moved": moves.filter(moved=True).count(),
            "failed": moves.filter(moved=False).select_related("slot__request__place")[:SHOWN],
        }
        title = _("Visits of the closed day")
        return self.page(request, "admin/inspections/closure_visits.html", title, **context)

    def _confirm(self, request: HttpRequest, closure: Closure) -> HttpResponse:
        try:
            closing.confirm(closure.pk, cast(User, request.user))
        except NotAllowed as refusal:
            messages.error(request, refusal.reason)
        else:
            messages.success(
                request, _("The visits of the day are being taken back; their owners hear by SMS.")
            )
        return redirect(f"admin:{NAME}", closure.pk)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The closures alone: of their visits there may be thousands."""
        return [str(one) for one in objs], {self.opts.verbose_name_plural: len(objs)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Says what removing it does not undo."""
        moved = obj.moves.filter(moved=True).count()
        super().delete_model(request, obj)
        if moved:
            text = _(
                "%(count)s visits had been taken back because of this closure; they stay in the queue and need new times."
            )
            messages.warning(request, text % {"count": to_persian(moved)})
        else:
            messages.info(
                request, _("No visit had been moved because of this closure; none is changed.")
            )
