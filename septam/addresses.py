"""Addresses of pages of numbered rows, for lists that show many of them."""

from functools import lru_cache

from django.urls import reverse

_MARK = 8_765_432_100


def address_of(url_name: str, number: int) -> str:
    """`reverse(url_name, args=[number])`; the pattern is looked up once a process."""
    before, after = _around(url_name)
    return f"{before}{number}{after}"


@lru_cache(maxsize=64)
def _around(url_name: str) -> tuple[str, str]:
    before, _mark, after = reverse(url_name, args=[_MARK]).partition(str(_MARK))
    return before, after
