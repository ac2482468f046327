"""Complaints in the office: the oldest that waits first, the evidence beside it, decided on a page of its own."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from inspections.admin.requests import report_context
from inspections.complaints import deciding
from inspections.models import Complaint, ComplaintState
from inspections.office import steps as office_steps
from inspections.office import story as office_story
from inspections.refusals import NotAllowed
from inspections.reports import photo_access, photos
from septam import clock
from septam.digits import is_number, to_persian
from septam.forms.base import PortalForm
from septam.forms.fields import PersianCharField
from septam.identity import compact
from septam.office.base import ReadOnlyAdmin, moment_column
from septam.templatetags.persian import fa
from septam.templatetags.ui import badge

TONES = {
    ComplaintState.OPEN: "act",
    ComplaintState.UPHELD: "good",
    ComplaintState.REJECTED: "neutral",
}
REJECT = "reject"
_OPENED = moment_column("opened_at", gettext_lazy("Opened"))


class StateFilter(admin.SimpleListFilter):
    """By state; without a choice: those that wait."""

    title = gettext_lazy("State")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The decided ones, and all."""
        return [
            *((state.value, state.label) for state in ComplaintState if state != "open"),
            ("all", gettext_lazy("All complaints")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Along the index of the states; a search looks everywhere."""
        chosen = self.value()
        if chosen in ComplaintState.values:
            return queryset.filter(state=chosen)
        everything = chosen == "all" or request.GET.get("q")
        return queryset if everything else queryset.filter(state=ComplaintState.OPEN)

    def choices(self, changelist: Any) -> Any:
        """«در دست بررسی» in place of Django's «همه»."""
        drawn = super().choices(changelist)
        first: dict[str, Any] = dict(next(drawn))
        yield first | {"display": ComplaintState.OPEN.label}
        yield from (dict(choice) for choice in drawn)


class DecisionForm(PortalForm, forms.Form):
    """What is decided, and why; the owner reads the reasons."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Decision"), widget=forms.RadioSelect,
        error_messages={
            "invalid_choice": gettext_lazy("This cannot follow from the complaint as the request stands now.")
        },
    )  # fmt: skip
    reason = PersianCharField(
        label=gettext_lazy("Reasons of the decision"), max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("The owner reads them. A decision cannot be changed later."),
    )  # fmt: skip

    def __init__(self, complaint: Complaint, data: Any = None) -> None:
        super().__init__(data)
        upheld = [
            (one.value, _("Upheld: %(what)s") % {"what": one.label})
            for one in deciding.offered(complaint.request)
        ]
        self.fields["outcome"].choices = [*upheld, (REJECT, _("Rejected; the result stands"))]  # type: ignore[attr-defined]


@admin.register(Complaint)
class ComplaintAdmin(ReadOnlyAdmin):
    """For support and the manager of the system; the laboratory has no part in it."""

    personal = True
    change_form_template = "admin/inspections/complaint/change_form.html"
    list_display = ("number_fa", "state_badge", "subject", "place", "laboratory", "waits", _OPENED)
    list_filter = (StateFilter, "subject")
    list_select_related = ("request__place", "request__laboratory")
    ordering = ("id",)
    search_fields = ("request__number",)
    search_help_text = gettext_lazy("Tracking number of the request")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By the request's number."""
        number = compact(search_term)
        if not number:
            return queryset, False
        return (
            queryset.filter(request__number=number) if is_number(number) else queryset.none()
        ), False

    @admin.display(description=gettext_lazy("Tracking number"))
    def number_fa(self, complaint: Complaint) -> Any:
        """The request's, in Persian digits."""
        return fa(complaint.request.number)

    @admin.display(description=gettext_lazy("State"))
    def state_badge(self, complaint: Complaint) -> Any:
        """In words and colour."""
        return badge(complaint.get_state_display(), TONES[ComplaintState(complaint.state)])

    @admin.display(description=gettext_lazy("Place"))
    def place(self, complaint: Complaint) -> str:
        """As it was paid for."""
        return complaint.request.place_title

    @admin.display(description=gettext_lazy("Laboratory"))
    def laboratory(self, complaint: Complaint) -> str:
        """Whose visit it was."""
        return str(complaint.request.laboratory)

    @admin.display(description=gettext_lazy("Waiting"))
    def waits(self, complaint: Complaint) -> str:
        """For how many days."""
        if complaint.state != ComplaintState.OPEN:
            return "–"
        days = (clock.now() - complaint.opened_at).days
        return _("%(days)s days") % {"days": to_persian(days)}

    def get_urls(self) -> list[URLPattern]:
        """The page of the decision, before Django's."""
        view = self.admin_site.admin_view(self.decide_view)
        own = path("<int:pk>/decide/", view, name="inspections_complaint_decide")
        return [own, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The complaint with its evidence: report, calls, story; and the way to the decision, or why there is none."""
        found: Complaint | None = kwargs.get("obj")
        if found is not None:
            user = cast(User, request.user)
            context |= self._evidence(user, found) | self._way(user, found)
        return super().render_change_form(request, context, *args, **kwargs)

    def _evidence(self, user: User, complaint: Complaint) -> dict[str, Any]:
        visit = complaint.request
        sees_photos = photo_access.may_see(office_steps.viewer_of(user, visit))
        return {
            "complaint": complaint,
            "visit": visit,
            "tone": TONES[ComplaintState(complaint.state)],
            "calls": visit.calls.select_related("expert").order_by("-id"),
            "story": office_story.of(visit),
            **report_context(visit, photos.of(visit.pk) if sees_photos else {}),
        }

    def _way(self, user: User, complaint: Complaint) -> dict[str, Any]:
        if complaint.state != ComplaintState.OPEN:
            return {}
        refusal = deciding.why_not(complaint, user)
        url = reverse("admin:inspections_complaint_decide", args=[complaint.pk])
        return {"not_mine": refusal} if refusal else {"decide_url": url}

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asked on GET, decided on POST. 403 for who may not, also for who had a part in the matter."""
        user = cast(User, request.user)
        found = self.get_queryset(request).select_related("request").filter(pk=pk).first()
        if found is None:
            raise Http404
        if not user.has_perm("inspections.change_complaint") or deciding.why_not(found, user):
            raise PermissionDenied
        back = reverse("admin:inspections_complaint_change", args=[found.pk])
        if found.state != ComplaintState.OPEN:
            messages.error(request, _("This complaint was decided already."))
            return redirect(back)
        form = DecisionForm(found, request.POST if request.method == "POST" else None)
        if form.is_valid() and self._decide(request, form, found):
            return redirect(back)
        return self.page(
            request, "admin/inspections/decide.html", _("Decide the complaint"), complaint=found,
            form=form, back=back,
        )  # fmt: skip

    def _decide(self, request: HttpRequest, form: DecisionForm, found: Complaint) -> bool:
        given, user = form.cleaned_data, cast(User, request.user)
        try:
            if given["outcome"] == REJECT:
                deciding.reject(found.pk, user, given["reason"])
            else:
                deciding.uphold(found.pk, user, given["outcome"], given["reason"])
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
            return False
        messages.success(request, _("The complaint was decided; the owner is told."))
        return True
