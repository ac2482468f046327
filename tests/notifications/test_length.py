"""The length of an SMS as the operators count it, and the parts it is paid in."""

import pytest

from notifications.length import is_gsm, parts, units


@pytest.mark.parametrize(
    ("text", "length", "count"),
    [
        ("", 0, 1),
        ("ا" * 70, 70, 1),
        ("ا" * 71, 71, 2),
        ("ا" * 134, 134, 2),
        ("ا" * 135, 135, 3),
        ("ا" * 201, 201, 3),
        ("ا" * 202, 202, 4),
        ("a" * 160, 160, 1),
        ("a" * 161, 161, 2),
        ("a" * 306, 306, 2),
        ("a" * 307, 307, 3),
    ],
)
def test_a_text_falls_into_parts(text: str, length: int, count: int) -> None:
    assert (units(text), parts(text)) == (length, count)


def test_one_persian_sign_makes_the_whole_text_persian() -> None:
    assert is_gsm("a" * 100)
    for sign in ("ی", "۱", "\u200c", "«", "؟", "…"):
        assert not is_gsm("a" * 100 + sign)
        assert parts("a" * 100 + sign) == 2


def test_an_emoji_counts_twice_and_so_do_the_extended_signs_of_the_operators_alphabet() -> None:
    assert units("سلام 🙂") == 7
    assert units("{a}€") == 7
    assert parts("🙂" * 35) == 1
    assert parts("🙂" * 36) == 2


def test_a_line_end_counts_once_and_a_half_space_too() -> None:
    assert units("سپتام\nنمی‌شود") == 13
