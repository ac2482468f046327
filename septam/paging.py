"""Pages of an owner's own lists, which nearly always fit on one: then nothing is counted."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

Rows = QuerySet[Any]


def page_of(
    rows: Rows | Callable[[], Rows], number: str | None, size: int, first: list[Any] | None = None
) -> Page[Any]:
    """The page `number` (as typed in the address) of ordered rows; one query where all fit on one page.

    `first`: the first `size + 1` rows, where a prepared query gave them; then `rows` may be a function, which is
    called for another page only.
    """
    if first is None:
        rows = rows() if callable(rows) else rows
        first = list(rows[: size + 1])
    if len(first) <= size:
        return Paginator(first, size).get_page(1)
    return Paginator(rows() if callable(rows) else rows, size).get_page(number)
