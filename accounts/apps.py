"""App configuration of people: accounts, passwords and codes, profiles, roles."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Owners and staff, how they sign in, and what staff may reach."""

    name = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        """Let the outbox ask for secrets at the moment of sending and the audit log for roles, and register the periodic jobs."""
        from accounts import backends, powers, schedule, scope, secrets_by_sms
        from accounts.privacy import kept
        from septam import alarms, audit, personal_data, sessions

        audit.register_standing(scope.standing)
        sessions.read_along(backends.WITH_SESSION.first)
        secrets_by_sms.register()
        schedule.register_jobs()
        personal_data.register(kept.KEEPER)
        alarms.register(powers.changed_lately, powers.PERMISSION)
