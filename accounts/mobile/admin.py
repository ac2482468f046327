"""Changes of mobiles in the office: what waits, what became of it, and its two steps."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts import people_search
from accounts.mobile import changing
from accounts.mobile.changing import PERMISSION
from accounts.models import MobileChange, MobileChangeState, User
from accounts.second_factor.asking_again import PasswordAgainForm
from septam.forms.base import PortalForm
from septam.office.base import ReadOnlyAdmin, moment_column
from septam.refusal import Refusal
from septam.templatetags.persian import phone

_ASKED, _DUE = (
    moment_column("created_at", gettext_lazy("Asked on")),
    moment_column("due_at", gettext_lazy("Due on")),
)
_ENDED = moment_column("ended_at", gettext_lazy("Ended on"))


class SureForm(PortalForm, PasswordAgainForm):
    """The own password, once more."""


@admin.register(MobileChange)
class MobileChangeAdmin(ReadOnlyAdmin):
    """Written by accounts.mobile.changing alone."""

    personal = True
    list_display = ("user", "way", "state", _ASKED, _DUE, _ENDED)
    list_filter = ("state", "way")
    list_select_related = ("user",)
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("user__username",)
    search_help_text = gettext_lazy("Number, name or national id")
    fields = (
        "user", "way", "state", "earlier", "later", "reason", "asked_by", "decided_by", _ASKED, _DUE, _ENDED,
    )  # fmt: skip
    readonly_fields = ("earlier", "later")
    change_form_template = "admin/accounts/mobile_change.html"
    steps: ClassVar = {
        "approve": gettext_lazy("Approve the change"),
        "stop": gettext_lazy("Stop the change"),
    }

    def get_urls(self) -> list[URLPattern]:
        """With the two steps."""
        own = [
            path(f"<int:pk>/{step}/", self.admin_site.admin_view(self.step_view), {"step": step},
                 name=f"accounts_mobilechange_{step}")
            for step in self.steps
        ]  # fmt: skip
        return [*own, *super().get_urls()]

    @admin.display(description=gettext_lazy("Earlier number"))
    def earlier(self, change: MobileChange) -> str:
        """In Persian digits; a dash where there was none."""
        return phone(change.old_mobile) if change.old_mobile else "–"

    @admin.display(description=gettext_lazy("New number"))
    def later(self, change: MobileChange) -> str:
        """In Persian digits; a dash where it was taken off."""
        return phone(change.new_mobile) if change.new_mobile else "–"

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        """By the person."""
        if not search_term.strip():
            return queryset, False
        return queryset.filter(
            user__in=people_search.matching(User.objects.all(), search_term)
        ), False

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """With the steps that are open to this person."""
        change: MobileChange | None = kwargs.get("obj")
        context["steps"] = [
            (reverse(f"admin:accounts_mobilechange_{step}", args=[change.pk]), title)
            for step, title in self.steps.items()
            if change is not None and _is_open(change, step) and request.user.has_perm(PERMISSION)
        ]
        return super().render_change_form(request, context, *args, **kwargs)

    def step_view(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        """Approve or stop."""
        return require_http_methods(["GET", "HEAD", "POST"])(self._step)(request, pk, step)

    def _step(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        change = self.get_queryset(request).select_related("user").filter(pk=pk).first()
        if change is None:
            raise Http404
        back = reverse("admin:accounts_mobilechange_change", args=[pk])
        form = SureForm(request, request.POST or None)
        if request.method == "POST" and form.is_valid() and _taken(request, change, step, form):
            return redirect(back)
        return self.page(
            request, "admin/accounts/mobile_step.html", self.steps[step], change=change, form=form, back=back,
            is_danger=step == "stop",
        )  # fmt: skip


def _is_open(change: MobileChange, step: str) -> bool:
    waits = change.state == MobileChangeState.WAITING
    return waits and (step == "stop" or change.due_at is None)


def _taken(request: HttpRequest, change: MobileChange, step: str, form: forms.Form) -> bool:
    actor = cast(User, request.user)
    try:
        if step == "approve":
            changing.approve(change.pk, actor)
        elif not changing.stop(change.pk, actor.pk, "staff"):
            raise Refusal(_("This change was decided already."))
    except Refusal as refusal:
        form.add_error(None, refusal.reason)
        return False
    messages.success(request, _("The step was taken."))
    return True
