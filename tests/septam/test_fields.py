"""Form fields: what people type is normalised, checked and, when refused, explained and kept."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from septam import clock
from septam.digits import to_persian
from septam.forms.fields import (
    DecimalAreaField,
    EconomicNumberField,
    HourField,
    IbanField,
    JalaliDateField,
    LandlineField,
    MobileField,
    NationalIdField,
    PersianCharField,
    PhoneField,
    PostalCodeField,
    RialField,
)

TODAY = date(2024, 3, 25)  # 1403/01/06


@pytest.fixture(autouse=True)
def _sixth_of_farvardin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


def error_of(field: forms.Field, typed: Any) -> str:
    """The one message with which a field refuses what was typed."""
    with pytest.raises(ValidationError) as caught:
        field.clean(typed)
    (message,) = caught.value.messages
    return message


class PlaceForm(forms.Form):
    """A form with a field of each kind."""

    title = PersianCharField(max_length=20)
    mobile = MobileField(required=False)
    born = JalaliDateField(required=False, max_date=lambda: clock.today())
    area = DecimalAreaField(required=False)
    price = RialField(required=False)
    hour = HourField(required=False)


def test_text_is_cleaned_before_its_length_is_checked() -> None:
    assert PersianCharField(max_length=5).clean("  علي \u200f ") == "علی"


def test_invisible_text_does_not_fill_a_required_field() -> None:
    with pytest.raises(ValidationError):
        PersianCharField().clean("\u200f\u200c \u202b")


@pytest.mark.parametrize(
    "typed", ["ـــ", "\u3164\u3164", "\u2800", "\u17b4\u17b5", "\u064e\u064f", "\ufffe"]
)
def test_a_text_that_shows_no_letter_is_none(typed: str) -> None:
    """Else a certificate or an invoice carries an empty name."""
    with pytest.raises(ValidationError):
        PersianCharField().clean(typed)


def test_an_address_keeps_its_lines_and_a_title_does_not() -> None:
    assert PersianCharField(widget=forms.Textarea).clean("خیابان\r\nپلاك ۲") == "خیابان\nپلاک ۲"
    assert PersianCharField().clean("طلا\r\nفروشی") == "طلا فروشی"


def test_numbers_come_in_their_stored_form() -> None:
    assert MobileField().clean("+۹۸ ۹۱۲ ۱۲۳ ۴۵۶۷") == "09121234567"
    assert LandlineField(area_code="021").clean("۸۸۷۷۶۶۵۵") == "02188776655"
    assert PhoneField().clean("۰۲۱ ۸۸۷۷ ۶۶۵۵") == "02188776655"
    assert NationalIdField().clean("۴۹۹۳۷۰۸۹۹") == "0499370899"
    assert PostalCodeField().clean("۱۴۱۶۹-۳۲۷۹۰") == "1416932790"
    assert EconomicNumberField().clean("۴۱۱۱۲۳۴۵۶۷۸۹") == "411123456789"


@pytest.mark.parametrize("field", [MobileField, PhoneField, NationalIdField, PostalCodeField])
def test_an_optional_number_may_stay_empty(field: type[forms.CharField]) -> None:
    for typed in ("", "  ", "\u200f", None):
        assert field(required=False).clean(typed) == ""


def test_a_prefilled_area_code_alone_counts_as_empty() -> None:
    assert LandlineField(required=False).clean("۰۲۱") == ""
    assert PhoneField(required=False).clean("021-") == ""
    with pytest.raises(ValidationError):
        PhoneField().clean("021")


def test_the_kind_of_a_national_id_can_be_fixed(settings: Any) -> None:
    settings.FOREIGN_ID_LENGTHS = (12,)
    assert NationalIdField(kind="company").clean("10380284790") == "10380284790"
    assert NationalIdField(kind="foreign").clean("۱۲۳۴۵۶۷۸۹۰۱۲") == "123456789012"
    assert "شخص" in error_of(NationalIdField(kind="person"), "10380284790")
    assert "شرکت" in error_of(NationalIdField(kind="company"), "0499370899")


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        (
            NationalIdField(kind="person"),
            "۱۲۳۴۵۶۷",
            "شماره ملی شخص ۱۰ رقم است؛ عدد واردشده ۷ رقم دارد",
        ),
        (MobileField(), "0912123456", "شماره همراه ۱۱ رقم است؛ عدد واردشده ۱۰ رقم دارد"),
        (MobileField(), "نامشخص", "این شماره را تنها با رقم بنویسید"),
        (PostalCodeField(), "141693", "کد پستی ۱۰ رقم است؛ عدد واردشده ۶ رقم دارد"),
        (
            LandlineField(),
            "88776655",
            "پیش‌شماره استان خود را هم پیش از شماره بنویسید، مانند ۰۲۱ برای تهران",
        ),
        (LandlineField(), "02988776655", "۰۲۹ پیش‌شماره هیچ استانی نیست؛ شماره را بررسی کنید"),
        (JalaliDateField(), "1404/12/30", "اسفند سال ۱۴۰۴ تنها ۲۹ روز دارد"),
        (JalaliDateField(), "1403/01/00", "روز عددی از ۱ تا ۳۱ است"),
        (JalaliDateField(), "1403/13/01", "ماه عددی از ۱ تا ۱۲ است؛ ماه واردشده ۱۳ است"),
        (
            JalaliDateField(),
            "2024/03/25",
            "تاریخ را شمسی بنویسید، مانند ۱۳۶۵/۰۲/۳۱؛ سال ۲۰۲۴ میلادی است",
        ),
        (
            JalaliDateField(),
            "فردا",
            "تاریخ را به صورت سال، ماه و روز بنویسید، مانند ۱۳۶۵/۰۲/۳۱",
        ),
        (DecimalAreaField(), "صد", "مساحت را به متر مربع و با رقم بنویسید، مانند ۱۲ یا ۱۲/۵"),
        (DecimalAreaField(), "۰", "مساحت باید بیشتر از صفر باشد"),
        (DecimalAreaField(), "-۵", "مساحت باید بیشتر از صفر باشد"),
        (DecimalAreaField(), "۱۲٫۵۵۵", "مساحت را با حداکثر دو رقم اعشار بنویسید"),
        (DecimalAreaField(), "1000001", "مساحت نباید بیشتر از ۱٬۰۰۰٬۰۰۰ متر مربع باشد"),
        (RialField(min_value=1000), "۹۹۹", "مبلغ باید حداقل ۱٬۰۰۰ ریال باشد"),
        (RialField(), "۵۰۰ تومان", "مبلغ را به ریال بنویسید، نه به تومان"),
        (RialField(), "۱۲٫۵", "مبلغ را به ریال، با رقم و بدون اعشار بنویسید"),
        (HourField(), "۲۵", "ساعت از ۰ تا ۲۳ و دقیقه از ۰ تا ۵۹ است"),
    ],
)
def test_a_wrong_value_is_explained_in_persian(
    field: forms.Field, typed: str, message: str
) -> None:
    assert error_of(field, typed) == message


def test_a_typed_date_becomes_a_gregorian_one() -> None:
    assert JalaliDateField().clean("۱۳۶۰/۰۵/۱۲") == date(1981, 8, 3)
    assert JalaliDateField(required=False).clean("  ") is None
    assert JalaliDateField().clean(TODAY) == TODAY


def test_a_year_in_two_digits_is_the_last_one_that_has_them() -> None:
    born = JalaliDateField(max_date=date(2026, 11, 27))
    assert born.clean("۵۷/۳/۲") == date(1978, 5, 23)
    assert born.clean("02/1/1") == date(2023, 3, 21)
    with pytest.raises(ValidationError):
        JalaliDateField().clean("57/3/2")


def test_a_typed_unit_of_an_area_is_not_shown_again() -> None:
    assert DecimalAreaField().prepare_value("۴۵ متر مربع") == "۴۵"


def test_limits_of_a_date_are_included() -> None:
    field = JalaliDateField(min_date=date(2024, 3, 20), max_date=date(2024, 4, 1))
    assert field.clean("1403/01/01") == date(2024, 3, 20)
    assert field.clean("1403/01/13") == date(2024, 4, 1)
    assert error_of(field, "1402/12/29") == "تاریخ نباید پیش از ۱۴۰۳/۰۱/۰۱ باشد"
    assert error_of(field, "1403/01/14") == "تاریخ نباید پس از ۱۴۰۳/۰۱/۱۳ باشد"


def test_a_limit_may_be_asked_for_each_time() -> None:
    field = JalaliDateField(max_date=lambda: clock.today())
    assert field.clean("1403/01/06") == TODAY
    assert error_of(field, "1403/01/07") == "تاریخ نباید پس از امروز باشد"
    assert error_of(JalaliDateField(min_date=lambda: clock.today()), "1403/01/05") == (
        "تاریخ نباید پیش از امروز باشد"
    )


def test_the_date_box_carries_todays_date_and_limits_for_the_calendar() -> None:
    html = str(PlaceForm(initial={"born": date(1981, 8, 3)})["born"])
    for part in (
        'value="۱۳۶۰/۰۵/۱۲"',
        "data-jdate",
        'data-today="1403/01/06"',
        'data-max="1403/01/06"',
        'inputmode="numeric"',
        'type="text"',
    ):
        assert part in html
    assert "data-min" not in html


def test_limits_can_be_changed_on_one_form_only() -> None:
    form = PlaceForm()
    form.fields["born"].set_limits(min_date=date(2024, 3, 20))  # type: ignore[attr-defined]
    assert 'data-min="1403/01/01"' in str(form["born"])
    assert "data-min" not in str(PlaceForm()["born"])


def test_the_same_day_typed_another_way_is_no_change() -> None:
    field = JalaliDateField()
    assert not field.has_changed(date(1981, 8, 3), "1360-5-12")
    assert field.has_changed(date(1981, 8, 3), "1360-5-13")
    assert field.has_changed(date(1981, 8, 3), "1360-15-13")
    assert not JalaliDateField(required=False).has_changed(None, "")


@given(st.dates(min_value=date(1901, 3, 22), max_value=date(2072, 3, 18)))
def test_a_shown_date_is_accepted_again(day: date) -> None:
    field = JalaliDateField()
    assert field.clean(field.widget.format_value(day)) == day


@pytest.mark.parametrize(
    ("typed", "area"),
    [
        ("۱۲/۵", "12.5"),
        ("۱۲٫۵", "12.5"),
        ("12.5", "12.5"),
        ("12,5", "12.5"),
        ("۱۲", "12"),
        ("۱۲٫۵۰۰", "12.5"),
        ("۱٬۲۰۰٫۷۵", "1200.75"),
        ("1,200", "1200"),
        ("۱۰۰ متر مربع", "100"),
        ("۱۰۰ متر", "100"),
        ("1000000", "1000000"),
        ("0.01", "0.01"),
    ],
)
def test_an_area_is_read_with_each_decimal_mark(typed: str, area: str) -> None:
    assert DecimalAreaField().clean(typed) == Decimal(area)


@given(st.decimals(min_value="0.01", max_value="1000000", places=2))
def test_a_shown_area_is_accepted_again(area: Decimal) -> None:
    field = DecimalAreaField()
    assert field.clean(field.prepare_value(area)) == area


def test_an_area_is_shown_without_idle_zeros() -> None:
    assert DecimalAreaField().prepare_value(Decimal("12.50")) == "۱۲٫۵"
    assert DecimalAreaField().prepare_value(Decimal("100.00")) == "۱۰۰"
    assert DecimalAreaField().prepare_value(Decimal("1E+2")) == "۱۰۰"


@pytest.mark.parametrize("typed", ["6932400", "۶٬۹۳۲٬۴۰۰", "6,932,400", "۶ ۹۳۲ ۴۰۰ ریال"])
def test_an_amount_is_read_with_its_marks(typed: str) -> None:
    assert RialField().clean(typed) == 6_932_400


@given(st.integers(0, 10**15))
def test_a_shown_amount_is_accepted_again(amount: int) -> None:
    assert RialField().clean(RialField().prepare_value(amount)) == amount


def test_an_amount_may_be_zero_and_an_empty_one_is_none() -> None:
    assert RialField().clean("۰") == 0
    assert RialField(required=False).clean("") is None


@pytest.mark.parametrize("typed", ["-5", "1e5", "9" * 40, "۵+۵"])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        RialField().clean(typed)


@pytest.mark.parametrize(
    ("typed", "hour"),
    [
        ("۱۵", time(15)),
        ("15:30", time(15, 30)),
        ("۱۵.۳۰", time(15, 30)),
        ("۸", time(8)),
        ("08:00", time(8)),
        ("03:00", time(3)),
        ("۳ بعد از ظهر", time(15)),
        ("ساعت ۳:۳۰ بعدازظهر", time(15, 30)),
        ("۳ ب.ظ", time(15)),
        ("۶ عصر", time(18)),
        ("۸ شب", time(20)),
        ("۱۲ شب", time(0)),
        ("۱۲ ظهر", time(12)),
        ("۱ ظهر", time(13)),
        ("۹ صبح", time(9)),
        ("۱۲ بامداد", time(0)),
        ("۱۵ بعد از ظهر", time(15)),
    ],
)
def test_an_hour_is_read_by_digits_or_words(typed: str, hour: time) -> None:
    assert HourField().clean(typed) == hour


@pytest.mark.parametrize("typed", ["۳", "صبح", "۱۵ صبح", "۰ عصر", "۱۲:۶۰", "۳ نصفه", "۱۵:۳۰:۱۰"])
def test_an_hour_that_cannot_be_told_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        HourField().clean(typed)


def test_a_stored_hour_is_shown_on_tehrans_clock() -> None:
    assert HourField().prepare_value(time(15, 30)) == "۱۵:۳۰"
    moment = datetime(2024, 3, 25, 15, 30, tzinfo=clock.TEHRAN).astimezone()
    assert HourField().prepare_value(moment) == "۱۵:۳۰"


def test_a_number_is_shown_in_persian_digits_but_a_code_with_latin_letters_as_it_is() -> None:
    typed = {"mobile": "0912 12", "born": "1404-12-30", "area": "-1", "price": "12,a"}
    form = PlaceForm(typed)
    shown = {"mobile": "۰۹۱۲ ۱۲", "born": "۱۴۰۴-۱۲-۳۰", "area": "-۱", "price": "12,a"}
    for name, text in shown.items():
        assert f'value="{text}"' in str(form[name])
    assert 'value="۰۹۱۲۱۲۳۴۵۶۷"' in str(PlaceForm(initial={"mobile": "09121234567"})["mobile"])
    assert IbanField().prepare_value("62 0170") == "62 0170"


def test_a_refused_form_shows_exactly_what_was_typed() -> None:
    typed = {
        "title": "  طلافروشي  ",
        "mobile": "۰۹۱۲ ۱۲",
        "born": "۱۴۰۴-۱۲-۳۰",
        "area": "۱۲/۵۵۵",
        "price": "۵۰۰ تومان",
        "hour": "۳",
    }
    form = PlaceForm(typed)
    assert set(form.errors) == {"mobile", "born", "area", "price", "hour"}
    for name, text in typed.items():
        assert f'value="{text}"' in str(form[name])


def test_number_boxes_ask_phones_for_the_numeric_keyboard() -> None:
    html = str(PlaceForm()["mobile"])
    assert 'inputmode="tel"' in html
    assert 'dir="ltr"' in html
    assert to_persian(1) not in html
