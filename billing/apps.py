"""App configuration of prices, orders and payments."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    """Tariffs, VAT, cart, orders, payment attempts, gateways and receipts."""

    name = "billing"
    verbose_name = _("Money")

    def ready(self) -> None:
        """Register the periodic jobs of payments and carts."""
        from billing import schedule

        schedule.register_jobs()
