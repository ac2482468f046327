"""Pages of an owner's own lists, which nearly always fit on one: then nothing is counted."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet


def page_of(rows: QuerySet[Any], number: str | None, size: int) -> Page[Any]:
    """The page `number` (as typed in the address) of ordered rows; one query where all fit on one page."""
    first = list(rows[: size + 1])
    if len(first) <= size:
        return Paginator(first, size).get_page(1)
    return Paginator(rows, size).get_page(number)
