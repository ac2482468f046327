"""App configuration of the pages that join apps, and of support."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """Home, «محل من», «سوابق اقدام», guide, prices, support, demo and worker."""

    name = "portal"
    verbose_name = _("Support")

    def ready(self) -> None:
        """Register whose rows are, the periodic jobs, the code's maker and who watches over the conversations."""
        from notifications import outbox
        from portal import whose
        from portal.support import alarms, codes, schedule
        from septam import alarms as registered_alarms
        from septam import audit

        audit.register_owners(whose.OWNERS)
        schedule.register_jobs()
        outbox.register_secret("support.code", codes.secret_of)
        registered_alarms.register(alarms.waiting_too_long)
