"""The Jalali calendar at the edges of the portal: read what people type, write what they read.

Inside, dates are Gregorian ``date`` and moments are aware ``datetime``; every moment is turned to Tehran time here
before its day or hour is read. jdatetime does the arithmetic; its locale and its idea of today are per thread and
per process, so names and today come from elsewhere (here, and ``septam.clock``).
"""

from __future__ import annotations

import re
from datetime import date, datetime, time

import jdatetime

from septam.clock import TEHRAN
from septam.digits import to_latin, to_persian
from septam.text import clean, search_key

JALALI_MONTHS = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور",
    "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
)  # fmt: skip
WEEKDAYS = ("شنبه", "یکشنبه", "دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه")
MIN_YEAR = 1280
MAX_YEAR = 1450

_SEPARATED = re.compile(r"(\d+) ?[-/. ] ?(\d+) ?[-/. ] ?(\d+)", re.ASCII)
_EIGHT_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
# «۲۱ مرداد ۱۳۵۸», «دوشنبه ۲۱ مردادماه سال ۱۳۵۸», «۱۳۵۸ مرداد ۲۱».
_NAMED = re.compile(
    r"(?:\D{0,6}شنبه |جمعه )?(\d+)[ \-/.،]*([آ-ی]+?)[ \u200c]?(?:ماه)?(?: سال)?[ \-/.،]*(\d+)"
)
_MONTH_NUMBERS = {search_key(name): str(number) for number, name in enumerate(JALALI_MONTHS, 1)}
_GREGORIAN_YEARS = range(1800, 2200)


class DateError(ValueError):
    """A typed date that cannot be read. ``reason`` names the fault, ``params`` the numbers for its message."""

    reason = "format"

    def __init__(self, **params: int) -> None:
        super().__init__(self.reason, params)
        self.params = params


class DateFormatError(DateError):
    """Not three numbers: year, month and day."""


class DateOrderError(DateError):
    """The year stands last."""

    reason = "order"


class YearError(DateError):
    """The year is outside 1280–1450. Params: year."""

    reason = "year"


class GregorianYearError(YearError):
    """The year looks Gregorian, such as 2024. Params: year."""

    reason = "gregorian"


class MonthError(DateError):
    """The month is not 1–12. Params: month."""

    reason = "month"


class DayError(DateError):
    """The month has no such day, as in 1404/12/30. Params: year, month, day, days (how many the month has)."""

    reason = "day"


def parse_date(text: str, latest: date | None = None) -> date:
    """The Gregorian date of a typed Jalali one: year, month, day in any digits, parted by / - . or a space, eight
    digits in a row, or with the month's name. A year of four digits may stand last where it is clear which of the
    others is the day. Of a year in two digits the last one up to `latest` is meant: 57 is 1357. Raises a subclass of
    :class:`DateError`."""
    year, month, day = _typed_parts(to_latin(clean(text)))
    if max(map(len, (year, month, day))) > 4:
        raise DateFormatError
    number = int(year)
    if latest and len(year) == 2:
        newest = jdatetime.date.fromgregorian(date=latest).year
        number = newest - (newest - number) % 100
    return to_gregorian(number, int(month), int(day))


def _typed_parts(typed: str) -> tuple[str, str, str]:
    """Year, month and day as they were typed, in Latin digits."""
    named = _NAMED.fullmatch(typed)
    month = _MONTH_NUMBERS.get(search_key(named[2])) if named else None
    if named and month:
        first, last = named[1], named[3]
    else:
        found = _SEPARATED.fullmatch(typed) or _EIGHT_DIGITS.fullmatch(typed)
        if not found:
            raise DateFormatError
        first, month, last = found.groups()
    if len(first) > 2:
        return first, month, last
    if len(last) == 4 and (named or int(first) > 12 or int(first) == int(month)):
        return last, month, first
    if len(last) == 4 or named:
        # «۶/۱/۱۴۰۳» could be the sixth of the first month or the first of the sixth, «۲۱ مرداد ۵۸» of either year.
        raise DateOrderError
    return first, month, last


def to_gregorian(year: int, month: int, day: int) -> date:
    """The Gregorian date of a Jalali one. Raises a subclass of :class:`DateError` that tells which part is wrong."""
    if year in _GREGORIAN_YEARS:
        raise GregorianYearError(year=year)
    if not MIN_YEAR <= year <= MAX_YEAR:
        raise YearError(year=year)
    if not 1 <= month <= 12:
        raise MonthError(month=month)
    days = days_in_month(year, month)
    if not 1 <= day <= days:
        raise DayError(year=year, month=month, day=day, days=days)
    return _gregorian(year, month, day)


