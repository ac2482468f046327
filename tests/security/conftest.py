"""Fixtures of the security tests: the bank, and everything that is logged as production logs it."""

import logging
from collections.abc import Iterator

import pytest

from septam.logs import JsonFormatter, RequestIdFilter
from tests.billing.bank import bank, bank_server

__all__ = ["bank", "bank_server", "logged"]


class _Lines(logging.Handler):
    """Keeps each record as the portal's own handler would write it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(JsonFormatter())
        self.addFilter(RequestIdFilter())

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.lines.append(self.format(record))


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """Every line that is logged, down to DEBUG where the settings do not silence a logger."""
    handler, root = _Lines(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler.lines
    root.setLevel(level)
    root.removeHandler(handler)
