"""Days gathered to weeks, which begin on Saturday, or over a long time to Jalali months. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from septam import jalali

MOST_WEEKS = 27
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Period:
    """A week or a month: its first day, how it is called in a table, and in a few letters below a chart."""

    first: date
    name: str
    short: str


def are_weeks(first: date, last: date) -> bool:
    """Whether so many days are shown by the week."""
    return (last - first) / WEEK <= MOST_WEEKS


def between(first: date, last: date) -> list[Period]:
    """The periods that these days fall into, none left out."""
    return list(_weeks(first, last) if are_weeks(first, last) else _months(first, last))


def start_of(day: date, *, weeks: bool) -> date:
    """The first day of the week or month in which a day lies."""
    return week_of(day) if weeks else month_of(day)


def week_of(day: date) -> date:
    """The Saturday on or before a day."""
    return day - timedelta(days=(day.weekday() + 2) % 7)


def month_of(day: date) -> date:
    """The first of the day's Jalali month."""
    return day - timedelta(days=jalali.parts(day)[2] - 1)


def _weeks(first: date, last: date) -> Iterator[Period]:
    begins = week_of(first)
    while begins <= last:
        written = jalali.format_date(begins)
        yield Period(begins, written, written[5:])
        begins += WEEK


def _months(first: date, last: date) -> Iterator[Period]:
    begins = month_of(first)
    while begins <= last:
        month = jalali.parts(begins)[1]
        written = jalali.format_date(begins)
        yield Period(begins, f"{jalali.JALALI_MONTHS[month - 1]} {written[:4]}", written[2:7])
        begins = jalali.add_months(begins, 1)
