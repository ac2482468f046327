"""Periodic jobs of this app."""

from datetime import timedelta

from billing import cart_reminders, orders, payments
from billing.differences import deadline
from billing.models import PaperFile
from billing.papers import printing, redaction
from billing.refunds import reversal
from billing.transfers import proformas
from septam import jobs, kept_files


def register_jobs() -> None:
    """Tell the workers what is to be done, and how often."""
    kept_files.register(printing.FOLDER, (PaperFile, "pdf"))
    jobs.register("billing.resolve_payments", timedelta(minutes=1), payments.resolve_due)
    jobs.register("billing.find_unconfirmed", timedelta(minutes=2), payments.find_unconfirmed)
    jobs.register("billing.resolve_reversals", timedelta(minutes=1), reversal.resolve_due)
    jobs.register("billing.lapse_carts", timedelta(hours=1), orders.lapse_carts)
    jobs.register("billing.remind_of_carts", timedelta(minutes=15), cart_reminders.remind)
    jobs.register("billing.lapse_proformas", timedelta(minutes=5), proformas.run)
    jobs.register("billing.unpaid_differences", timedelta(hours=1), deadline.run)
    jobs.register("billing.make_papers", timedelta(seconds=15), printing.make_missing)
    jobs.register("billing.redact_invoices", timedelta(hours=1), redaction.redact_old)
