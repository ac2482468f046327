"""What a visit would cost: category, area and city, asked by GET and answered by the one `quote` of the cart."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from billing.money_rows import rows_of
from billing.pricing import Locality, NoPrice, Quote, Tariffs, quote
from septam.fields import DecimalAreaField
from septam.forms import PortalForm
from sites.choice_field import ChoiceByTyping, ChoiceByTypingField
from sites.long_lists import CATEGORIES, CITIES
from sites.models import Category, City, Level


def _by_typing(address: str) -> ChoiceByTyping:
    return ChoiceByTyping({"data-suggest": reverse_lazy(address), "maxlength": 160})


class VisitForm(PortalForm, forms.Form):
    """The visit that is asked about."""

    category = ChoiceByTypingField(
        label=_("Category (from the list)"), long_list=CATEGORIES,
        widget=_by_typing("sites:category_suggest"), help_text=_("Type, and click in the list"),
    )  # fmt: skip
    area = DecimalAreaField(label=_("Area (square metres)"))
    city = ChoiceByTypingField(
        label=_("Province and city"), long_list=CITIES, widget=_by_typing("sites:city_suggest"),
        help_text=_("Type a part of the name, and click in the list"),
    )  # fmt: skip
    widths = {"area": "short"}

    def search_only(self, name: str) -> None:
        """After a search button: nothing is wrong yet but what was searched for."""
        self.is_valid()
        for other in [key for key in self.errors if key != name]:
            del self.errors[other]


@dataclass(frozen=True)
class Calculated:
    """The answer: the sums of a first visit and of a re-visit, or neither where a price is missing."""

    category: Category
    area: Decimal
    city: City
    first: Quote | None
    revisit: Quote | None

    @property
    def level(self) -> str:
        """«سطح ۴ (SL4)»"""
        return str(Level(self.category.level).label)

    @property
    def shown_area(self) -> str:
        """The area in Persian digits."""
        return str(DecimalAreaField().prepare_value(self.area))

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of the first visit's sum, as in the cart."""
        return rows_of(self.first.lines, self.first.vat_rial) if self.first else []


def asked(data: QueryDict, day: date, tariffs: Tariffs) -> tuple[VisitForm, Calculated | None]:
    """The form as it is to be shown, and the answer once everything is known.

    A category alone, as the list of trades links it, is filled in and nothing is said to be wrong.
    """
    if "area" not in data:
        return VisitForm(initial={"category": data.get("category", "")[:160]}), None
    form = VisitForm(data)
    searched = data.get("search", "")
    if searched in form.fields:
        form.search_only(searched)
        return form, None
    return form, _calculated(form.cleaned_data, day, tariffs) if form.is_valid() else None


def _calculated(known: dict[str, Any], day: date, tariffs: Tariffs) -> Calculated:
    def price(kind: str) -> Quote | None:
        city = Locality(known["city"].pk, known["city"].province_id)
        level = known["category"].level
        try:
            return quote(
                kind=kind, level=level, area=known["area"], city=city, day=day, tariffs=tariffs
            )
        except NoPrice:
            return None

    return Calculated(**known, first=price("first"), revisit=price("revisit"))