def _gregorian(year: int, month: int, day: int) -> date:
    converted: date = jdatetime.date(year, month, day).togregorian()
    return converted


def days_in_month(year: int, month: int) -> int:
    """How many days a Jalali month has (30 for Esfand of a leap year, else 29)."""
    if month == 12:
        return 30 if jdatetime.date(year, 1, 1).isleap() else 29
    return 31 if month <= 6 else 30


def parts(value: date | datetime) -> tuple[int, int, int]:
    """Jalali year, month and day of a Gregorian date, or of a moment's day in Tehran."""
    jalali = jdatetime.date.fromgregorian(date=day_of(value))
    return jalali.year, jalali.month, jalali.day


def day_of(value: date | datetime) -> date:
    """The Gregorian day of a moment in Tehran; a plain date is returned as it is. Naive moments raise ValueError."""
    return tehran(value).date() if isinstance(value, datetime) else value


def tehran(moment: datetime) -> datetime:
    """The moment in Tehran time. A naive one raises ValueError: nobody knows whose clock it was read from."""
    if moment.tzinfo is None:
        raise ValueError("a naive datetime has no place here")
    return moment.astimezone(TEHRAN)


def year_of(value: date | datetime) -> int:
    """The Jalali year, such as 1403."""
    return parts(value)[0]


def latin_date(value: date | datetime) -> str:
    """1403/01/06 in Latin digits, for scripts and file names."""
    return "{:04}/{:02}/{:02}".format(*parts(value))


def format_date(value: date | datetime) -> str:
    """«۱۴۰۳/۰۱/۰۶»"""
    return to_persian(latin_date(value))


def weekday(value: date | datetime) -> str:
    """The name of the day, such as «دوشنبه»."""
    return WEEKDAYS[(day_of(value).weekday() + 2) % 7]


def day_and_month(value: date | datetime) -> str:
    """«دوشنبه ۶ فروردین»"""
    _, month, day = parts(value)
    return f"{weekday(value)} {to_persian(day)} {JALALI_MONTHS[month - 1]}"


def long_date(value: date | datetime) -> str:
    """«دوشنبه ۶ فروردین ۱۴۰۳»"""
    return f"{day_and_month(value)} {to_persian(year_of(value))}"


def add_months(value: date, months: int) -> date:
    """The same day so many Jalali months later (or earlier), clipped to the month's end: 1403/06/31 + 6 is 1403/12/30."""
    year, month, day = parts(value)
    year, month = divmod(year * 12 + month - 1 + months, 12)
    return _gregorian(year, month + 1, min(day, days_in_month(year, month + 1)))


def hour_words(value: datetime | time, *, sms: bool = False) -> str:
    """The hour as it is spoken: «ساعت ۳ بعد از ظهر», «ساعت ۳:۳۰ بعد از ظهر»; one word «بعدازظهر» in an SMS, where a
    token takes few spaces. A moment is read in Tehran time, a bare ``time`` as it stands."""
    clock_time = tehran(value).time() if isinstance(value, datetime) else value
    hour = clock_time.hour % 12 or 12
    digits = f"{hour}:{clock_time.minute:02}" if clock_time.minute else str(hour)
    part = part_of_day(clock_time.hour)
    return f"ساعت {to_persian(digits)} {part.replace(' ', '') if sms else part}"


def part_of_day(hour: int) -> str:
    """The word that goes with an hour of 0–23: بامداد, صبح, ظهر, بعد از ظهر, عصر, شب."""
    for end, word in ((5, "بامداد"), (12, "صبح"), (13, "ظهر"), (17, "بعد از ظهر"), (20, "عصر")):
        if hour < end:
            return word
    return "شب"


def visit_time(moment: datetime) -> str:
    """A visit's time in the guide's words: «۱۴۰۳/۰۱/۰۶ ساعت ۳ بعد از ظهر»."""
    return f"{format_date(moment)} {hour_words(moment)}"


def visit_day(moment: datetime) -> str:
    """A visit's time with its day of the week before the guide's words: «دوشنبه ۱۴۰۳/۰۱/۰۶ ساعت ۳ بعد از ظهر»."""
    return f"{weekday(moment)} {visit_time(moment)}"


def sms_when(moment: datetime) -> str:
    """A visit's time in an SMS, with at most five spaces: «دوشنبه ۶ فروردین ساعت ۳ بعدازظهر»."""
    return f"{day_and_month(moment)} {hour_words(moment, sms=True)}"
