"""Form fields of dates, hours, areas and amounts of money: Persian outside, Python values inside."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django_jalali.forms import jDateField

from septam import clock, jalali
from septam.digits import decimal, group, is_number, shown_again, to_latin, to_persian
from septam.text import clean, search_key

DateLimit = date | Callable[[], date] | None
MAX_RIAL = 10**15
MAX_AREA = Decimal(1_000_000)
AREA_PLACES = 2


def _limit(value: DateLimit) -> date | None:
    """A limit given as a date, or as a function such as ``clock.today`` that is asked each time."""
    return value() if callable(value) else value


class JalaliDateInput(forms.TextInput):
    """A text box for a Jalali date; a script may add the calendar, with the server's today and limits."""

    min_date: DateLimit = None
    max_date: DateLimit = None

    def format_value(self, value: Any) -> str | None:
        """A date, or what was typed for one, in Persian digits."""
        if isinstance(value, date):
            return jalali.format_date(value)
        return super().format_value(shown_again(value))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Adds data-jdate, data-today and, where there are limits, data-min and data-max."""
        dates = {"today": clock.today(), "min": _limit(self.min_date), "max": _limit(self.max_date)}
        data = {f"data-{key}": jalali.latin_date(day) for key, day in dates.items() if day}
        base: dict[str, Any] = {
            "data-jdate": True,
            "inputmode": "numeric",
            "autocomplete": "off",
            "dir": "ltr",
        }
        return super().get_context(name, value, base | data | (attrs or {}))


class JalaliDateField(jDateField):  # type: ignore[misc]  # the package has no annotations
    """A Jalali date, typed or picked; gives a Gregorian ``date``. Limits are Gregorian, both included,
    as dates or as functions (``max_date=clock.today``: no future day)."""

    widget: Any = JalaliDateInput
    default_error_messages = {
        "format": _("Write the date as year, month and day, like 1365/02/31."),
        "order": _("Write the year first, like 1365/02/31."),
        "year": _("The year is between 1280 and 1450; %(year)s is not."),
        "gregorian": _(
            "Write the date in the Jalali calendar; %(year)s looks like a Gregorian year."
        ),
        "month": _("The month is between 1 and 12; %(month)s is not."),
        "day": _("%(month_name)s of %(year)s has only %(days)s days."),
        "day_zero": _("The day begins with 1."),
        "min_date": _("This date is before %(limit)s, the earliest possible."),
        "max_date": _("This date is after %(limit)s, the latest possible."),
        "future": _("This date is in the future."),
        "past": _("This date is in the past."),
    }

    def __init__(
        self, *, min_date: DateLimit = None, max_date: DateLimit = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.set_limits(min_date, max_date)

    def set_limits(self, min_date: DateLimit = None, max_date: DateLimit = None) -> None:
        """Changes the limits, of the field and of the calendar beside it."""
        self.min_date, self.max_date = min_date, max_date
        widget: forms.Widget = self.widget
        if isinstance(widget, JalaliDateInput):
            widget.min_date, widget.max_date = min_date, max_date

    def to_python(self, value: Any) -> date | None:
        """The Gregorian date, or None. Raises ValidationError with jalali's reason as its code."""
        if isinstance(value, date):
            return jalali.day_of(value)
        typed = "" if value in self.empty_values else clean(str(value))
        if not typed:
            return None
        try:
            return jalali.parse_date(typed, _limit(self.max_date))
        except jalali.DateError as fault:
            raise self._error(fault) from fault

    def _error(self, fault: jalali.DateError) -> ValidationError:
        code = "day_zero" if fault.params.get("day") == 0 else fault.reason
        params = {name: to_persian(number) for name, number in fault.params.items()}
        if fault.reason == "day":
            params["month_name"] = jalali.JALALI_MONTHS[fault.params["month"] - 1]
        return ValidationError(self.error_messages[code], code=code, params=params)

    def validate(self, value: date | None) -> None:
        """Required, and within the limits."""
        super().validate(value)
        if value is None:
            return
        least, most = _limit(self.min_date), _limit(self.max_date)
        if least and value < least:
            raise self._outside("past", "min_date", least)
        if most and value > most:
            raise self._outside("future", "max_date", most)

    def _outside(self, of_today: str, of_limit: str, limit: date) -> ValidationError:
        code = of_today if limit == clock.today() else of_limit
        params = {"limit": jalali.format_date(limit)}
        return ValidationError(self.error_messages[code], code=code, params=params)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compares dates, so that another way of typing the same day is no change."""
        return super().has_changed(
            jalali.day_of(initial) if isinstance(initial, date) else initial, data
        )


class _TypedValueField(forms.Field):
    """A value that is typed as text; the text is cleaned and in Latin digits when ``parse`` gets it."""

    widget = forms.TextInput
    inputmode = "numeric"

    def parse(self, typed: str) -> Any:
        """The value; raises ValidationError."""
        raise NotImplementedError

    def to_python(self, value: Any) -> Any:
        """The value, or None."""
        if value in self.empty_values or not isinstance(value, str):
            return None if value in self.empty_values else value
        typed = to_latin(clean(value))
        return self.parse(typed) if typed else None

    def fail(self, code: str, **params: str) -> ValidationError:
        """The error of this code, to be raised."""
        return ValidationError(self.error_messages[code], code=code, params=params)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Numeric keyboard, left to right."""
        return super().widget_attrs(widget) | {
            "inputmode": self.inputmode,
            "dir": "ltr",
            "autocomplete": "off",
        }


