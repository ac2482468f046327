"""App configuration of the pages that join apps, and of support."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """Home, «محل من», «سوابق اقدام», guide, prices, support, demo and worker."""

    name = "portal"
    verbose_name = _("Support")

    def ready(self) -> None:
        """Register the jobs, whose rows are, the code's maker, who watches conversations, and the office's first page."""
        from notifications import outbox
        from portal import personal_data, whose
        from portal.board import page
        from portal.board import schedule as board_schedule
        from portal.office import addresses
        from portal.support import alarms, codes, schedule
        from septam import alarms as registered_alarms
        from septam import audit
        from septam import personal_data as registered_data
        from septam.office import first_page

        audit.register_owners(whose.OWNERS)
        schedule.register_jobs()
        registered_data.register(personal_data.KEEPER)
        board_schedule.register_jobs()
        first_page.register(page.context)
        addresses.register()
        outbox.register_secret("support.code", codes.secret_of)
        registered_alarms.register(alarms.waiting_too_long)
