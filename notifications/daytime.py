"""Reminders reach people by day alone: from 9 to 21 o'clock in Tehran, and not at night."""

from datetime import datetime, timedelta

from septam import clock

_FIRST, _END = 9, 21


def is_now() -> bool:
    """Whether people may be reminded now."""
    return _FIRST <= clock.in_tehran(clock.now()).hour < _END


def end() -> datetime:
    """When today's reminders end: one that has not left by then is not sent at night, and «فردا» stays true."""
    return start_of_day() + timedelta(hours=_END)


def start_of_day(days: int = 0) -> datetime:
    """Midnight of Tehran's today, or of so many days later."""
    today = clock.in_tehran(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=days)
