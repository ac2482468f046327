"""The work list of experts and laboratories, and the page of one request with its steps."""

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.models import User
from inspections import scope
from inspections.admin import export_columns, work_list
from inspections.admin.day_page import DayPage
from inspections.admin.step_pages import StepPages
from inspections.admin.unassigned_pages import UnassignedPages, managed_laboratories
from inspections.admin.urgency import UrgencyPaginator
from inspections.admin.work_list import WorkFilter
from inspections.criteria.words import shown_value
from inspections.models import RequestStatus, VisitPhoto, VisitReport, VisitRequest
from inspections.office import steps as office_steps
from inspections.office import story as office_story
from inspections.reports import photo_access, photos
from inspections.reports.summary import shown_area
from inspections.reports.writing import answers_of, opens_later
from inspections.visits import map_links
from septam import audit
from septam.exports.columns import Column
from septam.exports.from_lists import ListExports
from septam.office.base import ReadOnlyAdmin
from septam.templatetags.persian import fa, tel, visit_time
from septam.templatetags.ui import badge
from sites.models import Level

TONES = {
    RequestStatus.IN_CART: "neutral",
    RequestStatus.SCHEDULING: "act",
    RequestStatus.PROPOSED: "wait",
    RequestStatus.ACCEPTED: "wait",
    RequestStatus.VISITED: "act",
    RequestStatus.CERTIFIED: "good",
    RequestStatus.NONCONFORMING: "bad",
    RequestStatus.NO_SHOW: "bad",
    RequestStatus.CANCELLED: "neutral",
}


