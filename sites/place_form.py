"""The form of a place, in the guide's words.

The title is enough to save; the tick «اطلاعات محل تکمیل بوده …» demands the rest. Fields marked with a star
are those that it demands.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse_lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from septam import identity
from septam.digits import to_persian
from septam.forms.base import PortalForm
from septam.forms.fields import (
    DecimalAreaField,
    LandlineField,
    NationalIdField,
    PersianCharField,
    PhoneField,
    PostalCodeField,
    check_readable,
)
from sites import begun, place_rules
from sites.choice_field import ChoiceByTyping, ChoiceByTypingField, SearchSteps
from sites.long_lists import CATEGORIES, CITIES
from sites.models import Category, City, CloudProduct, Laboratory
from sites.offered import Choices, offered, with_hint
from sites.place import Connection, Place, PlaceState, RegistrantRole
from sites.search import laboratories_for, seat_of

# What the place keeps of the form, field by field; the rest steers the form itself.
KEPT = (
    "title", "sign_name", "category", "postal_code", "area", "city", "address", "representative_name",
    "representative_phone", "second_phone", "visiting_hours", "cloud_product", "cloud_landline",
    "laboratory", "connection", "note", "note_shared", "women_only", "registrant_role", "holder_name",
    "holder_national_id",
)  # fmt: skip
NUMBERS = (
    "postal_code", "representative_phone", "second_phone", "cloud_landline", "holder_national_id",
)  # fmt: skip
WITH_AREA_CODE = ("representative_phone", "cloud_landline")

FOLDS = {
    **dict.fromkeys(("second_phone", "visiting_hours"), _("Second phone and good hours (optional)")),
    **dict.fromkeys(("connection", "note", "note_shared", "women_only"), _("Connections, note, place for women (optional)")),
    **dict.fromkeys(("registrant_role", "holder_name", "holder_national_id"), _("If the licence is in another's name")),
}  # fmt: skip


class HolderIdField(NationalIdField):
    """The holder's national id; a longer number is read as a foreign national's code."""

    def parse(self, typed: str) -> str:
        """See :mod:`septam.identity`."""
        if len(identity.compact(typed)) in settings.FOREIGN_ID_LENGTHS:
            return identity.foreign_id(typed, settings.FOREIGN_ID_LENGTHS)
        return super().parse(typed)


class LaboratoryField(forms.ModelChoiceField):
    """The laboratories of a city, each with where it has its seat: that is what is known to tell them apart."""

    def label_from_instance(self, obj: Any) -> str:
        """Name and seat."""
        return with_hint(obj.name, seat_of(obj))


def _text(label: Any, length: int, **options: Any) -> PersianCharField:
    too_long = format_lazy(_("At most {count} letters; shorten it"), count=to_persian(length))
    errors = {"max_length": too_long}
    return PersianCharField(label=label, max_length=length, error_messages=errors, **options)


def _long_text(label: Any, length: int, rows: int, **options: Any) -> PersianCharField:
    return _text(label, length, widget=forms.Textarea({"rows": rows}), **options)


def _by_typing(address: str) -> ChoiceByTyping:
    return ChoiceByTyping({"data-suggest": reverse_lazy(address), "maxlength": 160})


class PlaceForm(SearchSteps, PortalForm, forms.Form):
    """A place of ``place.owner``; ``place`` is an unsaved one for a new place."""

    title = _text(
        _("Title of the place"), 80, help_text=_("It is printed on the certificate"),
        validators=[check_readable],
    )  # fmt: skip
    sign_name = _text(_("Name on the sign"), 80, required=False, validators=[check_readable])
    category = ChoiceByTypingField(
        label=_("Category (from the list)"), long_list=CATEGORIES,
        widget=_by_typing("sites:category_suggest"), help_text=_("Type, and click in the list"),
        error_messages={"required": _("Choose the category from the list.")},
    )  # fmt: skip
    postal_code = PostalCodeField(
        label=_("Postal code"),
        error_messages={"required": _("Write the postal code; bills and the licence show it.")},
    )
    postal_sure = forms.BooleanField(
        label=_("The postal code is right; go on with it"), required=False
    )
    area = DecimalAreaField(label=_("Area (square metres)"))
    # Before the phones and the laboratory, which depend on it.
    city = ChoiceByTypingField(
        label=_("Province and city"), long_list=CITIES, widget=_by_typing("sites:city_suggest"),
        help_text=_("Type a part of the name, and click in the list"),
    )  # fmt: skip
    address = _long_text(
        _("Exact address"), 500, 3, help_text=_("Is not printed on the certificate")
    )
    representative_name = _text(
        _("Representative on site"), 80, help_text=_("Who is there at the visit; it may be you")
    )
    representative_phone = PhoneField(
        label=_("Phone of the representative on site"), help_text=_("A mobile, or a landline with its area code"),
    )  # fmt: skip
    second_phone = PhoneField(label=_("Second phone"), required=False)
    visiting_hours = _text(_("Good hours for a call and a visit"), 120, required=False)
    cloud_product = forms.ModelChoiceField(
        CloudProduct.objects.none(), label=_("Cloud service of the telecom"), required=False, blank=True,
        empty_label=_("No cloud service"), widget=forms.RadioSelect,
        help_text=_("Its price stands in the price list, and in the cart before you pay"),
    )  # fmt: skip
    cloud_landline = LandlineField(
        label=_("Landline of the cloud service"), required=False,
        help_text=_("With its area code; only needed with a cloud service"),
    )  # fmt: skip
    laboratory = LaboratoryField(
        Laboratory.objects.none(), label=_("Laboratory"), widget=forms.RadioSelect, empty_label=None,
        error_messages={"invalid_choice": _("This laboratory does not cover the city; choose another.")},
    )  # fmt: skip
    connection = forms.ChoiceField(
        label=_("Connections"), required=False, choices=Connection.choices, widget=forms.RadioSelect,
        initial=Connection.LOCAL,
    )  # fmt: skip
    note = _long_text(
        _("Explanatory note"), 1000, 3, required=False,
        help_text=_("The text of this part can be seen by you only"),
    )  # fmt: skip
    note_shared = forms.BooleanField(label=_("Show it to the expert"), required=False)
    women_only = forms.BooleanField(
        label=_("The place is for women only"), required=False,
        help_text=_("A woman expert comes, and photos follow the rule of such places"),
    )  # fmt: skip
    registrant_role = forms.ChoiceField(
        label=_("Role of the registrant"), required=False, choices=RegistrantRole.choices,
        widget=forms.RadioSelect, initial=RegistrantRole.OWNER,
    )  # fmt: skip
    holder_name = _text(
        _("Name of the licence's holder"), 120, required=False, validators=[check_readable]
    )
    holder_national_id = HolderIdField(
        label=_("National id of the licence's holder"), required=False
    )
    complete = forms.BooleanField(
        label=_("The place's data are complete"), required=False,
        help_text=_("(This tick is needed for a visit and a certificate)"),
    )  # fmt: skip
    version = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    fieldsets = (
        (_("Particulars"), "", ("title", "sign_name", "category", "postal_code", "postal_sure", "area", "city")),
        (
            _("Address and phone numbers"),
            _("The exact address and the phone of the representative are needed for the visit"),
            ("address", "representative_name", "representative_phone", "second_phone", "visiting_hours"),
        ),
        (
            _("Service and phone number"),
            _("The landline is for the cloud service of the telecom"),
            ("cloud_product", "cloud_landline"),
        ),
        (
            _("Further data"),
            "",
            ("laboratory", "connection", "note", "note_shared", "women_only"),
        ),
        (
            _("Holder of the licence"),
            _("The holder is the account's own unless you act for another"),
            ("registrant_role", "holder_name", "holder_national_id"),
        ),
    )  # fmt: skip
    folds = FOLDS
    widths = {
        "postal_code": "medium", "area": "short", "representative_phone": "medium",
        "second_phone": "medium", "cloud_landline": "medium", "holder_national_id": "medium",
    }  # fmt: skip
    attributes = {"postal_code": {"autocomplete": "off"}}

    def __init__(self, data: QueryDict | None = None, *, place: Place) -> None:
        self.place = place
        self.postal_warnings: list[Any] = []
        # A copy, because the city's area code is filled in beside what was typed.
        super().__init__(data.copy() if data is not None else None, initial=_initial(place))
        city = None if self.is_bound else place.city
        choices = offered(city)
        _offer(self, "cloud_product", _active_products, choices.products)
        self._chosen("category", place.category)
        self._chosen("city", place.city)
        if city is not None:
            self._know(city, choices.laboratories)
        else:
            posted = self._posted_laboratory() if self.is_bound else ()
            named = [(one.pk, with_hint(one.name, seat_of(one))) for one in posted]
            _offer(self, "laboratory", self._posted_laboratory, named)
            self.fields["laboratory"].help_text = _(
                "Its laboratories are listed once the city is chosen"
            )

    def _chosen(self, name: str, row: City | Category | None) -> None:
        field = self.fields[name]
        if row is not None and isinstance(field, ChoiceByTypingField):
            field.show(row)

    def _posted_laboratory(self) -> "QuerySet[Laboratory]":
        """What was chosen stays visible while the city is not clear."""
        chosen = self.data.get("laboratory", "") if self.is_bound else ""
        is_id = chosen.isascii() and chosen.isdigit() and len(chosen) < 19
        found = Laboratory.objects.filter(active=True).select_related("city__province")
        return found.filter(pk=chosen) if is_id else found.none()

    def hides(self, name: str) -> bool:
        """The postal code's tick, as long as there is nothing to be sure of."""
        return name == "postal_sure" and not self.postal_warnings

    def full_clean(self) -> None:
        """Check everything; without the tick the title alone is required. The stars stay as they are."""
        if not self.is_bound:  # nothing was sent
            super().full_clean()
            return
        starred = [f for name, f in self.fields.items() if f.required and name != "title"]
        insist = bool(self.data.get("complete"))
        for field in starred:
            field.required = insist
        super().full_clean()
        for field in starred:
            field.required = True

    def clean_city(self) -> City | None:
        """The city; what depends on it is set before the later fields are cleaned."""
        city: City | None = self.cleaned_data["city"]
        if city is not None:
            self._know(city, offered(city).laboratories)
        return city

    def _know(self, city: City, covered: Choices) -> None:
        _offer(self, "laboratory", partial(laboratories_for, city), covered)
        self.fields["laboratory"].help_text = (
            _("The laboratory issues the certificate; the choice is yours")
            if covered
            else _("No laboratory covers this city yet; please call the support")
        )
        for name in WITH_AREA_CODE:
            self._prefill(name, city.province.area_code)

    def _prefill(self, name: str, area_code: str) -> None:
        if not self.is_bound:
            self.initial[name] = self.initial.get(name) or to_persian(area_code)
            return
        field = self.fields[name]
        if isinstance(field, LandlineField | PhoneField):
            field.area_code = area_code
        if not self.data.get(name):
            self.data[name] = to_persian(area_code)  # type: ignore[index]  # a mutable copy

    def clean(self) -> dict[str, Any]:
        """What holds between the fields; see :mod:`sites.place_rules`."""
        if "city" in self.errors:
            self.errors.pop("laboratory", None)  # it can only be chosen once the city is
        self.postal_warnings = place_rules.postal_warnings(self.place, self.cleaned_data)
        for name, message in place_rules.faults(self.place, self.cleaned_data):
            # Support's form has no tick of the owner's.
            self.add_error(name if name in self.fields else None, message)
        for message in self.postal_warnings:
            if not self.cleaned_data.get("postal_sure"):
                self.add_error("postal_sure", message)
        return self.cleaned_data

    def search_only(self, name: str) -> None:
        """Neither is anything odd yet."""
        super().search_only(name)
        self.postal_warnings = []

    def is_stale(self) -> bool:
        """Whether the place was saved elsewhere after this form was drawn."""
        return bool(self.place.pk) and self.cleaned_data["version"] != _version(self.place)

    def say_stale(self) -> None:
        """Tell it, and let the next press of the button count."""
        self.add_error(None, _("The place was changed and saved on another page meanwhile"))
        self.data["version"] = _version(self.place)  # type: ignore[index]  # a mutable copy

    def fill(self, place: Place) -> None:
        """Put the cleaned values into the place; it is not saved here."""
        for name in KEPT:
            value = self.cleaned_data[name]
            setattr(place, name, value)
        place.registrant_role = self.cleaned_data["registrant_role"] or RegistrantRole.OWNER
        place.state = PlaceState.READY if self.cleaned_data["complete"] else PlaceState.DRAFT


