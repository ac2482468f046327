"""Makes the office's admin site the default one, so that every ModelAdmin lands in it."""

from django.contrib.admin.apps import AdminConfig


class OfficeAdminConfig(AdminConfig):
    """Django's admin behind a second factor, in the portal's look."""

    default_site = "accounts.office.OfficeSite"
