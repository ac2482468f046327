"""Digits, clean text, and the keys by which names are found and ordered."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from septam.digits import group, is_number, row_number, to_latin, to_persian
from septam.text import clean, is_readable, search_key, shorten, sort_key

PERSIAN_NAMES = st.text(alphabet="ءآابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی \u200c۱۲ئيكىةأـِ", max_size=30)


def test_digits_of_all_three_alphabets_become_latin() -> None:
    assert to_latin("۰۱۲۳۴۵۶۷۸۹ ٠١٢٣٤٥٦٧٨٩ 0123456789 ۷۷۸۱/A") == f"{'0123456789 ' * 3}7781/A"


def test_digits_are_shown_in_persian() -> None:
    assert to_persian("7781/A ٣") == "۷۷۸۱/A ۳"
    assert to_persian(1403) == "۱۴۰۳"


def test_groups_of_three_have_the_persian_mark() -> None:
    assert group(6_932_400) == "۶٬۹۳۲٬۴۰۰"
    assert (group(0), group(999), group(-1500)) == ("۰", "۹۹۹", "−۱٬۵۰۰")


@pytest.mark.parametrize("text", ["", "²", "۱۲", "1²", "1 2", "-1"])
def test_only_latin_digits_count_as_a_number(text: str) -> None:
    assert not is_number(text)
    assert is_number("0123")


@given(st.integers(min_value=-(10**18), max_value=10**18))
def test_a_grouped_number_reads_back_as_itself(number: int) -> None:
    assert int(to_latin(group(number)).replace("٬", "").replace("−", "-")) == number


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("كازرون", "کازرون"),
        ("علي  رضایی\t", "علی رضایی"),
        ("\u202bطلافروشی\u202c \u200eحسینی\ufeff", "طلافروشی حسینی"),
        ("قائم\u200c\u200cشهر", "قائم\u200cشهر"),
        ("\u200cخانه \u200c ما\u200c", "خانه ما"),
        ("می\u200c رود", "می رود"),
        ("ﻃﻼﻓﺮﻭﺷﯽ", "طلافروشی"),
        ("کتابِ\u200cمن", "کتابِ\u200cمن"),
        ("a\x00b\u00a0c", "ab c"),
        ("\u3164\u115f\u2800\uffa0", ""),
        ("کافه\uffff\U0001fffe", "کافه"),
        ("سطر\nدوم", "سطر دوم"),
        ("متر²", "متر²"),
        ("آ", "آ"),
    ],
)
def test_text_is_stored_clean(typed: str, stored: str) -> None:
    assert clean(typed) == stored


def test_digits_of_a_text_stay_as_they_were_typed() -> None:
    assert clean("پلاک ۱۲ واحد 3") == "پلاک ۱۲ واحد 3"


def test_lines_of_an_address_survive() -> None:
    assert clean(" خیابان ولي\r\n\r\n\r\n\r\nپلاک  ۲ \n", multiline=True) == "خیابان ولی\n\nپلاک ۲"


@given(st.text() | PERSIAN_NAMES)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    lines = clean(text, multiline=True)
    assert clean(lines, multiline=True) == lines


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("كازرون", "کازرون"),
        ("قائم شهر", "قائمشهر"),
        ("قائم\u200cشهر", "قايم\u200cشهر"),
        ("خرم‌آباد", "خرم اباد"),
        ("فاطمة", "فاطمه"),
        ("خانۀ", "خانهٔ"),
        ("مؤسسه", "موسسه"),
        ("أحمد إ آ", "احمدا ا"),
        ("مُحَمَّد", "محمد"),
        ("مـــحمد", "محمد"),
        ("شعبه ۱۲", "شعبه ١٢"),
        ("شعبه 12", "شعبه۱۲"),
        ("\u202bتهران\u202c", "تهران"),
        ("موسیقى", "موسیقی"),
        ("HELLO", "hello"),
    ],
)
def test_two_spellings_of_a_name_have_one_search_key(one: str, other: str) -> None:
    assert search_key(one) == search_key(other) != ""


def test_different_names_have_different_search_keys() -> None:
    assert len({search_key(name) for name in ("ساری", "سارا", "شاری", "ساری ۲")}) == 4


def test_the_search_key_has_no_spaces() -> None:
    assert search_key("استان آذربایجان شرقی") == "استاناذربایجانشرقی"


@given(st.text() | PERSIAN_NAMES)
def test_the_search_key_of_a_search_key_is_itself(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


@given(st.text() | PERSIAN_NAMES)
def test_cleaning_never_changes_the_search_key(text: str) -> None:
    assert search_key(clean(text)) == search_key(text)


def test_sort_keys_put_persian_names_in_order() -> None:
    names = [
        "۱۲ فروردین",
        "آبادان",
        "آذرشهر",
        "اراک",
        "اهر",
        "بم",
        "پاوه",
        "تهران",
        "چالوس",
        "خوی",
        "دزفول",
        "رشت",
        "ژاورود",
        "ساری",
        "شیراز",
        "صحنه",
        "ظهران",
        "قم",
        "کرج",
        "گرگان",
        "لار",
        "میبد",
        "نور",
        "ورامین",
        "همدان",
        "یزد",
        "IKEA",
        "Zara",
    ]
    keys = [sort_key(name).encode() for name in names]
    assert all(one < next_one for one, next_one in pairwise(keys))


def test_names_are_ordered_word_by_word() -> None:
    assert sort_key("قم نو") < sort_key("قمصر")
    assert sort_key("قائم\u200cشهر") == sort_key("قائمشهر")
    assert sort_key("كرمان") == sort_key("کرمان")


@given(st.text() | PERSIAN_NAMES)
def test_sort_keys_are_printable_ascii(text: str) -> None:
    key = sort_key(text)
    assert key.isascii()
    assert key == "" or key.isprintable()


def test_a_long_title_is_cut_with_an_ellipsis() -> None:
    assert shorten("طلافروشی حسینی", 22) == "طلافروشی حسینی"
    assert shorten("طلافروشی بزرگ برادران حسینی", 22) == "طلافروشی بزرگ برادران…"
    assert shorten("طلافروشی بزرگ", 10) == "طلافروشی…"
    assert shorten("می\u200cروم", 4) == "می…"


@given(st.text(max_size=60), st.integers(min_value=1, max_value=50))
def test_a_shortened_text_is_never_too_long(text: str, limit: int) -> None:
    assert len(shorten(text, limit)) <= limit


@pytest.mark.parametrize("sent", ["", "²", "-1", "1.0", "1" * 19, "9" * 5000, "۱۲", " 7", "x"])
def test_what_can_be_no_number_of_a_row_is_none(sent: str) -> None:
    assert row_number(sent) is None
    assert row_number("9" * 18) == 10**18 - 1


@pytest.mark.parametrize(
    ("text", "readable"),
    [("کافه ۲", True), ("Café", True), ("۱۲۳", True), ("漢字店", False), ("🏪🏪", False), ("—!", False), ("کافه ☕", True)],
)  # fmt: skip
def test_what_papers_print_has_a_persian_or_latin_letter_or_a_digit(
    text: str, readable: bool
) -> None:
    assert is_readable(text) is readable
