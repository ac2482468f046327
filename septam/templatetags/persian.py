"""Filters that write values for people: ``{% load persian %}``.

They take what the models hold (Latin digits, whole rial, Gregorian dates, aware moments) and give Persian
text; codes, phones, dates and amounts are isolated from the right-to-left line around them. An empty value
gives an empty text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from septam import jalali, money
from septam.digits import numbers_to_persian, to_latin, to_persian

register = template.Library()

_NOTHING = SafeString("")
_MARKUP = r"<[^>]*>|&[^;\s]*;|"
_NUMBER_IN_TEXT = re.compile(r"(?<![^\s>])(?=[۰-۹])(?![^<>]*>)|(?<=[۰-۹])(?=</time>)")


def _is_empty(value: Any) -> bool:
    return value is None or value == ""


@register.filter
def fa(value: Any) -> SafeString:
    """Any text or number in Persian digits; safe text stays safe, all other is escaped.

    What stands in «…» is somebody's own words, and what stands beside Latin letters a code: both stay as typed.
    """
    if _is_empty(value):
        return _NOTHING
    # Digits occur inside character references too («&#x27;»), which must stay as they are.
    html = str(conditional_escape(value))
    return mark_safe(numbers_to_persian(html, _MARKUP))  # noqa: S308  # escaped above; only digits changed  # nosec B308, B703


@register.filter
def narrow(value: Any) -> SafeString:
    """A sentence whose lines do not run out of their card; ``{% filter narrow %}`` for one with links.

    Engines of 2013 (WebKit 538) leave the width of a number out when it begins a line, so that the line breaks too
    late, unless a mark of direction stands before it; so too after a day's own tag. What is safe stays safe, all other is escaped.
    """
    html = str(conditional_escape(value))
    return mark_safe(_NUMBER_IN_TEXT.sub("\u200f", html))  # noqa: S308  # escaped above; only marks added  # nosec B308, B703


@register.filter
def amount(value: int | None) -> SafeString:
    """An amount in rial without its unit, for a line whose label names it: ۶٬۹۳۲٬۴۰۰."""
    return _NOTHING if _is_empty(value) else code(money.format_rial(int(value or 0)))


@register.filter
def rial(value: int | None) -> SafeString:
    """An amount with its unit: ۶٬۹۳۲٬۴۰۰ ریال."""
    return _NOTHING if _is_empty(value) else format_html("{} ریال", amount(value))


@register.filter
def toman(value: int | None) -> SafeString:
    """The same amount in toman with its unit; empty where it would need a fraction."""
    line = "" if _is_empty(value) else money.toman_line(int(value or 0))
    number, _, unit = line.partition(" ")
    return format_html("{} {}", code(number), unit) if line else _NOTHING


@register.filter
def in_words(value: int | None) -> str:
    """A whole amount in Persian words, without the unit."""
    return "" if _is_empty(value) else money.in_words(int(value or 0))


def _time_tag(
    value: date | datetime | None, write: Callable[[Any], str], *, ltr: bool = False
) -> SafeString:
    if not value:
        return _NOTHING
    machine = (
        jalali.tehran(value).isoformat("T", "minutes")
        if isinstance(value, datetime)
        else value.isoformat()
    )
    if ltr:
        return format_html('<time datetime="{}" dir="ltr">{}</time>', machine, write(value))
    return format_html('<time datetime="{}">{}</time>', machine, write(value))


@register.filter
def jdate(value: date | datetime | None) -> SafeString:
    """A day: ۱۴۰۳/۰۱/۰۶; of a moment, its day in Tehran."""
    return _time_tag(jalali.day_of(value) if value else None, jalali.format_date, ltr=True)


@register.filter
def jlong(value: date | datetime | None) -> SafeString:
    """A day in words: دوشنبه ۶ فروردین ۱۴۰۳."""
    return _time_tag(jalali.day_of(value) if value else None, jalali.long_date)


@register.filter
def jdatetime(value: datetime | None) -> SafeString:
    """A moment by the clock, for records: ۱۴۰۳/۰۱/۰۶، ۱۵:۳۰."""
    return _time_tag(value, _day_and_clock)


def _day_and_clock(moment: datetime) -> str:
    return f"{jalali.format_date(moment)}، {to_persian(f'{jalali.tehran(moment):%H:%M}')}"


@register.filter
def visit_time(value: datetime | None) -> SafeString:
    """A visit's time in the guide's words: ۱۴۰۳/۰۱/۰۶ ساعت ۳ بعد از ظهر."""
    return _time_tag(value, _day_and_hour)


def _day_and_hour(moment: datetime) -> SafeString:
    # Engines of 2013 break a line too late that begins with a date, unless it is isolated.
    day, _, hour = jalali.visit_time(moment).partition(" ")
    return format_html("<bdi>{}</bdi> {}", day, hour)


@register.filter
def visit_day(value: datetime | None) -> SafeString:
    """A visit's time with its day of the week: دوشنبه ۱۴۰۳/۰۱/۰۶ ساعت ۳ بعد از ظهر."""
    return _time_tag(value, lambda at: format_html("{} {}", jalali.weekday(at), _day_and_hour(at)))


@register.filter
def called(row: Any) -> str:
    """What a row is called, in Persian digits; as it is where Latin letters stand among them (a code, a file), and where a
    bank's page is asked for it (`is_copied` of the model)."""
    text = str(row)
    has_latin = any(char.isascii() and char.isalpha() for char in text)
    return text if has_latin or getattr(row, "is_copied", False) else to_persian(text)


@register.filter
def code(value: Any) -> SafeString:
    """A code as it stands, isolated from left to right; ``{{ postal_code|fa|code }}`` for Persian digits."""
    return _NOTHING if _is_empty(value) else format_html('<bdi dir="ltr">{}</bdi>', value)


@register.filter
def phone(value: str | None) -> SafeString:
    """A telephone number in Persian digits."""
    return code(fa(value))


@register.filter
def tel(value: str | None) -> SafeString:
    """A telephone number as a link that calls it."""
    if not value:
        return _NOTHING
    return format_html('<a href="tel:{}">{}</a>', to_latin(value), phone(value))
