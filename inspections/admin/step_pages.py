"""Pages on which a step of a request is taken: asked on GET, taken on POST, through the workflow alone."""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from inspections.admin import day_page
from inspections.admin.report_page import ReportPage
from inspections.models import CallOutcome, VisitRequest
from inspections.office import steps as office_steps
from inspections.office import story as office_story
from inspections.office.step_forms import FORMS
from inspections.office.steps import Step, Viewer
from inspections.refusals import MovedOn, NotAllowed
from septam import audit

View = Callable[..., HttpResponse]


class StepPages:
    """For the admin of requests: a page a step. Another laboratory's request is 404, another role's step 403."""

    page: Any

    def url_name(self, step_name: str) -> str:
        """The name of a step's address inside the admin site."""
        return f"inspections_visitrequest_{step_name}"

    def page_of(self, step_name: str) -> View:
        """The view of one step."""

        @require_http_methods(["GET", "HEAD", "POST"])
        def page(request: HttpRequest, pk: int) -> HttpResponse:
            viewer = self._viewer(request, pk)
            step = office_steps.BY_NAME[step_name]
            if not step.may(viewer):
                raise PermissionDenied
            if not step.opens(viewer):
                if step_name == "report" and _brings_text(request):
                    return ReportPage(self, request, viewer, step).refuse()
                moved_on = _("This step is not possible now; the request has moved on.")
                known = step.why_shut(viewer)
                messages.error(request, known or f"{moved_on} {office_story.newest(viewer.visit)}")
                return self._to_request(viewer.visit)
            if step_name == "report":
                return ReportPage(self, request, viewer, step).answer()
            return self._take(request, viewer, step)

        return page

    def _viewer(self, request: HttpRequest, pk: int) -> Viewer:
        rows = self.get_queryset(request)  # type: ignore[attr-defined]
        visit = (
            rows.select_related("place", "owner__profile", "laboratory", "assigned_expert")
            .filter(pk=pk)
            .first()
        )
        if visit is None:
            raise Http404
        return office_steps.viewer_of(cast(User, request.user), visit)

    def _take(self, request: HttpRequest, viewer: Viewer, step: Step) -> HttpResponse:
        form = FORMS[step.name](
            viewer, request.POST if request.method == "POST" else None, request.GET
        )
        if form.is_valid():
            try:
                form.take()
            except MovedOn as refusal:
                form.decide_anew(f"{refusal.reason} {office_story.newest(viewer.visit)}")
            except NotAllowed as refusal:
                named = refusal.field if refusal.field in form.fields else form.refusal_field
                form.add_error(named, refusal.reason)
            else:
                messages.success(request, form.done)
                return self.onward(request, viewer, form)
        elif form.is_bound and form.is_overtaken:  # the page that comes back would hide it
            reason = MovedOn(form.seen_now).reason
            form.decide_anew(f"{reason} {office_story.newest(viewer.visit)}")
        return self._ask(request, viewer, step, form, form.template)

    def _ask(
        self,
        request: HttpRequest,
        viewer: Viewer,
        step: Step,
        form: forms.Form,
        template: str,
    ) -> HttpResponse:
        audit.record(viewer.user.pk, "office.view", viewer.visit, page=step.name)
        return self.page(
            request, template, step.label, visit=viewer.visit, step=step, form=form,
            **self.way_back(request, viewer.visit),
        )  # fmt: skip

    def way_back(self, request: HttpRequest, visit: VisitRequest) -> dict[str, str]:
        """Where a page leads back to: the request, or for who came from there the page of the day."""
        if _from_day(request):
            return {"back": reverse(f"admin:{day_page.URL_NAME}"), "from_day": day_page.BACK}
        return {"back": self._page_of(visit), "from_day": ""}

    def onward(self, request: HttpRequest, viewer: Viewer, form: Any = None) -> HttpResponse:
        """To the request; for who came from the page of the day, there, or on to the time that was agreed."""
        if not _from_day(request):
            return self._to_request(viewer.visit)
        agreed = form is not None and form.cleaned_data.get("outcome") == CallOutcome.AGREED
        if agreed and office_steps.BY_NAME["propose"].opens(viewer):
            propose = reverse(f"admin:{self.url_name('propose')}", args=[viewer.visit.pk])
            return redirect(f"{propose}?back={day_page.BACK}")
        return redirect(f"admin:{day_page.URL_NAME}")

    @staticmethod
    def _page_of(visit: VisitRequest) -> str:
        return reverse("admin:inspections_visitrequest_change", args=[visit.pk])

    def _to_request(self, visit: VisitRequest) -> HttpResponse:
        return redirect("admin:inspections_visitrequest_change", visit.pk)


def _brings_text(request: HttpRequest) -> bool:
    """Whether the report's page sent what was typed; to hand it in is one press."""
    return request.method == "POST" and request.POST.get("do") != "hand_in"


def _from_day(request: HttpRequest) -> bool:
    """Whether the page of the day led here."""
    asked = request.POST if request.method == "POST" else request.GET
    return asked.get("back") == day_page.BACK
