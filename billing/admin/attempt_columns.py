"""What finance looks for in the office's list of payments: the bank's title, and amounts that are not ours."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from billing import gateways
from billing.models import PaymentAttempt
from billing.models.payments import OTHER_AMOUNT
from septam.money import format_rial
from septam.office.lists import COUNT_CAP
from septam.templatetags.persian import code


class CardColumn:
    """The payer's card, isolated: a Persian line would turn its two halves round."""

    @admin.display(description=_("Card"))
    def shown_card(self, attempt: PaymentAttempt) -> SafeString:
        """First six and last four digits, as the bank names it."""
        return code(attempt.masked_card)


class GatewayColumn:
    """For an admin of payment attempts: the gateway by its title."""

    @admin.display(description=_("Gateway"), ordering="gateway")
    def shown_gateway(self, attempt: PaymentAttempt) -> str:
        """The bank's title."""
        return gateways.title_of(attempt.gateway)


class AmountColumn:
    """For an admin of payment attempts: our amount, and what the bank named instead."""

    @admin.display(description=_("Amount (rial)"))
    def shown_amount(self, attempt: PaymentAttempt) -> str:
        """In groups of three; below it the bank's amount, where that differs."""
        ours, banks = format_rial(attempt.amount_rial), attempt.final_amount_rial
        if banks in (None, attempt.amount_rial):
            return ours
        other = _("Other amount (rial)")
        return format_html("{}<br>{}: {}", ours, other, format_rial(banks or 0))


class AmountFilter(admin.SimpleListFilter):
    """Payments whose amount at the bank is not ours."""

    title = _("Other amount")  # type: ignore[assignment]
    parameter_name = "other_amount"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """One choice beside «all»."""
        return [("yes", str(_("The bank's amount differs")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Only those, if chosen."""
        if self.value() != "yes":
            return queryset
        # Asked for by itself: how rare these are the planner only learns from their own index.
        rare = PaymentAttempt.objects.filter(OTHER_AMOUNT).order_by("-id")
        return queryset.filter(pk__in=rare.values("pk")[:COUNT_CAP])


class GatewayFilter(admin.SimpleListFilter):
    """Payments at one gateway, by its title."""

    title = _("Gateway")  # type: ignore[assignment]
    parameter_name = "gateway"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The gateways that the settings know, switched off ones too."""
        return [(name, gateways.title_of(name)) for name in gateways.known()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Only those of the chosen one."""
        return queryset.filter(gateway=self.value()) if self.value() else queryset
