"""App configuration of what every other app needs."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SeptamConfig(AppConfig):
    """Audit, limits, periodic jobs, the clock and the admin's base classes."""

    name = "septam"
    verbose_name = _("Oversight")

    def ready(self) -> None:
        """Register the system checks."""
        from septam import checks  # noqa: F401
