"""Addresses of numbered rows are those that Django gives."""

import pytest
from django.urls import NoReverseMatch, reverse

from septam.addresses import address_of


@pytest.mark.parametrize("name", ["sites:place_edit", "inspections:request_visit"])
def test_an_address_is_the_one_that_django_gives(name: str) -> None:
    for number in (1, 20, 8_765_432_100):
        assert address_of(name, number) == reverse(name, args=[number])


def test_an_unknown_page_is_an_error() -> None:
    with pytest.raises(NoReverseMatch):
        address_of("sites:nothing", 1)
