"""The office's pages of places and of the reference data that describes them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from septam.digits import is_number, to_latin, to_persian
from septam.exports.from_lists import ListExports
from septam.identity import AREA_CODES, compact
from septam.office.base import OfficeModelAdmin, ReadOnlyAdmin
from septam.office.names import CleanTexts, NamedOnceForm
from septam.text import search_key
from sites.export_columns import PLACES
from sites.models import (
    Category,
    CategoryName,
    City,
    CloudProduct,
    Coverage,
    Laboratory,
    Place,
    Province,
)


class KeyedAdmin(OfficeModelAdmin):
    """A model whose rows are found and ordered by keys that follow from their names."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The keys follow the names; of a changed row they are written beside the changed columns."""
        keys = obj.renew_keys()
        super().save_model(request, obj, form, change)
        if change:
            obj.save(update_fields=keys)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """However the name is spelt."""
        key = search_key(search_term)
        return (self.find(queryset, key) if key else queryset), False

    def find(self, queryset: QuerySet[Any], key: str) -> QuerySet[Any]:
        """The rows whose name holds the key."""
        return queryset.filter(search_key__contains=key)


class SampleMark:
    """The column that says which rows are samples."""

    @admin.display(description=_("Source"))
    def sample_mark(self, obj: Any) -> Any:
        """Whether the row is a sample, in words."""
        return _("Sample data; no official list") if obj.is_sample else ""


class ProvinceForm(forms.ModelForm):
    """Boxes of landlines begin with the area code: a wrong one would be refused to every owner there."""

    def clean_area_code(self) -> str:
        """One of the country's area codes."""
        code = to_latin(str(self.cleaned_data["area_code"])).strip()
        if code not in AREA_CODES:
            raise ValidationError(_("This is no area code of the country."), code="area_code")
        return code

    class Meta:
        model = Province
        fields = ("seat", "area_code")


@admin.register(Province)
class ProvinceAdmin(OfficeModelAdmin):
    """Provinces are facts: only the seat and the area code can be corrected here."""

    form = ProvinceForm
    list_display = ("name", "seat", "area_code")
    readonly_fields = ("code", "name")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: the cities' keys and the data files go by the names."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


class CityForm(NamedOnceForm):
    """A province has a city of a name once."""

    within = ("province",)


@admin.register(City)
class CityAdmin(KeyedAdmin):
    """Cities, searched by name or province."""

    form = CityForm
    list_display = ("name", "province")
    list_select_related = ("province",)
    search_fields = ("name",)
    select_fields = ("province",)

    def find(self, queryset: QuerySet[Any], key: str) -> QuerySet[Any]:
        """By any part of province and name."""
        return queryset.filter(label_key__contains=key)


class CategoryNameFormSet(forms.BaseInlineFormSet):
    """The homogeneous names of one category; two spellings of one name are refused."""

    def clean(self) -> None:
        """Raises ValidationError for a name that stands twice."""
        super().clean()
        kept = [form for form in self.forms if form not in self.deleted_forms]
        names = [form.cleaned_data.get("name") for form in kept if hasattr(form, "cleaned_data")]
        keys = [search_key(name) for name in names if name]
        if len(keys) != len(set(keys)):
            raise ValidationError(_("A homogeneous name stands twice."), code="twice")


class CategoryNameInline(CleanTexts, admin.TabularInline):
    """Every name by which the category is found."""

    model = CategoryName
    formset = CategoryNameFormSet
    fields = ("name",)
    extra = 1


@admin.register(Category)
class CategoryAdmin(SampleMark, KeyedAdmin):
    """Trades with their levels and names."""

    form = NamedOnceForm
    list_display = ("name", "code", "level", "active", "sample_mark")
    list_filter = ("level", "active", "is_sample")
    search_fields = ("name",)
    inlines = (CategoryNameInline,)

    def find(self, queryset: QuerySet[Any], key: str) -> QuerySet[Any]:
        """By any of its names."""
        found = CategoryName.objects.filter(search_key__contains=key).values("category_id")
        return queryset.filter(pk__in=found)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By a name, or by the beginning of the code."""
        named, _twice = super().get_search_results(request, queryset, search_term)
        code = to_latin(search_term).replace(" ", "").upper()
        return (named | queryset.filter(code__startswith=code) if code else named), False

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """The names with their keys."""
        for name in formset.save(commit=False):
            keys = name.renew_keys()
            name.save(update_fields=None if name._state.adding else ["name", *keys])
        for name in formset.deleted_objects:
            name.delete()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """A category is always found by its own name too."""
        super().save_related(request, form, formsets, change)
        category = form.instance
        CategoryName.objects.get_or_create(
            category=category,
            search_key=search_key(category.name),
            defaults={"name": category.name},
        )


class CoverageFormSet(forms.BaseInlineFormSet):
    """A province, or a city of it, stands once."""

    def get_unique_error_message(self, unique_check: Any) -> str:
        """In the words of the boxes."""
        return str(_("A province, or a city of it, stands here once."))


class CoverageInline(admin.TabularInline):
    """Where the laboratory works."""

    model = Coverage
    formset = CoverageFormSet
    raw_id_fields = ("city",)
    extra = 1


@admin.register(Laboratory)
class LaboratoryAdmin(SampleMark, OfficeModelAdmin):
    """Laboratories with coverage, capacity and licence."""

    form = NamedOnceForm
    list_display = (
        "name",
        "code",
        "city",
        "daily_capacity",
        "licence_until",
        "active",
        "sample_mark",
    )
    list_select_related = ("city__province",)
    list_filter = ("active", "is_sample")
    inlines = (CoverageInline,)


class CloudProductForm(NamedOnceForm):
    """The same service of another period is another product."""

    within = ("months",)


@admin.register(CloudProduct)
class CloudProductAdmin(SampleMark, OfficeModelAdmin):
    """Cloud services, their periods and terms; the prices stand with the tariffs."""

    form = CloudProductForm
    list_display = ("name", "months", "code", "active", "sample_mark")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The period stays: orders name it, and another one is another product."""
        return (*super().get_readonly_fields(request, obj), *(("months",) if obj else ()))


@admin.register(Place)
class PlaceAdmin(ListExports, ReadOnlyAdmin):
    """Owners' places, for support to find and look at."""

    personal = True
    grows = True
    list_display = ("title", "city", "postal_code_fa", "state", "frozen", "owner")
    list_select_related = ("city__province", "owner")
    list_filter = ("state", "frozen")
    ordering = ("-id",)
    # Any name here makes the search box appear; get_search_results decides what it does.
    search_fields = ("title",)
    exported = PLACES
    # The private note is the owner's alone.
    exclude = ("note", "search_key")
    readonly_fields = ("shared_note",)

    @admin.display(description=_("Postal code"))
    def postal_code_fa(self, obj: Place) -> str:
        """In Persian digits."""
        return to_persian(obj.postal_code)

    @admin.display(description=_("Note for the expert"))
    def shared_note(self, obj: Place) -> str:
        """The note, if its owner shares it."""
        return obj.note if obj.note_shared else ""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Digits are a postal code or its beginning, or the owner's whole mobile; text is a name."""
        number = compact(search_term)
        if is_number(number):
            column = "owner__mobile" if number.startswith("09") else "postal_code__startswith"
            return queryset.filter(**{column: number}), False
        key = search_key(search_term)
        return (queryset.filter(search_key__holds=key) if key else queryset), False
