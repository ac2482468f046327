"""Periodic jobs of the outbox. Sending itself runs in every turn of the worker."""

from datetime import timedelta

from notifications import sending
from septam import jobs


def register_jobs() -> None:
    """Tell the workers what is to be done, and how often."""
    jobs.register("sms.poll", timedelta(seconds=30), sending.poll_delivery)