@admin.register(VisitRequest)
class VisitRequestAdmin(DayPage, StepPages, UnassignedPages, ListExports, ReadOnlyAdmin):
    """Nothing is typed into a request here: every change is a step, taken through the workflow."""

    personal = True
    grows = True
    change_form_template = "admin/inspections/visitrequest/change_form.html"
    change_list_template = "admin/inspections/visitrequest/change_list.html"
    # The template shows the facts itself.
    fields = ("number",)
    list_display = ("title", "phone", "status_badge", "visit_at", "where", "number_fa", "expert")
    list_select_related = ("place", "city__province", "owner__profile", "assigned_expert")
    list_filter = (WorkFilter,)
    search_fields = ("number",)
    search_help_text = _("Tracking number, postal code, or part of the place's name")

    class Media:
        css: ClassVar = {"all": ["css/office.css"]}

    def visible_to_staff(self, queryset: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        """By role, laboratory and coverage."""
        return scope.visible_to_staff(queryset, request.user)  # type: ignore[arg-type]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The visible requests with their visit times and turns."""
        rows = work_list.in_order_of_urgency(work_list.with_visit_time(VisitRequest.objects.all()))
        return self.visible_to_staff(rows, request).order_by(*self.get_ordering(request))

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Open work by urgency, the whole country's by age, history newest first; the last two along an index.

        Other models' pages ask too, for their select boxes.
        """
        match = request.resolver_match
        is_list = match is not None and match.url_name == "inspections_visitrequest_changelist"
        if not is_list or work_list.is_history(request):
            return ("-id",)
        everything = scope.sees_all(request.user)  # type: ignore[arg-type]
        return ("paid_at", "id") if everything else ("turn", "due", "id")

    def get_paginator(
        self, request: HttpRequest, queryset: QuerySet[Any], per_page: int, *rest: Any, **more: Any
    ) -> Paginator:
        """Open work in order of urgency turn by turn; all else by its index."""
        statuses = work_list.open_statuses(request)
        if statuses and "turn" in self.get_ordering(request):
            return UrgencyPaginator(queryset, per_page, statuses)
        return super().get_paginator(request, queryset, per_page, *rest, **more)

    def export_columns(self, request: HttpRequest) -> Sequence[Column]:
        """By role."""
        return export_columns.of_requests(request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By digits or text, each along an index."""
        return work_list.search(request, queryset, search_term), False

    @admin.display(description=_("Tracking number"))
    def number_fa(self, visit: VisitRequest) -> Any:
        """In Persian digits."""
        return fa(visit.number)

    @admin.display(description=_("Status"))
    def status_badge(self, visit: VisitRequest) -> Any:
        """In words and colour."""
        return badge_html(visit)

    @admin.display(description=_("Place"))
    def title(self, visit: VisitRequest) -> str:
        """As it was paid for."""
        return visit.place_title

    @admin.display(description=_("City"))
    def where(self, visit: VisitRequest) -> str:
        """The city; its province where that has another name."""
        province = visit.city.province.name
        return visit.city.name if visit.city.name == province else f"{visit.city.name} ({province})"

    @admin.display(description=_("Visit time"))
    def visit_at(self, visit: Any) -> Any:
        """The proposed or accepted time."""
        return visit_time(visit.visit_at)

    @admin.display(description=_("Call"))
    def phone(self, visit: VisitRequest) -> Any:
        """One tap calls; the substitute where the owner gave one."""
        return tel(scope.phone_for_visit(visit))

    @admin.display(description=_("Expert"))
    def expert(self, visit: VisitRequest) -> str:
        """Who has it."""
        return str(visit.assigned_expert or "")

    def get_urls(self) -> list[URLPattern]:
        """The steps' own pages before Django's."""
        steps = [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(self.page_of(name)),
                name=self.url_name(name),
            )
            for name in office_steps.BY_NAME
        ]
        photo = path(
            "<int:pk>/photo/<str:token>/",
            self.admin_site.admin_view(require_safe(self.photo_view)),
            name=self.url_name("photo"),
        )
        return [
            *self.day_urls(), *self.unassigned_urls(), *steps, photo, *super().get_urls(),
        ]  # fmt: skip

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """The list, with the way to what is to be given out for whoever gives it out."""
        gives = bool(managed_laboratories(cast(User, request.user)))
        return super().changelist_view(request, {"gives_out": gives} | (extra_context or {}))

    def photo_view(self, request: HttpRequest, pk: int, token: str) -> HttpResponseBase:
        """A photo, or (`?small`) its thumbnail; 404 for all but its expert, the laboratory's manager and support."""
        user = cast(User, request.user)
        photo = photo_access.for_staff(user, pk, token)
        if photo is not None:
            audit.record(user.pk, "office.view", photo.request, page="photo", photo=photo.pk)
        return photo_access.answer(photo, "small" in request.GET)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The facts, the story and the steps in place of a form."""
        visit: VisitRequest | None = kwargs.get("obj")
        if visit is not None:
            context |= page_context(office_steps.viewer_of(request.user, visit), self.url_name)  # type: ignore[arg-type]
        return super().render_change_form(request, context, *args, **kwargs)


def badge_html(visit: VisitRequest) -> Any:
    """The status as a badge."""
    return badge(visit.standing, TONES[RequestStatus(visit.status)])


def page_context(viewer: office_steps.Viewer, url_name: Any) -> dict[str, Any]:
    """What the page of one request shows; its queries do not grow with the number of requests."""
    visit, data = viewer.visit, viewer.visit.snapshot
    steps = [
        {
            "label": step.label,
            "danger": step.danger,
            "url": reverse(f"admin:{url_name(step.name)}", args=[visit.pk]),
        }
        for step in office_steps.open_to(viewer)
    ]
    return {
        "visit": visit,
        "data": data,
        "level": Level(data["level"]).label if data.get("level") else "",
        "area": shown_area(data.get("area")),
        "tone": TONES[RequestStatus(visit.status)],
        "steps": steps,
        "report_opens": opens_later(visit),
        "phone": scope.phone_for_visit(visit),
        "map_url": map_links.on_phone(data),
        "web_map": map_links.on_web(data),
        "slots": visit.slots.select_related("expert").order_by("-id"),
        "calls": visit.calls.select_related("expert").order_by("-id"),
        "story": office_story.of(visit),
        "certificate": getattr(visit, "certificate", None),
        **report_context(visit, photos.of(visit.pk) if photo_access.may_see(viewer) else {}),
    }


def report_context(visit: VisitRequest, shown: dict[int, list[VisitPhoto]]) -> dict[str, Any]:
    """The report with its answers and the photos that may be shown, by item; nothing where there is none."""
    report = (
        VisitReport.objects.filter(request_id=visit.pk)
        .select_related("expert", "true_category")
        .first()
    )
    if report is None:
        return {"report": None}
    answers = [
        {"photos": shown.get(a.item.criterion.pk, []), "taken_over": a.taken_over,
         "title": a.item.criterion.title, "value": "" if a.not_applicable else shown_value(a.item.criterion, a.value),
         "not_applicable": a.not_applicable, "passed": a.passed, "comment": a.comment,
         "severity": a.item.criterion.get_severity_display()}
        for a in answers_of(report)
    ]  # fmt: skip
    return {"report": report, "answers": answers, "measured_area": shown_area(report.measured_area)}