class DecimalAreaField(_TypedValueField):
    """An area in square metres as Decimal: above 0, at most 1,000,000, two decimals; ۱۲/۵ is 12.5."""

    inputmode = "decimal"
    default_error_messages = {
        "invalid": _("Write the area as a number of square metres, like 12 or 12/5."),
        "positive": _("The area must be more than zero."),
        "max": _("The area must not be more than 1,000,000 square metres."),
        "decimals": _("Write the area with at most two decimals."),
    }
    _shape = re.compile(r"(\d+)(?:[./٫,،](\d+))?", re.ASCII)
    _grouped = re.compile(r"\d{1,3}(?:[,٬،]\d{3})+(?![\d,٬،])", re.ASCII)
    _unit = re.compile(r"\s*متر\s*(مربع|\^2)?$")

    def parse(self, typed: str) -> Decimal:
        """The area; raises ValidationError."""
        number = self._grouped.sub(
            lambda found: re.sub(r"\D", "", found[0]), self._unit.sub("", typed), count=1
        )
        found = self._shape.fullmatch(number.replace(" ", ""))
        if not found:
            negative = number.lstrip().startswith(("-", "−"))
            raise self.fail("positive" if negative else "invalid")
        whole, decimals = found[1], (found[2] or "").rstrip("0")
        if len(decimals) > AREA_PLACES:
            raise self.fail("decimals")
        return self._checked(Decimal(f"{whole}.{decimals or 0}"))

    def _checked(self, area: Decimal) -> Decimal:
        if area <= 0:
            raise self.fail("positive")
        if area > MAX_AREA:
            raise self.fail("max")
        return area

    def prepare_value(self, value: Any) -> Any:
        """A stored area in Persian digits without idle zeros; a typed one without its unit, which the label has."""
        if isinstance(value, str):
            return shown_again(self._unit.sub("", value))
        return decimal(value) if isinstance(value, Decimal | int | float) else value


class RialField(_TypedValueField):
    """A whole amount in rial as int, from ``min_value`` to ``max_value``; thousands marks are accepted."""

    default_error_messages = {
        "invalid": _("Write the amount in whole rial, in digits."),
        "toman": _("Write the amount in rial, not in toman."),
        "min": _("The amount must be at least %(limit)s rial."),
        "max": _("The amount must be at most %(limit)s rial."),
    }

    def __init__(self, *, min_value: int = 0, max_value: int = MAX_RIAL, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.min_value = min_value
        self.max_value = max_value

    def parse(self, typed: str) -> int:
        """The amount; raises ValidationError."""
        if "تومان" in typed:
            raise self.fail("toman")
        number = re.sub(r"[\s,٬،']", "", typed.removesuffix("ریال"))
        if not is_number(number) or len(number) > 30:
            raise self.fail("invalid")
        amount = int(number)
        if amount < self.min_value:
            raise self.fail("min", limit=group(self.min_value))
        if amount > self.max_value:
            raise self.fail("max", limit=group(self.max_value))
        return amount

    def prepare_value(self, value: Any) -> Any:
        """A stored amount with thousands marks in Persian digits; a typed one as it is, in such digits."""
        return group(value) if isinstance(value, int) else shown_again(value)


_MORNING = ("صبح", "بامداد", "قبلازظهر", "ق.ظ", "قظ")
_AFTERNOON = ("بعدازظهر", "ب.ظ", "بظ", "عصر", "شب", "ظهر")


class HourField(_TypedValueField):
    """An hour of the day in Tehran as ``time``: «۱۵», «۱۵:۳۰», «۳ بعد از ظهر», «ساعت ۳:۳۰ عصر».

    A bare 1 to 6 is refused: nobody can tell ۳ in the night from ۳ in the afternoon.
    """

    default_error_messages = {
        "invalid": _("Write the hour like 15 or 15:30, or with its word, like 3 in the afternoon."),
        "range": _("The hour is between 0 and 23, the minute between 0 and 59."),
        "ambiguous": _("Say whether morning or afternoon: 15:30, or 3 in the afternoon."),
        "conflict": _("This hour and its word do not fit together."),
    }
    _shape = re.compile(r"(?:ساعت)?(\d{1,2})(?:[:.٫](\d{2}))?(\D*)", re.ASCII)

    def parse(self, typed: str) -> time:
        """The hour; raises ValidationError."""
        found = self._shape.fullmatch(search_key(typed))
        if not found or found[3] not in ("", *_MORNING, *_AFTERNOON):
            raise self.fail("invalid")
        hour, minute, word = int(found[1]), int(found[2] or 0), found[3]
        if hour > 23 or minute > 59:
            raise self.fail("range")
        if not word and 1 <= hour <= 6 and len(found[1]) == 1:
            raise self.fail("ambiguous")
        return time(self._hour_of_day(hour, word), minute)

    def _hour_of_day(self, hour: int, word: str) -> int:
        if not word or (hour > 12 and word in _AFTERNOON):
            return hour
        if not 1 <= hour <= 12:
            raise self.fail("conflict")
        if word == "ظهر":
            return hour if hour in (11, 12) else hour + 12
        midnight = word == "شب" and hour == 12
        return hour % 12 + (0 if word in _MORNING or midnight else 12)

    def prepare_value(self, value: Any) -> Any:
        """A stored hour as «۱۵:۳۰»; a moment in Tehran time."""
        if isinstance(value, datetime):
            value = jalali.tehran(value).time()
        return to_persian(f"{value:%H:%M}") if isinstance(value, time) else value
