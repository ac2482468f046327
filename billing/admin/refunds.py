"""«استرداد وجه» in the office: what is owed back to owners by age and state, its evidence, and a page a step."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.models import User
from billing.admin import refund_steps
from billing.admin.refund_steps import AskForm, Step
from billing.admin.shared import order_link
from billing.models import Order, RefundCase, RefundState
from billing.refunds import steps
from billing.refunds.watch import PERMISSION
from septam import audit, clock
from septam.digits import to_persian
from septam.money import format_rial
from septam.office.base import ReadOnlyAdmin, moment_column

_NAME = "billing_refundcase"
View = Callable[..., HttpResponse]


@admin.register(RefundCase)
class RefundCaseAdmin(ReadOnlyAdmin):
    """Refunds, the oldest first. Nothing is typed into one: every change is a step."""

    personal = True
    grows = True
    change_form_template = "admin/billing/refundcase/change_form.html"
    # The template shows the facts itself.
    fields = ("state",)
    shown_created = staticmethod(moment_column("created_at", gettext_lazy("Created")))
    list_display = (
        "shown_number", "shown_order", "reason", "shown_amount", "state", "shown_age", "shown_created",
    )  # fmt: skip
    list_filter = ("state", "reason")
    list_select_related = ("order",)
    ordering = ("id",)

    @admin.display(description=gettext_lazy("Number"))
    def shown_number(self, case: RefundCase) -> str:
        """In Persian digits."""
        return to_persian(case.pk)

    @admin.display(description=gettext_lazy("Order"))
    def shown_order(self, case: RefundCase) -> SafeString:
        """A link to the order."""
        return order_link(case.order)

    @admin.display(description=gettext_lazy("To be returned (rial)"))
    def shown_amount(self, case: RefundCase) -> str:
        """In groups of three."""
        return format_rial(case.amount_rial)

    @admin.display(description=gettext_lazy("Age"))
    def shown_age(self, case: RefundCase) -> str:
        """For how many whole days it is, or was, owed."""
        end = case.done_at or case.refused_at or clock.now()
        return _("%(days)s days") % {"days": to_persian(max(0, (end - case.created_at).days))}

    def get_urls(self) -> list[URLPattern]:
        """The steps' own pages before Django's."""
        wrap = self.admin_site.admin_view
        pages = [
            path(f"<int:pk>/{step.name}/", wrap(self._page_of(step)), name=f"{_NAME}_{step.name}")
            for step in refund_steps.STEPS
        ]
        ask = path("ask/<int:order_id>/", wrap(self.ask), name=f"{_NAME}_ask")
        return [ask, *pages, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The facts, the evidence and the steps in place of a form."""
        case: RefundCase | None = kwargs.get("obj")
        if case is not None:
            context |= self._facts(request, case)
        return super().render_change_form(request, context, *args, **kwargs)

    def _facts(self, request: HttpRequest, case: RefundCase) -> dict[str, Any]:
        user = cast(User, request.user)
        sees_account = bool(case.iban) and user.has_perm(PERMISSION)
        if sees_account:
            audit.record(user.pk, "refund.view_account", case)
        return {
            "case": case,
            "steps": refund_steps.open_to(case, user),
            "iban": case.iban if sees_account else "",
            "waits_for_another": case.state == RefundState.ASKED
            and steps.why_another_approves(case, user),
            **refund_steps.evidence(case),
        }

    def _page_of(self, step: Step) -> View:
        """The view of one step: asked on GET, taken on POST."""

        @require_http_methods(["GET", "HEAD", "POST"])
        def page(request: HttpRequest, pk: int) -> HttpResponse:
            user = _finance(request)
            case = (
                self.get_queryset(request)
                .select_related("order__owner", "request")
                .filter(pk=pk)
                .first()
            )
            if case is None:
                raise Http404
            if not step.is_open(case, user):
                messages.error(request, str(refund_steps.why_shut(step, case, user)))
                return _to_case(case)
            return self._take(request, user, case, step)

        return page

    def _take(self, request: HttpRequest, user: User, case: RefundCase, step: Step) -> HttpResponse:
        form = step.form(request, request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                messages.success(request, str(step.take(case, user, form.cleaned_data)))
            except steps.NotPossible as refusal:
                form.add_error(
                    refusal.field if refusal.field in form.fields else None, refusal.reason
                )
            else:
                return _to_case(case)
        context = {"case": case, "step": step, "form": form, "back": _address(case)}
        if step.name == "approve":
            context["certificates"] = refund_steps.certificates_kept_by(case)
        return self._render(request, str(step.label), context)

    def ask(self, request: HttpRequest, order_id: int) -> HttpResponse:
        """Finance asks for a refund that the portal did not open by itself."""
        user = _finance(request)
        order = Order.objects.filter(pk=order_id).first()
        if order is None or order.paid_at is None:
            raise Http404
        return require_http_methods(["GET", "HEAD", "POST"])(self._ask)(request, user, order)

    def _ask(self, request: HttpRequest, user: User, order: Order) -> HttpResponse:
        form = AskForm(order, request, request.POST if request.method == "POST" else None)
        if form.is_valid():
            given = form.cleaned_data
            try:
                case = steps.ask(
                    order.pk,
                    user,
                    given["amount_rial"],
                    given["text"],
                    request_id=given["request_id"],
                )
            except steps.NotPossible as refusal:
                form.add_error(
                    refusal.field if refusal.field in form.fields else None, refusal.reason
                )
            else:
                messages.success(
                    request, _("The refund was asked for; another person approves it.")
                )
                return _to_case(case)
        back = reverse("admin:billing_order_change", args=[order.pk])
        context = {
            "order": order,
            "form": form,
            "back": back,
            "most_rial": refund_steps.most_of(order),
            "certificates": refund_steps.standing_certificates(order),
        }
        return self._render(request, _("Ask for a refund"), context)

    def _render(self, request: HttpRequest, title: str, context: dict[str, Any]) -> HttpResponse:
        return self.page(request, "admin/billing/refund_step.html", title, **context)


def _finance(request: HttpRequest) -> User:
    user = cast(User, request.user)
    if not user.has_perm(PERMISSION):
        raise PermissionDenied
    return user


def _address(case: RefundCase) -> str:
    return reverse(f"admin:{_NAME}_change", args=[case.pk])


def _to_case(case: RefundCase) -> HttpResponse:
    return redirect(_address(case))
