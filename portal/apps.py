"""App configuration of the pages that join apps."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Home, «محل من», «سوابق اقدام», guide, prices, support, demo and worker."""

    name = "portal"
