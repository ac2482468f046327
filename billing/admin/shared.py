"""What the office's pages of money share: rows to look at, search by number, moments and links."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from billing.models import Order
from septam.digits import is_number, to_latin, to_persian
from septam.money import format_rial
from septam.templatetags.persian import code


class LookedAtRows(admin.TabularInline):
    """Rows below their parent, to be looked at."""

    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


def order_link(order: Order) -> SafeString:
    address = reverse("admin:billing_order_change", args=[order.pk])
    return format_html('<a href="{}">{}</a>', address, code(to_persian(order.number)))


def rial_column(name: str, title: Any) -> Callable[[Any], str]:
    """A column or read-only line with the rial of the field `name`, in groups of three."""

    @admin.display(description=title, ordering=name)
    def column(row: models.Model) -> str:
        amount = getattr(row, name)
        return "–" if amount is None else format_rial(amount)

    return column


class NumberSearch:
    """Search by numbers only: each goes to the indexed columns that may hold it, never across a join."""

    number_columns: ClassVar[tuple[str, ...]] = ()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Rows with exactly this number."""
        number = to_latin(search_term.strip())
        if not number:
            return queryset, False
        if not is_number(number) or len(number) > 18:
            return queryset.none(), False
        wanted = models.Q()
        for column in self.number_columns:
            wanted |= models.Q(**{column: number})
        return queryset.filter(wanted), False
