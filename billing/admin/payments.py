"""Tries to pay with their history, to be looked at."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing.admin.attempt_columns import (
    AmountColumn,
    AmountFilter,
    CardColumn,
    GatewayColumn,
    GatewayFilter,
)
from billing.admin.evidence import kind_words
from billing.admin.review_pages import ReviewPages
from billing.admin.shared import LookedAtRows, NumberSearch, order_link
from billing.alarms import REVIEW
from billing.models import PaymentAttempt, PaymentEvent
from septam.office.base import ReadOnlyAdmin, moment_column


class AttemptEvents(LookedAtRows):
    """The history of a try."""

    model = PaymentEvent
    fields = ("shown_at", "shown_kind", "from_state", "to_state", "code", "detail")
    shown_at = staticmethod(moment_column("at", _("At")))
    readonly_fields = ("shown_at", "shown_kind")
    verbose_name_plural = _("What happened")
    ordering = ("pk",)

    @admin.display(description=_("Kind"))
    def shown_kind(self, event: PaymentEvent) -> str:
        """What happened, in words."""
        return str(kind_words(event.kind))


@admin.register(PaymentAttempt)
class PaymentAttemptAdmin(
    CardColumn, ReviewPages, GatewayColumn, AmountColumn, NumberSearch, ReadOnlyAdmin
):
    """Tries to pay with their history."""

    personal = True
    grows = True
    number_columns: ClassVar[tuple[str, ...]] = ("order_number", "reference")
    search_fields = ("order_number", "reference")
    fields = (
        "order_number", "shown_order", "shown_gateway", "amount_rial", "state", "reference", "shown_card",
        "final_amount_rial", "result_code", "checks", "shown_sent", "shown_settled",
    )  # fmt: skip
    shown_created = staticmethod(moment_column("created_at", _("Created")))
    shown_sent = staticmethod(moment_column("sent_at", _("Sent to the bank")))
    shown_settled = staticmethod(moment_column("settled_at", _("Paid on")))
    readonly_fields = ("shown_order", "shown_gateway", "shown_card", "shown_sent", "shown_settled")
    list_display = (
        "order_number",
        "shown_order",
        "shown_gateway",
        "state",
        "shown_amount",
        "reference",
        "shown_created",
    )
    list_filter = ("state", GatewayFilter, AmountFilter)
    list_select_related = ("order",)
    ordering = ("-id",)
    inlines = (AttemptEvents,)
    change_form_template = "admin/billing/payment_change.html"

    def get_urls(self) -> list[URLPattern]:
        """With the pages on which finance decides."""
        return [*self.review_urls(), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """With the way to the evidence, for who may decide."""
        found: PaymentAttempt | None = kwargs.get("obj")
        if found is not None and request.user.has_perm(REVIEW):
            context["review_url"] = reverse(
                "admin:billing_paymentattempt_review_one", args=[found.pk]
            )
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("Order"))
    def shown_order(self, attempt: PaymentAttempt) -> SafeString:
        """A link to the order."""
        return order_link(attempt.order)
