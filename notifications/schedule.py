"""Periodic jobs of the outbox. Sending itself runs in threads of the worker."""

from datetime import timedelta

from notifications import delivery, forgetting, watch
from septam import jobs


def register_jobs() -> None:
    """Tell the workers what is to be done, and how often."""
    jobs.register("sms.poll", timedelta(seconds=30), delivery.poll)
    jobs.register("sms.credit_again", timedelta(minutes=1), watch.look_at_credit_again)
    jobs.register("sms.credit", timedelta(hours=1), watch.look_at_credit)
    jobs.register("sms.empty", timedelta(hours=1), forgetting.empty_sms)
    jobs.register("notices.forget", timedelta(hours=1), forgetting.forget_notices)
