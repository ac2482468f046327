"""App configuration of visit requests, visits and certificates."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InspectionsConfig(AppConfig):
    """Criteria, visit requests, visit times, reports and certificates."""

    name = "inspections"
    verbose_name = _("Visits and certificates")

    def ready(self) -> None:
        """Register the periodic jobs of visits and certificates, where an expert lands, where a manager begins."""
        from accounts import landing
        from accounts.models import Role
        from inspections import personal_data, schedule
        from inspections.complaints import waiting
        from inspections.criteria import watch
        from inspections.laboratories import choice as laboratory_choice
        from inspections.laboratories import leavers
        from inspections.office import daily_work
        from septam import alarms
        from septam import personal_data as registered_data
        from septam.office import pages as office_pages

        schedule.register_jobs()
        registered_data.register(personal_data.KEEPER)
        alarms.register(laboratory_choice.watch)
        alarms.register(leavers.watch, laboratory_choice.PERMISSION)
        alarms.register(waiting.waiting_too_long)
        alarms.register(watch.changed_lately, watch.PERMISSION)
        today = "admin:inspections_visitrequest_today"
        landing.register(landing.Landing(Role.EXPERT, today, _("Work of today")))
        office_pages.link(*daily_work.LINKS)
