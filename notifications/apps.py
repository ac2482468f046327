"""App configuration of the SMS outbox and the portal's notices."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """SMS outbox and providers, and «اعلانات»."""

    name = "notifications"

    def ready(self) -> None:
        """Register the outbox's periodic jobs."""
        from notifications import schedule

        schedule.register_jobs()
