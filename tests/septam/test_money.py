"""Rial, toman, words and value added tax."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from septam.money import format_rial, in_words, toman_line, vat_of


def test_the_guides_own_amounts_come_out() -> None:
    assert vat_of(6_360_000, 900) == 572_400
    assert format_rial(6_360_000 + 572_400) == "۶٬۹۳۲٬۴۰۰"
    assert toman_line(6_932_400) == "۶۹۳٬۲۴۰ تومان"


def test_toman_is_not_shown_with_a_fraction() -> None:
    assert toman_line(6_932_405) == ""
    assert toman_line(0) == "۰ تومان"


@pytest.mark.parametrize(
    ("base", "rate", "tax"),
    [(101, 900, 9), (99, 1000, 9), (10, 1000, 1), (9, 1000, 0), (500, 0, 0)],
)
def test_the_fraction_of_a_rial_is_cut_from_tax(base: int, rate: int, tax: int) -> None:
    assert vat_of(base, rate) == tax


def test_tax_of_a_negative_base_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        vat_of(-1, 900)


@given(st.integers(min_value=0, max_value=10**15), st.integers(min_value=0, max_value=10_000))
def test_tax_is_never_more_than_the_exact_share(base: int, rate: int) -> None:
    assert 0 <= base * rate - vat_of(base, rate) * 10_000 < 10_000


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "صفر"),
        (7, "هفت"),
        (19, "نوزده"),
        (21, "بیست و یک"),
        (100, "یکصد"),
        (110, "یکصد و ده"),
        (1000, "یک هزار"),
        (1_001, "یک هزار و یک"),
        (6_932_400, "شش میلیون و نهصد و سی و دو هزار و چهارصد"),
        (1_000_000_000, "یک میلیارد"),
        (2_500_000_000_000, "دو هزار و پانصد میلیارد"),
        (-20, "منفی بیست"),
    ],
)
def test_amounts_are_written_in_words(amount: int, words: str) -> None:
    assert in_words(amount) == words


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_two_amounts_never_share_their_words(one: int, other: int) -> None:
    assert (in_words(one) == in_words(other)) == (one == other)


def test_an_amount_too_large_for_words_is_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        in_words(10**18)
