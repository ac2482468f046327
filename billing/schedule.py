"""Periodic jobs of this app."""

from datetime import timedelta

from billing import orders, payments
from septam import jobs


def register_jobs() -> None:
    """Tell the workers what is to be done, and how often."""
    jobs.register("billing.resolve_payments", timedelta(minutes=1), payments.resolve_due)
    jobs.register("billing.lapse_carts", timedelta(hours=1), orders.lapse_carts)
