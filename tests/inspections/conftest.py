"""The portal's clock stands at a quiet Saturday morning in every test of visits."""

from collections.abc import Iterator

import pytest

from septam import clock
from tests.inspections.journey import START


@pytest.fixture
def at_start(db: None) -> Iterator[None]:
    """Saturday 25 Farvardin 1403, 10 o'clock."""
    clock.move_to(START)
    yield
    clock.forget()
