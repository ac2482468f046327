"""What a visit would cost: category, area and city or province, asked by GET and answered by the cart's own `quote`."""

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
from septam.forms.base import PortalForm
from septam.forms.fields import DecimalAreaField
from sites.choice_field import ChoiceByTyping, ChoiceByTypingField, SearchSteps
from sites.long_lists import CATEGORIES, LOCALITIES
from sites.models import Category, City, Level, Province


def _by_typing(address: str) -> ChoiceByTyping:
    return ChoiceByTyping({"data-suggest": reverse_lazy(address), "maxlength": 160})


class VisitForm(SearchSteps, PortalForm, forms.Form):
    """The visit that is asked about."""

    category = ChoiceByTypingField(
        label=_("Category (from the list)"), long_list=CATEGORIES, answered_at=reverse_lazy("portal:prices"),
        widget=_by_typing("sites:category_suggest"), help_text=_("Type, and click in the list"),
    )  # fmt: skip
    area = DecimalAreaField(label=_("Area (square metres)"))
    city = ChoiceByTypingField(
        label=_("City or province"), long_list=LOCALITIES, answered_at=reverse_lazy("portal:prices"),
        widget=_by_typing("sites:locality_suggest"), help_text=_("Type a part of the name, and click in the list"),
    )  # fmt: skip
    widths = {"area": "short"}


@dataclass(frozen=True)
class Calculated:
    """The answer: the sums of a first visit and of a re-visit, or neither where a price is missing."""

    category: Category
    area: Decimal
    city: City | Province
    first: Quote | None
    revisit: Quote | None
    # Whether cities of the province that was asked about have a travel fee of their own.
    differs_by_city: bool = False

    @property
    def is_city(self) -> bool:
        """Whether a city was told, which the form of a place can begin with, and no province."""
        return isinstance(self.city, City)

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


_NO_CITY = 0  # no city's id: the fees of the province itself hold


def _calculated(known: dict[str, Any], day: date, tariffs: Tariffs) -> Calculated:
    where = known["city"]
    is_city = isinstance(where, City)
    place = Locality(where.pk, where.province_id) if is_city else Locality(_NO_CITY, where.pk)

    def price(kind: str) -> Quote | None:
        level = known["category"].level
        try:
            return quote(
                kind=kind, level=level, area=known["area"], city=place, day=day, tariffs=tariffs
            )
        except NoPrice:
            return None

    own_fees = [one for one in tariffs.travels if one.city_id and one.province_id == where.pk]
    return Calculated(
        **known, first=price("first"), revisit=price("revisit"), differs_by_city=not is_city and bool(own_fees)
    )  # fmt: skip
