"""App configuration of prices, orders and payments."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    """Tariffs, VAT, cart, orders, payment attempts, gateways and receipts."""

    name = "billing"
    verbose_name = _("Money")

    def ready(self) -> None:
        """Register the periodic jobs; hold places whose payment is under way; hear of requests that end unvisited."""
        from billing import price_fit, refunds, schedule
        from inspections import workflow
        from sites import freezing

        schedule.register_jobs()
        freezing.register_hold(price_fit.is_being_paid)
        workflow.register_cancelled(refunds.open_for_request)
