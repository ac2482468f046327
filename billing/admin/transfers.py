"""Bank transfers in the office: recorded from the statement, matched, rejected, returned by finance."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.models import User
from billing.admin.shared import LookedAtRows, order_link
from billing.admin.transfer_forms import MatchForm, RejectForm, ReturnForm, StepForm, UnmatchForm
from billing.models import BankTransfer, Order, OrderState, Proforma, TransferState
from billing.transfers import candidates, matching, sums
from billing.transfers.forms import StatementForm, reference_of
from septam import audit
from septam.identity import compact
from septam.money import format_rial
from septam.office.base import ReadOnlyAdmin, day_column, moment_column

S = TransferState
_NAME = "billing_banktransfer"
# What takes another person than who recorded the transfer.
_OF_TWO = ("match", "return")
_STEP_PAGE = "admin/billing/transfer_step.html"


@dataclass(frozen=True)
class Step:
    """A step with its page's name, its title, its form and the states in which it is offered."""

    name: str
    label: str | Promise
    form: type[StepForm]
    states: tuple[str, ...]
    danger: bool = False


STEPS = (
    Step("match", gettext_lazy("Match with an order"), MatchForm, (S.RECORDED,)),
    Step("reject", gettext_lazy("Not on the statement"), RejectForm, (S.REPORTED,), danger=True),
    Step("unmatch", gettext_lazy("Undo the match"), UnmatchForm, (S.MATCHED,), danger=True),
    Step("return", gettext_lazy("Money sent back («برگشت»)"), ReturnForm, (S.RECORDED,), danger=True),
)  # fmt: skip


def is_open(step: Step, transfer: BankTransfer) -> bool:
    """Whether the step is offered now; the verb decides again under its lock."""
    if transfer.state not in step.states:
        return False
    order = transfer.order
    return step.name != "unmatch" or (order is not None and order.state == OrderState.OPEN)


