"""The office's pages of visits and certificates; Django finds them by this package's import."""

from inspections.admin import calendar, certificates, criteria, requests, working_hours

__all__ = ["calendar", "certificates", "criteria", "requests", "working_hours"]
