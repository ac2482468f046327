"""Pages of open work in the order of `work_list.in_order_of_urgency`, of which only what is shown is joined and drawn.

To sort all open requests of a laboratory for the fifty that are shown would cost more with each that waits. Those to call,
which come first, stand in an index in their order; the others are asked for where these do not fill the page.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.paginator import Page
from django.db.models import QuerySet

from inspections.models import RequestStatus
from septam.office.lists import CappedPaginator


class UrgencyPaginator(CappedPaginator):
    """Pages of rows that are open work, of all turns or of one status."""

    def __init__(self, rows: QuerySet[Any], per_page: int, statuses: Sequence[str]) -> None:
        super().__init__(rows, per_page)
        self.statuses = statuses

    def page(self, number: Any) -> Page[Any]:
        """The rows of this page."""
        number = self.validate_number(number)
        keys = self._keys((number - 1) * self.per_page, self.per_page)
        found = {row.pk: row for row in self._rows.order_by().filter(pk__in=keys)}
        return Page([found[key] for key in keys if key in found], number, self)

    @property
    def _rows(self) -> QuerySet[Any]:
        rows: Any = self.object_list
        return rows

    def _keys(self, skipped: int, count: int) -> list[int]:
        keys: list[int] = []
        narrow = self._rows.select_related(None)
        for statuses, order in self._parts():
            part = narrow.filter(status__in=statuses)
            end = skipped + count - len(keys)
            keys += part.order_by(*order).values_list("pk", flat=True)[skipped:end]
            if len(keys) == count:
                break
            # Only a later page may begin behind a whole part, which has to be counted then.
            skipped = skipped - part.order_by().count() if skipped and not keys else 0
        return keys

    def _parts(self) -> Iterator[tuple[list[str], tuple[str, ...]]]:
        """Whom to call, along the index of ages; then the visits and what waits for others."""
        first = [status for status in self.statuses if status == RequestStatus.SCHEDULING]
        others = [status for status in self.statuses if status not in first]
        if first:
            yield first, ("paid_at", "id")
        if others:
            yield others, ("turn", "due", "id")
