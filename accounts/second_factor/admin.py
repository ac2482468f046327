"""Resets of the second factor in the office: asking for one, and the second person's steps."""

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

from accounts.mobile.admin import SureForm
from accounts.models import ResetState, SecondFactorReset, User
from accounts.second_factor import resetting
from accounts.second_factor.asking_again import PasswordAgainForm
from septam.forms.base import PortalForm
from septam.forms.fields import PersianCharField
from septam.office.base import ReadOnlyAdmin, moment_column
from septam.refusal import Refusal

URL_NAME = "accounts_user_second_factor"
_ASKED = moment_column("asked_at", gettext_lazy("Asked on"))
_DECIDED = moment_column("decided_at", gettext_lazy("Decided on"))


class ReasonForm(PortalForm, PasswordAgainForm):
    """Why, and how the person was recognised."""

    reason = PersianCharField(
        label=gettext_lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What happened to the phone, and how you recognised the person."),
    )  # fmt: skip


class SecondFactorPage:
    """For the admin of people."""

    page: Any
    get_queryset: Any

    def second_factor_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for a reset."""
        return require_http_methods(["GET", "HEAD", "POST"])(self._second_factor)(request, pk)

    def _second_factor(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm(resetting.ASK):
            raise PermissionDenied
        person = self.get_queryset(request).filter(pk=pk).first()
        if person is None:
            raise Http404
        back = reverse("admin:accounts_user_change", args=[pk])
        form = ReasonForm(request, request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                reset = resetting.ask(person, form.cleaned_data["reason"], cast(User, request.user))
            except Refusal as refusal:
                form.add_error(None, refusal.reason)
            else:
                messages.success(request, _("Now somebody else has to approve it."))
                return redirect("admin:accounts_secondfactorreset_change", reset.pk)
        title = gettext_lazy("Reset the second factor (lost phone)")
        return cast(
            HttpResponse,
            self.page(
                request,
                "admin/accounts/reset_step.html",
                title,
                person=person,
                form=form,
                back=back,
            ),
        )


@admin.register(SecondFactorReset)
class SecondFactorResetAdmin(ReadOnlyAdmin):
    """Written by accounts.second_factor.resetting alone."""

    list_display = ("user", "state", "asked_by", _ASKED, "decided_by", _DECIDED)
    list_filter = ("state",)
    list_select_related = ("user", "asked_by", "decided_by")
    ordering = ("-pk",)
    sortable_by = ()
    fields = ("user", "state", "reason", "asked_by", _ASKED, "decided_by", _DECIDED)
    change_form_template = "admin/accounts/mobile_change.html"
    steps: ClassVar = {
        "approve": (resetting.approve, gettext_lazy("Approve the reset")),
        "refuse": (resetting.refuse, gettext_lazy("Refuse the reset")),
    }

    def get_urls(self) -> list[URLPattern]:
        """With the two steps."""
        view = self.admin_site.admin_view(self.step_view)
        own = [
            path(f"<int:pk>/{step}/", view, {"step": step}, f"accounts_secondfactorreset_{step}")
            for step in self.steps
        ]
        return [*own, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """With the steps, while it waits."""
        reset: SecondFactorReset | None = kwargs.get("obj")
        if reset and reset.state == ResetState.WAITING and request.user.has_perm(resetting.DECIDE):
            context["steps"] = [
                (reverse(f"admin:accounts_secondfactorreset_{step}", args=[reset.pk]), title)
                for step, (_verb, title) in self.steps.items()
            ]
        return super().render_change_form(request, context, *args, **kwargs)

    def step_view(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        """Approve or refuse."""
        return require_http_methods(["GET", "HEAD", "POST"])(self._step)(request, pk, step)

    def _step(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        if not request.user.has_perm(resetting.DECIDE):
            raise PermissionDenied
        reset = self.get_queryset(request).select_related("user").filter(pk=pk).first()
        if reset is None:
            raise Http404
        verb, title = self.steps[step]
        back = reverse("admin:accounts_secondfactorreset_change", args=[pk])
        form = SureForm(request, request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                verb(reset.pk, cast(User, request.user))
            except Refusal as refusal:
                form.add_error(None, refusal.reason)
            else:
                messages.success(request, _("The step was taken."))
                return redirect(back)
        return self.page(
            request, "admin/accounts/reset_step.html", title, person=reset.user, reset=reset, form=form, back=back,
            is_danger=step == "refuse",
        )  # fmt: skip
