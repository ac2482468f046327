"""App configuration of what every other app needs."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SeptamConfig(AppConfig):
    """Audit, limits, periodic jobs, the clock and the admin's base classes."""

    name = "septam"
    verbose_name = _("Oversight")

    def ready(self) -> None:
        """Register the system checks, the jobs of files and the lookup of names."""
        from septam import (
            checks,  # noqa: F401
            jobs,
            kept_files,
        )
        from septam.postgres import name_search  # noqa: F401

        jobs.register("septam.remove_files", timedelta(minutes=1), kept_files.remove_dropped)
        jobs.register("septam.sweep_files", timedelta(hours=6), kept_files.sweep)
