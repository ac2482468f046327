"""App configuration of prices, orders and payments."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    """Tariffs, VAT, cart, orders, payment attempts, gateways and receipts."""

    name = "billing"
    verbose_name = _("Money")

    def ready(self) -> None:
        """Register the periodic jobs; hold places whose payment is under way; hear of requests that end unvisited."""
        from accounts import holder
        from billing import (
            alarms,
            cart,
            daily_work,
            free_visits,
            orders,
            personal_data,
            price_fit,
            refunds,
            schedule,
        )
        from billing.differences import dues
        from billing.finance import watch
        from billing.refunds import opening
        from billing.refunds import watch as refund_watch
        from billing.transfers import alarms as transfer_alarms
        from inspections import difference, money_back, price_ahead, workflow
        from inspections.complaints import deciding
        from septam import alarms as registered_alarms
        from septam import personal_data as registered_data
        from septam.office import pages as office_pages
        from sites import freezing

        schedule.register_jobs()
        registered_data.register(personal_data.KEEPER)
        office_pages.link(*daily_work.LINKS)
        registered_alarms.register(alarms.wrong)
        registered_alarms.register(transfer_alarms.waiting)
        registered_alarms.register(watch.watch, watch.PERMISSION)
        registered_alarms.register(refund_watch.watch)
        freezing.register_hold(price_fit.held_lines)
        holder.register_objection(orders.why_holder_stays)
        workflow.register_cancelled(refunds.open_for_request)
        price_ahead.register(cart.payable_ahead)
        money_back.register(
            money_back.MoneyBack(hold=opening.hold_order, amount=opening.amount_for_request)
        )
        deciding.register(deciding.FreeVisits(free_visits.hold, free_visits.grant))
        difference.register(
            difference.Difference(dues.hold, dues.amount, dues.settle, dues.take_back)
        )
