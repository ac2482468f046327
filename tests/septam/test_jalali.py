"""The Jalali calendar: reading, writing, months and hours."""

from datetime import UTC, date, datetime, time

import jdatetime
import pytest
from hypothesis import given
from hypothesis import strategies as st

from septam import jalali
from septam.clock import TEHRAN
from septam.digits import to_persian

# 1280/01/01 to 1450/12/29.
DAYS = st.dates(min_value=date(1901, 3, 22), max_value=date(2072, 3, 18))
VISIT = datetime(2024, 3, 25, 15, 0, tzinfo=TEHRAN)


@given(DAYS)
def test_a_written_date_reads_back_as_the_same_day(day: date) -> None:
    assert jalali.parse_date(jalali.format_date(day)) == day
    assert jalali.parse_date(jalali.latin_date(day)) == day


@given(DAYS)
def test_conversion_agrees_with_the_calendar_library(day: date) -> None:
    expected = jdatetime.date.fromgregorian(date=day)
    assert jalali.parts(day) == (expected.year, expected.month, expected.day)
    assert jalali.WEEKDAYS.index(jalali.weekday(day)) == expected.weekday()


def test_every_month_has_the_length_that_the_library_gives_it() -> None:
    for year in range(jalali.MIN_YEAR, jalali.MAX_YEAR + 1):
        for month in range(1, 13):
            next_year, next_month = (year, month + 1) if month < 12 else (year + 1, 1)
            first = jdatetime.date(year, month, 1).toordinal()
            assert jalali.days_in_month(year, month) == (
                jdatetime.date(next_year, next_month, 1).toordinal() - first
            )


@pytest.mark.parametrize(("year", "days"), [(1399, 30), (1403, 30), (1408, 30), (1400, 29)])
def test_esfand_has_thirty_days_in_leap_years_only(year: int, days: int) -> None:
    assert jalali.days_in_month(year, 12) == days


def test_the_known_first_days_of_the_year() -> None:
    assert jalali.parse_date("1403/01/01") == date(2024, 3, 20)
    assert jalali.parse_date("1394/01/01") == date(2015, 3, 21)
    assert jalali.parse_date("1403/12/30") == date(2025, 3, 20)


@pytest.mark.parametrize(
    "typed",
    [
        "۱۴۰۳/۰۱/۰۶",
        "١٤٠٣/٠١/٠٦",
        "1403/1/6",
        "1403-01-06",
        "1403.1.6",
        "1403 01 06",
        " ۱۴۰۳ / ۱ / ۶ ",
        "\u200f۱۴۰۳/۰۱/۰۶\u200e",
        "14030106",
        "۱۴۰۳۰۱۰۶",
        "۶ فروردین ۱۴۰۳",
        "دوشنبه ۶ فروردین‌ماه سال ۱۴۰۳",
        "۱۴۰۳ فروردین ۶",
        "06فروردين1403",
    ],
)
def test_a_date_is_read_in_any_digits_and_separators(typed: str) -> None:
    assert jalali.parse_date(typed) == date(2024, 3, 25)


@pytest.mark.parametrize(
    ("typed", "error", "reason"),
    [
        ("", jalali.DateFormatError, "format"),
        ("فردا", jalali.DateFormatError, "format"),
        ("1403/01", jalali.DateFormatError, "format"),
        ("1403/01/06/2", jalali.DateFormatError, "format"),
        ("1403/001/00006", jalali.DateFormatError, "format"),
        ("²1403/1/6", jalali.DateFormatError, "format"),
        ("06/01/1403", jalali.DateOrderError, "order"),
        ("۲۱ مرداد ۵۸", jalali.DateOrderError, "order"),
        ("۲۱ مراد ۱۳۵۸", jalali.DateFormatError, "format"),
        ("25/03/2024", jalali.GregorianYearError, "gregorian"),
        ("1403/13/01", jalali.MonthError, "month"),
        ("1403/0/01", jalali.MonthError, "month"),
        ("1404/12/30", jalali.DayError, "day"),
        ("1403/07/31", jalali.DayError, "day"),
        ("1403/01/32", jalali.DayError, "day"),
        ("1403/01/00", jalali.DayError, "day"),
        ("2024/03/25", jalali.GregorianYearError, "gregorian"),
        ("65/02/31", jalali.YearError, "year"),
        ("1279/01/01", jalali.YearError, "year"),
        ("1451/01/01", jalali.YearError, "year"),
    ],
)
def test_a_wrong_date_is_refused_with_its_reason(
    typed: str, error: type[jalali.DateError], reason: str
) -> None:
    with pytest.raises(error) as caught:
        jalali.parse_date(typed)
    assert type(caught.value) is error
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "typed", ["۲۱/۵/۱۳۵۸", "21-05-1358", "۲۱ مرداد ۱۳۵۸", "سه شنبه ۲۱ مرداد ۱۳۵۸"]
)
def test_the_day_may_stand_first_where_it_can_be_no_month(typed: str) -> None:
    assert jalali.parse_date(typed) == date(1979, 8, 12)


def test_a_wrong_day_tells_how_many_days_the_month_has() -> None:
    with pytest.raises(jalali.DayError) as caught:
        jalali.parse_date("۱۴۰۴/۱۲/۳۰")
    assert caught.value.params == {"year": 1404, "month": 12, "day": 30, "days": 29}


