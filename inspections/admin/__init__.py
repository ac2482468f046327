"""The office's pages of visits and certificates; Django finds them by this package's import."""

from inspections.admin import (
    calendar,
    certificates,
    closures,
    complaints,
    conflicts,
    criteria,
    requests,
    working_hours,
)

__all__ = [
    "calendar", "certificates", "closures", "complaints", "conflicts", "criteria", "requests", "working_hours",
]  # fmt: skip
