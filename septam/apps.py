"""App configuration of what every other app needs."""

from django.apps import AppConfig


class SeptamConfig(AppConfig):
    """Audit, limits, periodic jobs, the clock and the admin's base classes."""

    name = "septam"

    def ready(self) -> None:
        """Register the system checks."""
        from septam import checks  # noqa: F401
