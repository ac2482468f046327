"""App configuration of the SMS outbox and the portal's notices."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """SMS outbox and providers, and «اعلانات»."""

    name = "notifications"
    verbose_name = _("Messages")

    def ready(self) -> None:
        """Register the outbox's periodic jobs, and what it keeps about people."""
        from notifications import announcements, personal_data, schedule, watch
        from septam import alarms, kept_pages
        from septam import personal_data as registered_data

        alarms.register(watch.wrong)
        kept_pages.register_version(announcements.EDITION, announcements.version)
        schedule.register_jobs()
        registered_data.register(personal_data.KEEPER)
