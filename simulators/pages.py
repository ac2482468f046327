"""HTML pages of the simulators: templates in files, every value escaped, numbers in Persian."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from html import escape
from pathlib import Path
from string import Template

from simulators.web import Response

# Iran keeps +03:30 all the year since 1401; a simulator has no older times to show.
TEHRAN = timezone(timedelta(hours=3, minutes=30))
PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
LATIN_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
WEEKDAYS = ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه")
MONTHS = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
)  # fmt: skip
LEAP_YEARS = {1, 5, 9, 13, 17, 22, 26, 30}
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "img-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
}
CONTENT_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


class Html(str):
    """Text that is markup already and must not be escaped."""


def persian(value: object) -> str:
    """The same text with Persian digits."""
    return str(value).translate(PERSIAN_DIGITS)


def latin(text: str) -> str:
    """The same text with Latin digits."""
    return text.translate(LATIN_DIGITS)


def persian_amount(rial: int) -> str:
    """A whole number of rial with Persian digits and separators, without the unit."""
    return persian(f"{rial:,}".replace(",", "٬"))


def tehran_time(moment: int) -> datetime:
    """Unix seconds as a Tehran wall-clock time."""
    return datetime.fromtimestamp(moment, TEHRAN)


def persian_day(day: date) -> str:
    """A day as people say it: «جمعه ۶ آذر ۱۴۰۵»."""
    year, month, number = jalali(day)
    return persian(f"{WEEKDAYS[day.weekday()]} {number} {MONTHS[month - 1]} {year}")


def jalali(day: date) -> tuple[int, int, int]:
    """The day in the calendar of Iran, by the cycle of 33 years that holds from 1178 to 1633."""
    days = day.toordinal() - date(622, 3, 21).toordinal()
    cycle, rest = divmod(days, 12_053)
    year = cycle * 33 + 1
    while rest >= (length := 366 if year % 33 in LEAP_YEARS else 365):
        rest -= length
        year += 1
    month = 0
    while rest >= (length := 31 if month < 6 else 30):
        rest -= length
        month += 1
    return year, month + 1, rest + 1


def fill(template: Path, **values: object) -> Html:
    """The template file with its $names filled; values that are not Html are escaped."""
    safe = {
        name: value if isinstance(value, Html) else escape(str(value))
        for name, value in values.items()
    }
    return Html(Template(template.read_text(encoding="utf-8")).substitute(safe))


def join(parts: Iterable[Html]) -> Html:
    """Several pieces of markup in one."""
    return Html("".join(parts))


def markup(pattern: str, *values: object) -> Html:
    """A short piece of markup with its {} filled by escaped values."""
    safe = (value if isinstance(value, Html) else escape(str(value)) for value in values)
    return Html(pattern.format(*safe))


def page(body: str, status: int = 200) -> Response:
    """An HTML answer that allows nothing from elsewhere."""
    return Response(body.encode(), status, headers=SECURITY_HEADERS)


def static_file(path: Path) -> Response:
    """A style sheet or a script of the simulator."""
    return Response(path.read_bytes(), content_type=CONTENT_TYPES[path.suffix])