@given(st.text(alphabet="0123456789۰۱۲۳/-. ", max_size=12))
def test_whatever_is_typed_gives_a_date_or_a_date_error(typed: str) -> None:
    try:
        day = jalali.parse_date(typed)
    except jalali.DateError:
        return
    assert jalali.MIN_YEAR <= jalali.year_of(day) <= jalali.MAX_YEAR


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("1403/06/31", 6, "1403/12/30"),
        ("1403/06/31", 18, "1404/12/29"),
        ("1403/12/30", 12, "1404/12/29"),
        ("1403/01/31", 6, "1403/07/30"),
        ("1403/01/06", 12, "1404/01/06"),
        ("1403/01/31", -1, "1402/12/29"),
        ("1403/05/01", 0, "1403/05/01"),
    ],
)
def test_months_are_added_and_clipped_to_the_months_end(start: str, months: int, end: str) -> None:
    assert jalali.latin_date(jalali.add_months(jalali.parse_date(start), months)) == end


@given(DAYS.filter(lambda day: day.year < 2060), st.integers(min_value=0, max_value=60))
def test_adding_months_moves_exactly_that_many_months(day: date, months: int) -> None:
    before, after = jalali.parts(day), jalali.parts(jalali.add_months(day, months))
    assert after[0] * 12 + after[1] == before[0] * 12 + before[1] + months
    assert after[2] <= before[2]


@pytest.mark.parametrize(
    ("hour", "minute", "words"),
    [
        (0, 0, "ساعت ۱۲ بامداد"),
        (4, 59, "ساعت ۴:۵۹ بامداد"),
        (5, 0, "ساعت ۵ صبح"),
        (11, 59, "ساعت ۱۱:۵۹ صبح"),
        (12, 0, "ساعت ۱۲ ظهر"),
        (12, 59, "ساعت ۱۲:۵۹ ظهر"),
        (13, 0, "ساعت ۱ بعد از ظهر"),
        (15, 0, "ساعت ۳ بعد از ظهر"),
        (15, 30, "ساعت ۳:۳۰ بعد از ظهر"),
        (16, 5, "ساعت ۴:۰۵ بعد از ظهر"),
        (17, 0, "ساعت ۵ عصر"),
        (18, 0, "ساعت ۶ عصر"),
        (19, 59, "ساعت ۷:۵۹ عصر"),
        (20, 0, "ساعت ۸ شب"),
        (23, 59, "ساعت ۱۱:۵۹ شب"),
    ],
)
def test_hours_are_written_as_they_are_spoken(hour: int, minute: int, words: str) -> None:
    assert jalali.hour_words(time(hour, minute)) == words


def test_a_visits_time_is_written_in_the_guides_words() -> None:
    assert jalali.visit_time(VISIT) == "۱۴۰۳/۰۱/۰۶ ساعت ۳ بعد از ظهر"


def test_a_visits_time_in_an_sms_has_few_spaces() -> None:
    assert jalali.sms_when(VISIT) == "دوشنبه ۶ فروردین ساعت ۳ بعدازظهر"
    assert jalali.hour_words(VISIT, sms=True) == "ساعت ۳ بعدازظهر"


@given(DAYS, st.times(timezones=st.just(TEHRAN)))
def test_the_time_in_an_sms_fits_the_providers_five_spaces(day: date, hour: time) -> None:
    assert jalali.sms_when(datetime.combine(day, hour)).count(" ") == 5


def test_dates_are_written_short_and_long() -> None:
    assert jalali.format_date(date(2024, 3, 25)) == "۱۴۰۳/۰۱/۰۶"
    assert jalali.long_date(date(2024, 3, 25)) == "دوشنبه ۶ فروردین ۱۴۰۳"
    assert jalali.year_of(date(2024, 3, 19)) == 1402


def test_moments_are_read_on_tehrans_clock() -> None:
    late = datetime(2024, 3, 19, 20, 45, tzinfo=UTC)  # 00:15 of the new year in Tehran
    assert jalali.format_date(late) == "۱۴۰۳/۰۱/۰۱"
    assert jalali.year_of(late) == 1403
    assert jalali.long_date(late) == "چهارشنبه ۱ فروردین ۱۴۰۳"
    assert jalali.hour_words(late) == "ساعت ۱۲:۱۵ بامداد"


def test_summer_time_of_1401_is_read_as_it_was() -> None:
    assert jalali.hour_words(datetime(2022, 7, 1, 8, 0, tzinfo=UTC)) == "ساعت ۱۲:۳۰ ظهر"
    assert jalali.hour_words(datetime(2023, 7, 1, 8, 0, tzinfo=UTC)) == "ساعت ۱۱:۳۰ صبح"


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        jalali.visit_time(VISIT.replace(tzinfo=None))


def test_months_and_days_have_their_persian_names() -> None:
    assert (jalali.JALALI_MONTHS[0], jalali.JALALI_MONTHS[11]) == ("فروردین", "اسفند")
    assert (jalali.WEEKDAYS[0], jalali.WEEKDAYS[6]) == ("شنبه", "جمعه")
    assert to_persian(len(jalali.JALALI_MONTHS)) == "۱۲"
