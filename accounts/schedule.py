"""Periodic jobs of this app."""

from datetime import timedelta

from accounts import login_codes, passwords
from accounts.captcha import challenges
from accounts.mobile import changing
from accounts.privacy import closing, forgetting
from septam import jobs, throttle


def register_jobs() -> None:
    """Tell the workers what is to be forgotten, and how often."""
    jobs.register("accounts.change_mobiles", timedelta(minutes=5), changing.apply_due)
    jobs.register("accounts.purge_captchas", timedelta(minutes=10), challenges.purge)
    jobs.register("accounts.purge_codes", timedelta(hours=1), login_codes.purge_lapsed)
    jobs.register("accounts.purge_passwords", timedelta(hours=1), passwords.purge_lapsed)
    jobs.register("accounts.purge_limits", timedelta(hours=1), throttle.purge)
    jobs.register("accounts.purge_sessions", timedelta(hours=1), forgetting.purge_sessions)
    jobs.register("accounts.forget_unused", timedelta(hours=1), forgetting.forget_unused)
    jobs.register("accounts.forget_mobiles", timedelta(days=1), forgetting.forget_mobiles)
    jobs.register("accounts.anonymise_closed", timedelta(hours=1), closing.anonymise_due)
