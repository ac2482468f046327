"""The admin site of the office, behind a second factor."""

from django.contrib.admin import AdminSite


class OfficeSite(AdminSite):
    """Django's admin for staff."""
