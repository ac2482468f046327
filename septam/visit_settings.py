"""The settings of visit hours as operators write them in the environment: spans of hours, names of weekdays."""

from datetime import time

import environ
from django.core.exceptions import ImproperlyConfigured

# As datetime.weekday() counts.
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Span = tuple[time, time]


def hours(env: environ.Env) -> Span:
    """The usual hours of visits, from SEPTAM_VISIT_HOURS such as «08:00-20:00»."""
    return _span("SEPTAM_VISIT_HOURS", env.str("SEPTAM_VISIT_HOURS", default="08:00-20:00"))


def breaks(env: environ.Env) -> tuple[Span, ...]:
    """When no visit is on any day, from SEPTAM_VISIT_BREAKS such as «13:00-13:30,17:00-17:15»; none by default."""
    name = "SEPTAM_VISIT_BREAKS"
    return tuple(_span(name, text) for text in env.list(name, default=[]) if text.strip())


def weekend(env: environ.Env) -> tuple[int, ...]:
    """The weekend days, from SEPTAM_WEEKEND such as «thursday,friday», as datetime.weekday() counts."""
    named = [day.strip().lower() for day in env.list("SEPTAM_WEEKEND", default=["friday"])]
    unknown = sorted({day for day in named if day} - set(_WEEKDAYS))
    if unknown:
        raise ImproperlyConfigured(f"SEPTAM_WEEKEND names no weekday: {', '.join(unknown)}")
    return tuple(_WEEKDAYS.index(day) for day in named if day)


def _span(name: str, text: str) -> Span:
    try:
        first, last = (time.fromisoformat(part.strip()) for part in text.split("-"))
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be like 08:00-20:00, not {text!r}") from None
    if first >= last:
        raise ImproperlyConfigured(f"{name} ends before it begins: {text!r}")
    return first, last
