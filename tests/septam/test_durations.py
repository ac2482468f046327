"""Waiting times in words."""

import pytest

from septam import durations


@pytest.mark.parametrize(
    "seconds, words",
    [
        (0, "۱ دقیقه"), (61, "۲ دقیقه"), (900, "۱۵ دقیقه"), (3600, "۱ ساعت"), (3601, "۱ ساعت و ۱ دقیقه"),
        (10_800, "۳ ساعت"), (10_801, "۴ ساعت"), (86_400, "۲۴ ساعت"),
    ],
)  # fmt: skip
def test_a_time_to_wait_is_rounded_up_and_told_in_words(seconds: int, words: str) -> None:
    assert durations.in_words(seconds) == words
