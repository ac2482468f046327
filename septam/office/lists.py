"""The office's lists: fast on millions of rows, and answering only what they offer.

A list never counts all its rows: the paginator counts up to a cap. It filters and sorts by what its page shows alone.
"""

from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.core.paginator import Page, Paginator
from django.db import models
from django.http import HttpRequest
from django.utils.functional import cached_property

COUNT_CAP = 10_000
FOUND_CAP = 500


class CappedPaginator(Paginator):
    """Counts at most COUNT_CAP rows; what lies deeper is found by searching, not by turning pages."""

    @property
    def cap(self) -> int:
        """How far it counts."""
        return COUNT_CAP

    @cached_property
    def count(self) -> int:
        """The number of rows, at most the cap."""
        rows: Any = self.object_list
        if isinstance(rows, models.QuerySet):
            return rows.order_by()[: self.cap].values("pk").count()
        return len(rows)

    def page(self, number: Any) -> Page[Any]:
        """The rows of this page. Of a later one the keys are found first, so that what lies before it is not joined."""
        rows, number = self.object_list, self.validate_number(number)
        if number == 1 or not isinstance(rows, models.QuerySet):
            return super().page(number)
        bottom = (number - 1) * self.per_page
        keys = rows.select_related(None).values("pk")[bottom : bottom + self.per_page]
        return Page(rows.filter(pk__in=keys), number, self)

    @property
    def is_capped(self) -> bool:
        """Whether there may be more rows than were counted."""
        return self.count >= self.cap


class FoundPaginator(CappedPaginator):
    """Pages of what a search found: ten of them, and nobody turns further before typing another word."""

    @property
    def cap(self) -> int:
        """How far it counts: each match costs a look into the index of words."""
        return FOUND_CAP

    @cached_property
    def count(self) -> int:
        """The number of matches, at most the cap."""
        return len(self._keys)

    def page(self, number: Any) -> Page[Any]:
        """The rows of this page, by the keys that were found: the index of words is looked through once."""
        rows: Any = self.object_list
        number = self.validate_number(number)
        bottom = (number - 1) * self.per_page
        keys = self._keys[bottom : bottom + self.per_page]
        return Page(rows.filter(pk__in=keys) if keys else [], number, self)

    @cached_property
    def _keys(self) -> list[Any]:
        rows: Any = self.object_list
        return list(rows.select_related(None).values_list("pk", flat=True)[: self.cap])


class PagedList(ChangeList):
    """A list that is filtered by its own filters alone, sorts by no column that the page does not offer, asks for rows once.

    Django takes any column of the model from the address: letter by letter somebody could ask for what no page shows, and
    such a column may have no index. It also would search anew for an only page, and look for the rows of an empty one.
    """

    def get_filters(self, request: HttpRequest) -> Any:
        """Raises IncorrectLookupParameters for what no filter of the list asks by: then it is shown unfiltered."""
        found = super().get_filters(request)
        # «state=ready» asks the same as the filter's own «state__exact=ready».
        if set(found[2]) - {one for one in self.list_filter if isinstance(one, str)}:
            raise IncorrectLookupParameters
        return found

    def get_ordering(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> list[Any]:
        """By what was asked for, if it is offered; else the list's own order."""
        asked = self.params.pop(ORDER_VAR, "").split(".")
        if offered := [one for one in asked if self._offers(one)]:
            self.params[ORDER_VAR] = ".".join(offered)
        ordering: list[Any] = super().get_ordering(request, queryset)
        return ordering

    def _offers(self, asked: str) -> bool:
        columns = {str(number): name for number, name in enumerate(self.list_display)}
        return columns.get(asked.removeprefix("-")) in (self.sortable_by or ())

    def get_results(self, request: HttpRequest) -> None:
        """The rows of this page."""
        super().get_results(request)
        if not self.result_count:
            self.result_list = self.queryset.none()
        elif not self.multi_page and isinstance(self.paginator, FoundPaginator):
            self.result_list = self.paginator.page(1).object_list
