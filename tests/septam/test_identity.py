"""Numbers of people, companies, places and telephone lines."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from septam import identity
from septam.digits import to_persian

DIGITS = "0123456789"


def refused(check: Callable[..., str], typed: str, *args: object) -> str:
    """The code with which a number is refused."""
    with pytest.raises(identity.Invalid) as caught:
        check(typed, *args)
    assert str(caught.value)
    return caught.value.code


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("0499370899", "0499370899"),
        ("۰۴۹۹۳۷۰۸۹۹", "0499370899"),
        ("٠٤٩٩٣٧٠٨٩٩", "0499370899"),
        ("499370899", "0499370899"),
        (" 049-937089-9 ", "0499370899"),
        ("\u200e0499370899\u200f", "0499370899"),
    ],
)
def test_a_persons_national_id_is_stored_in_one_form(typed: str, stored: str) -> None:
    assert identity.person_id(typed) == stored


def test_an_id_of_eight_digits_is_led_by_two_zeros() -> None:
    assert identity.person_id("12345679") == "0012345679"


@pytest.mark.parametrize("digit", DIGITS)
def test_ten_equal_digits_are_nobodys_id(digit: str) -> None:
    assert refused(identity.person_id, digit * 10) == "person_checksum"


def test_an_empty_middle_is_nobodys_id() -> None:
    number = "123000000"
    assert (
        refused(identity.person_id, number + identity.person_check_digit(number))
        == "person_checksum"
    )


@given(st.text(DIGITS, min_size=9, max_size=9), st.sampled_from(DIGITS))
def test_one_check_digit_alone_fits_a_persons_id(nine: str, last: str) -> None:
    fits = last == identity.person_check_digit(nine)
    ordinary = nine[3:] != "000000" and len(set(nine + last)) > 1
    try:
        assert identity.person_id(nine + last) == nine + last
        accepted = True
    except identity.Invalid:
        accepted = False
    assert accepted == (fits and ordinary)


@given(st.text(DIGITS, min_size=10, max_size=10), st.integers(0, 9), st.sampled_from(DIGITS))
def test_a_single_wrong_digit_of_a_persons_id_is_noticed(
    number: str, place: int, other: str
) -> None:
    valid = number[:9] + identity.person_check_digit(number)
    wrong = valid[:place] + other + valid[place + 1 :]
    if wrong != valid and identity.person_check_digit(valid) not in "01":
        with pytest.raises(identity.Invalid):
            identity.person_id(wrong)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("1234567", "شماره ملی شخص ۱۰ رقم است؛ عدد واردشده ۷ رقم دارد"),
        ("123456789012", "شماره ملی شخص ۱۰ رقم است؛ عدد واردشده ۱۲ رقم دارد"),
    ],
)
def test_a_wrong_length_is_told_in_persian(typed: str, message: str) -> None:
    with pytest.raises(identity.Invalid) as caught:
        identity.person_id(typed)
    assert str(caught.value) == message
    assert caught.value.params == {"count": len(typed)}


def test_who_left_out_a_digit_of_a_national_id_is_told_so() -> None:
    with pytest.raises(identity.Invalid) as told:
        identity.person_id("123456788")
    assert str(told.value) == "شماره ملی شخص ۱۰ رقم است؛ عدد واردشده ۹ رقم دارد"


@pytest.mark.parametrize("typed", ["049937089a", "علی", "²499370899", "+499370899", ""])
def test_anything_but_digits_is_refused(typed: str) -> None:
    assert refused(identity.person_id, typed) == "digits"


@pytest.mark.parametrize(
    "number",
    ["10380284790", "10101780644", "10860953980", "10340046788", "10480020857", "00103508290"],
)
def test_known_companies_ids_are_accepted(number: str) -> None:
    assert identity.company_id(to_persian(number)) == number
    assert identity.national_id(number) == number
    assert identity.economic_number(number) == number


@pytest.mark.parametrize("number", ["10380284792", "09748208301", "11111111111", "00000000000"])
def test_known_false_companies_ids_are_refused(number: str) -> None:
    assert refused(identity.company_id, number) == "company_checksum"


@given(st.text(DIGITS, min_size=10, max_size=10), st.sampled_from(DIGITS))
def test_one_check_digit_alone_fits_a_companys_id(ten: str, last: str) -> None:
    if last != identity.company_check_digit(ten):
        assert refused(identity.company_id, ten + last) == "company_checksum"
    elif ten[3:9] != "000000":
        assert identity.company_id(ten + last) == ten + last


def test_a_national_id_is_told_apart_by_its_length() -> None:
    assert identity.national_id("499370899") == "0499370899"
    assert refused(identity.national_id, "0499370890") == "person_checksum"
    assert refused(identity.national_id, "1234567") == "national_length"


def test_a_foreign_nationals_code_has_the_lengths_of_the_setting() -> None:
    assert identity.foreign_id("۱۲۳۴۵۶۷۸۹۰۱۲", (12, 13)) == "123456789012"
    assert refused(identity.foreign_id, "12345678901", (12, 13)) == "foreign_length"
    assert refused(identity.foreign_id, "0" * 12, (12, 13)) == "foreign_zero"


def test_economic_numbers_have_eleven_twelve_or_fourteen_digits() -> None:
    assert identity.economic_number("411-1234-56789") == "411123456789"
    assert identity.economic_number("04993708990001") == "04993708990001"
    assert refused(identity.economic_number, "1234567890") == "economic_length"
    assert refused(identity.economic_number, "000000000000") == "economic_invalid"
    assert refused(identity.economic_number, "10380284792") == "company_checksum"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("1416932790", "1416932790"),
        ("5951412749", "5951412749"),
        ("۱۴۱۶۹-۳۲۷۹۰", "1416932790"),
        ("14169 32790", "1416932790"),
        ("1135746981", "1135746981"),
    ],
)
def test_postal_codes_are_stored_as_ten_latin_digits(typed: str, stored: str) -> None:
    assert identity.postal_code(typed) == stored


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("141693279", "postal_length"),
        ("14169327901", "postal_length"),
        ("1406932790", "postal_digits"),
        ("1216932790", "postal_digits"),
        ("1111632790", "postal_repeated"),
        ("0000000000", "postal_repeated"),
        ("141693279x", "digits"),
    ],
)
def test_impossible_postal_codes_are_refused(typed: str, code: str) -> None:
    assert refused(identity.postal_code, typed) == code


@pytest.mark.parametrize(
    "typed",
    [
        "09121234567",
        "9121234567",
        "989121234567",
        "+989121234567",
        "00989121234567",
        "۰۹۱۲۱۲۳۴۵۶۷",
        "٠٩١٢١٢٣٤٥٦٧",
        "0912 123 45 67",
        "0912-123-4567",
        "+98 (0) 912 123 4567",
        "\u202a+98 912 123 4567\u202c",
    ],
)
def test_a_mobile_number_is_stored_in_one_form(typed: str) -> None:
    assert identity.mobile(typed) == "09121234567"
    assert identity.phone(typed) == "09121234567"


@given(st.text(DIGITS, min_size=9, max_size=9))
def test_no_operators_prefix_is_refused(rest: str) -> None:
    assert identity.mobile(f"9{rest}") == f"09{rest}"
    assert identity.mobile(f"+989{rest}") == f"09{rest}"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("0912123456", "mobile_length"),
        ("091212345678", "mobile_length"),
        ("02188776655", "mobile_landline"),
        ("+98 21 8877 6655", "mobile_landline"),
        ("+44 7911 123456", "mobile_foreign"),
        ("0093 70 123 4567", "mobile_foreign"),
        ("12345678901", "mobile_start"),
        ("abc", "digits"),
        ("0912123456²", "digits"),
    ],
)
def test_a_wrong_mobile_number_is_refused(typed: str, code: str) -> None:
    assert refused(identity.mobile, typed) == code


def test_a_short_mobile_number_is_told_its_length_as_dialled() -> None:
    with pytest.raises(identity.Invalid) as caught:
        identity.mobile("+98 912 123 456")
    assert str(caught.value) == "شماره همراه ۱۱ رقم است؛ عدد واردشده ۱۰ رقم دارد"


@pytest.mark.parametrize(
    "typed",
    [
        "02188776655",
        "2188776655",
        "021-88776655",
        "+982188776655",
        "00982188776655",
        "982188776655",
        "+98 (0)21 8877 6655",
        "۰۲۱۸۸۷۷۶۶۵۵",
        "02102188776655",
        "۰۲۱۰۲۱۸۸۷۷۶۶۵۵",
        "0212188776655",
        "021+982188776655",
        "021021 02188776655",
    ],
)
def test_a_landline_is_stored_once_with_its_area_code(typed: str) -> None:
    assert identity.landline(typed) == "02188776655"
    assert identity.phone(typed) == "02188776655"


def test_a_bare_local_number_takes_the_area_code_of_the_province() -> None:
    assert identity.landline("88776655", "021") == "02188776655"
    assert refused(identity.landline, "88776655") == "landline_area_missing"


def test_a_full_number_of_another_province_wins_over_the_prefilled_code() -> None:
    assert identity.landline("02102633334444", "021") == "02633334444"
    assert identity.landline("02633334444", "021") == "02633334444"


def test_a_mobile_number_after_a_prefilled_area_code_is_read() -> None:
    assert identity.phone("02109121234567", "021") == "09121234567"


@pytest.mark.parametrize("area", sorted(identity.AREA_CODES))
def test_every_provinces_area_code_is_accepted(area: str) -> None:
    assert identity.landline(f"{area}33445566") == f"{area}33445566"


def test_there_is_one_area_code_a_province() -> None:
    assert len(identity.AREA_CODES) == 31


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("0218877665", "landline_length"),
        ("021887766551", "landline_length"),
        ("02988776655", "landline_area"),
        ("02118877665", "landline_start"),
        ("021-88776655 داخلی ۲", "digits"),
        ("09121234567", "landline_mobile"),
    ],
)
def test_a_wrong_landline_is_refused(typed: str, code: str) -> None:
    assert refused(identity.landline, typed) == code


@pytest.mark.parametrize(
    ("typed", "count"),
    [("1", 1), ("912123", 6), ("0912123", 7), ("21887766551", 12), ("+98912123", 7)],
)
def test_a_phone_of_wrong_length_is_told_how_many_digits_were_typed(typed: str, count: int) -> None:
    with pytest.raises(identity.Invalid) as caught:
        identity.phone(typed)
    assert caught.value.params == {"count": count}


def test_a_wrong_phone_is_told_about_the_kind_it_looks_like() -> None:
    assert refused(identity.phone, "0912123") == "mobile_length"
    assert refused(identity.phone, "021887") == "landline_length"