@admin.register(BankTransfer)
class BankTransferAdmin(ReadOnlyAdmin):
    """Transfers to our account; nothing is typed over, every change is a step."""

    personal = True
    grows = True
    change_form_template = "admin/billing/transfer_change.html"
    list_display = (
        "reference", "shown_amount", day_column("paid_on", gettext_lazy("Day of the transfer")), "payer",
        "state", "shown_order", moment_column("recorded_at", gettext_lazy("Recorded on")),
    )  # fmt: skip
    fields = (
        "state", "reference", "shown_amount", "shown_day", "payer", "description", "account", "shown_order",
        "recorded_by", "shown_recorded", "matched_by", "shown_matched", "closed_by", "shown_closed", "reason",
        "return_reference",
    )  # fmt: skip
    shown_day = staticmethod(day_column("paid_on", gettext_lazy("Day of the transfer")))
    shown_recorded = staticmethod(moment_column("recorded_at", gettext_lazy("Recorded on")))
    shown_matched = staticmethod(moment_column("matched_at", gettext_lazy("Matched on")))
    shown_closed = staticmethod(moment_column("closed_at", gettext_lazy("Closed on")))
    readonly_fields = (
        "shown_amount", "shown_order", "shown_day", "shown_recorded", "shown_matched", "shown_closed",
    )  # fmt: skip
    list_filter = ("state",)
    list_select_related = ("order",)
    ordering = ("-id",)
    search_fields = ("reference",)
    search_help_text = gettext_lazy("Tracking number of the bank, or number of the order")

    class Media:
        css: ClassVar = {"all": ["css/office.css"]}

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By the whole tracking number, or the order's."""
        typed = reference_of(search_term)
        if not typed:
            return queryset, False
        # Ids in place of a join: each side of the «or» then goes along its index.
        orders = list(Order.objects.filter(number=typed).values_list("pk", flat=True))
        return queryset.filter(Q(reference=typed) | Q(order_id__in=orders)), False

    @admin.display(description=gettext_lazy("Amount (rial)"), ordering="amount_rial")
    def shown_amount(self, transfer: BankTransfer) -> str:
        """In groups of three."""
        return format_rial(transfer.amount_rial)

    @admin.display(description=gettext_lazy("Order"))
    def shown_order(self, transfer: BankTransfer) -> SafeString | str:
        """A link to the order."""
        return order_link(transfer.order) if transfer.order else "–"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Finance records what stands on the statement."""
        return request.user.has_perm("billing.add_banktransfer")

    def get_urls(self) -> list[URLPattern]:
        """The steps' own pages before Django's."""
        return [
            path(
                f"<int:pk>/{step.name}/",
                self.admin_site.admin_view(self._page_of(step)),
                name=f"billing_banktransfer_{step.name}",
            )
            for step in STEPS
        ] + super().get_urls()

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Record a transfer from the account's statement."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        # Of what an owner reported the number alone: day, sum and sender are read from the statement.
        initial = {"reference": reference_of(request.GET.get("reference", ""))}
        form = StatementForm(request.POST if request.method == "POST" else None, initial=initial)
        if form.is_valid():
            try:
                made = matching.record(form.facts(), cast(User, request.user))
            except matching.Refused as refusal:
                form.add_error("reference", refusal.reason)
            else:
                messages.success(request, _("The transfer was recorded."))
                return redirect("admin:billing_banktransfer_change", made.pk)
        title, back = _("Record a transfer of the statement"), reverse(f"admin:{_NAME}_changelist")
        return self.page(request, _STEP_PAGE, title, form=form, back=back)

    def _page_of(self, step: Step) -> Callable[..., HttpResponse]:
        @require_http_methods(["GET", "HEAD", "POST"])
        def page(request: HttpRequest, pk: int) -> HttpResponse:
            if not request.user.has_perm("billing.change_banktransfer"):
                raise PermissionDenied
            transfer = self.get_queryset(request).select_related("order").filter(pk=pk).first()
            if transfer is None:
                raise Http404
            if not is_open(step, transfer):
                messages.error(request, _("This step is not possible now."))
                return redirect("admin:billing_banktransfer_change", pk)
            return self._take(request, transfer, step)

        return page

    def _take(self, request: HttpRequest, transfer: BankTransfer, step: Step) -> HttpResponse:
        wanted = _wanted_order(request)
        initial = {"order": wanted.number} if wanted else {}
        data = request.POST if request.method == "POST" else None
        form = step.form(request, data, initial=initial)  # type: ignore[misc]
        actor = cast(User, request.user)
        if form.is_valid():
            try:
                form.take(transfer, actor)
            except matching.Refused as refusal:
                form.add_error(form.refusal_field, refusal.reason)
            else:
                messages.success(request, _("Done."))
                return redirect("admin:billing_banktransfer_change", transfer.pk)
        audit.record(actor.pk, "office.view", transfer, page=step.name)
        back = reverse(f"admin:{_NAME}_change", args=[transfer.pk])
        context = {"form": form, "transfer": transfer, "step": step, "back": back}
        if step.name == "match" and wanted is not None:
            context |= _fit(transfer, wanted)
        return self.page(request, _STEP_PAGE, step.label, **context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """With the steps and, while it waits, the orders that it may be for."""
        found: BankTransfer | None = kwargs.get("obj")
        if found is not None and request.user.has_perm("billing.change_banktransfer"):
            objection = matching.why_not_by(found, cast(User, request.user))
            open_steps = [step for step in STEPS if is_open(step, found)]
            steps = [step for step in open_steps if step.name not in _OF_TWO or not objection]
            context["objection"] = objection
            context["steps"] = [
                {"label": one.label, "danger": one.danger,
                 "url": reverse(f"admin:billing_banktransfer_{one.name}", args=[found.pk])}
                for one in steps
            ]  # fmt: skip
            if found.state == S.REPORTED and self.has_add_permission(request):
                context["steps"].insert(0, _way_to_record(found))
            if any(step.name == "match" for step in steps):
                context["match_url"] = reverse("admin:billing_banktransfer_match", args=[found.pk])
                context["candidates"] = candidates.candidates_of(found)
        return super().render_change_form(request, context, *args, **kwargs)


def _way_to_record(reported: BankTransfer) -> dict[str, Any]:
    url = f"{reverse(f'admin:{_NAME}_add')}?{urlencode({'reference': reported.reference})}"
    return {"label": _("Record a transfer of the statement"), "danger": False, "url": url}


def _wanted_order(request: HttpRequest) -> Order | None:
    """The order that the page was opened for."""
    typed = compact(request.POST.get("order", "") or request.GET.get("order", ""))
    return Order.objects.filter(number=typed).select_related("owner").first() if typed else None


def _fit(transfer: BankTransfer, order: Order) -> dict[str, Any]:
    """How the money fits the order: what is missing, what is too much, why it cannot be taken."""
    rest = sums.remaining_rial(order) - transfer.amount_rial
    return {
        "order": order,
        "missing_rial": max(0, rest),
        "excess_rial": max(0, -rest),
        "why_not": matching.why_not(order),
    }


class OrderProforma(LookedAtRows):
    """The proforma of an order."""

    model = Proforma
    fields = ("state", "shown_asked", "shown_until")
    shown_asked = staticmethod(moment_column("asked_at", gettext_lazy("Asked on")))
    shown_until = staticmethod(day_column("valid_until", gettext_lazy("Valid until")))
    readonly_fields = ("shown_asked", "shown_until")
    verbose_name_plural = gettext_lazy("Proforma")


class OrderTransfers(LookedAtRows):
    """The transfers that were reported or matched for an order."""

    model = BankTransfer
    fields = ("reference", "state", "amount_rial", "shown_day", "payer")
    shown_day = staticmethod(day_column("paid_on", gettext_lazy("Day of the transfer")))
    readonly_fields = ("shown_day",)
    show_change_link = True
    verbose_name_plural = gettext_lazy("Bank transfers")
