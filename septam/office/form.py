"""The rows of a form in the office: what may not be opened is text, not a link that answers 403; numbers are in Persian digits.

Django makes the parts of a form anew at each look and takes no classes of ours for them; each part becomes one of ours as
it comes by.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin import helpers
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import HttpRequest

from septam.digits import decimal
from septam.money import format_rial
from septam.templatetags.persian import called, fa, jdate, jdatetime

# Written into a page of a bank or of the tax system, which takes Latin digits alone.
COPIED = (
    "reference", "token", "return_reference", "paid_reference", "tax_number", "provider_id", "order_number",
)  # fmt: skip


class _Walk:
    """A part with parts of its own."""

    request: HttpRequest

    def __iter__(self) -> Iterator[Any]:
        inner: Any = super()
        for part in inner.__iter__():
            yield seen_by(self.request, part)


class _Form(_Walk, helpers.AdminForm):
    pass


class _Inlines(_Walk, helpers.InlineAdminFormSet):
    pass


class _InlineForm(_Walk, helpers.InlineAdminForm):
    pass


class _Fieldset(_Walk, helpers.Fieldset):
    pass


class _InlineFieldset(_Walk, helpers.InlineFieldset):
    pass


class _Line(_Walk, helpers.Fieldline):
    pass


class _Value(helpers.AdminReadonlyField):
    request: HttpRequest

    def get_admin_url(self, remote_field: Any, remote_obj: Any) -> Any:
        """A link where this person may open the page behind it."""
        admin: Any = self.model_admin
        page = admin.admin_site._registry.get(remote_field.model)
        if page is None or not page.has_view_permission(self.request, remote_obj):
            return called(remote_obj)
        named: Any = _Called(remote_obj)
        return super().get_admin_url(remote_field, named)

    def contents(self) -> Any:
        """Numbers in Persian digits, rial in groups of three, days of the Jalali calendar; a bank's numbers and codes with
        letters as they stand, and a dash for nothing."""
        shown = super().contents() or self.empty_value_display
        try:
            field = self.form._meta.model._meta.get_field(self.field["field"])
        except FieldDoesNotExist:
            return shown
        value = getattr(self.form.instance, field.name, None)
        if value is None or getattr(field, "choices", None):
            return shown
        return _written(field, value) or (fa(shown) if _reads_as_number(field, shown) else shown)


class _Called:
    """A row behind a link, called by its number in Persian digits."""

    def __init__(self, row: models.Model) -> None:
        self.pk, self._row = row.pk, row

    def __str__(self) -> str:
        return called(self._row)


def _written(field: Any, value: Any) -> str:
    """A day, an amount or another number, as people write it; nothing for what is none."""
    if isinstance(field, models.DateTimeField):
        return jdatetime(value)
    if isinstance(field, models.DateField):
        return jdate(value)
    if isinstance(field, models.DecimalField):
        return decimal(value)
    if field.name.endswith("_rial"):
        return format_rial(value)
    return ""


def _reads_as_number(field: Any, shown: Any) -> bool:
    """Whether it is a number to be read: a count, a mobile, a postal code, one of ours; none that a bank's page is asked for."""
    if field.name in COPIED:
        return False
    if isinstance(field, models.IntegerField | models.TimeField):
        return True
    return isinstance(field, models.CharField) and str(shown).isascii() and str(shown).isdigit()


_OURS: dict[type, type] = {
    helpers.AdminForm: _Form,
    helpers.InlineAdminFormSet: _Inlines,
    helpers.InlineAdminForm: _InlineForm,
    helpers.Fieldset: _Fieldset,
    helpers.InlineFieldset: _InlineFieldset,
    helpers.Fieldline: _Line,
    helpers.AdminReadonlyField: _Value,
}


def seen_by(request: HttpRequest, part: Any) -> Any:
    """The part as this member of staff sees it; a box to type in stays as it is."""
    if type(part) in _OURS:
        part.__class__ = _OURS[type(part)]
        part.request = request
    return part