def _active_products() -> "QuerySet[CloudProduct]":
    return CloudProduct.objects.filter(active=True).order_by("code")


def _offer(
    form: forms.BaseForm, name: str, rows: "Callable[[], QuerySet[Any]]", known: Choices
) -> None:
    """Let one of the rows be chosen; their names are known already, so that drawing them asks for nothing."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # declared so above  # nosec B101
    if form.is_bound:  # what was sent is looked up there
        field.queryset = rows()
    none = [] if field.empty_label is None else [("", field.empty_label)]
    field.choices = none + known


def _version(place: Place) -> str:
    """In microseconds: what a page saw of the place is as long as it has to be."""
    return str(round(place.updated_at.timestamp() * 1_000_000))


def _initial(place: Place) -> dict[str, Any]:
    """The place's values as the form shows them."""
    if not place.pk:
        return begun.shown(place)
    keys = {"laboratory": place.laboratory_id, "cloud_product": place.cloud_product_id}
    shown: dict[str, Any] = {name: getattr(place, name) for name in KEPT if name not in keys}
    shown |= {name: to_persian(shown[name]) for name in NUMBERS}
    return (
        shown
        | keys
        | {
            "category": place.category.name if place.category else "",
            "city": place.city.label if place.city else "",
            "complete": place.is_complete,
            "version": _version(place),
        }
    )
