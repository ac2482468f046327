"""Periodic jobs of support."""

from datetime import timedelta

from portal.support import codes, forgetting
from septam import jobs


def register_jobs() -> None:
    """Tell the workers what is to be done, and how often."""
    jobs.register("portal.purge_support_codes", timedelta(hours=1), codes.purge_lapsed)
    jobs.register("portal.forget_support", timedelta(hours=1), forgetting.forget_old)
