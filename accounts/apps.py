"""App configuration of people: accounts, passwords and codes, profiles, roles."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Owners and staff, how they sign in, and what staff may reach."""

    name = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        """Let the outbox ask this app for passwords and codes at the moment of sending."""
        from accounts import secrets_by_sms

        secrets_by_sms.register()
