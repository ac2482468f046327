"""The fields of a report's form: for each item its answer, «مورد ندارد», a comment and photos."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from inspections.criteria.words import demand
from inspections.models import CriterionKind, PhotoRule
from inspections.reports import checklist
from inspections.reports.checklist import Item
from septam.digits import to_latin, to_persian
from septam.forms.fields import PersianCharField
from septam.text import clean

_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,2})?", re.ASCII)
# What a criterion's unit says of its numbers.
_MOST = {"درصد": 100}
_ANY_MOST = 999_999
_COUNTED = {"دستگاه"}


class MeasureField(forms.CharField):
    """A measured number in any digits, with «٫», «/», «.» or «,» before its decimals, its unit after it or not;
    kept in Latin digits."""

    def __init__(self, unit: str = "", **kwargs: Any) -> None:
        self.unit, self.most, self.whole = unit, _MOST.get(unit, _ANY_MOST), unit in _COUNTED
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        """The number as text, such as 12.5. Raises ValidationError."""
        typed = to_latin(clean(str(value or ""))).removesuffix(self.unit).replace(" ", "")
        if self.most == _MOST["درصد"]:
            typed = typed.strip("%٪")
        number = re.sub(r"[/٫،,]", ".", typed)
        if number and not _NUMBER.fullmatch(number):
            raise ValidationError(_("Write a number, like 12 or 12/5."), code="invalid")
        if number:
            self._check_range(Decimal(number))
        return number

    def _check_range(self, number: Decimal) -> None:
        if not 0 <= number <= self.most:
            text = _("Write a number from 0 to %(most)s.") % {"most": to_persian(self.most)}
            raise ValidationError(text, code="range")
        if self.whole and number != number.to_integral_value():
            raise ValidationError(_("A count is a whole number, like 4."), code="whole")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Numeric keyboard, left to right."""
        return super().widget_attrs(widget) | {
            "inputmode": "decimal",
            "dir": "ltr",
            "autocomplete": "off",
        }


class PhotosInput(forms.FileInput):
    """Opens the camera of a phone; a computer offers several files at once."""

    allow_multiple_selected = True

    def value_from_datadict(
        self, data: Mapping[str, Any], files: MultiValueDict[str, UploadedFile], name: str
    ) -> list[UploadedFile]:
        """All files of the box; a plain dictionary has none."""
        return files.getlist(name) if isinstance(files, MultiValueDict) else []


class PhotosField(forms.Field):
    """Uploaded files as they came; the form reads each and says what is wrong with it."""

    widget = PhotosInput

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Kinds that a phone turns its own pictures into, and the camera at the back."""
        return super().widget_attrs(widget) | {
            "accept": "image/jpeg,image/png,image/webp",
            "capture": "environment",
            "multiple": True,
        }


def fields_of(items: list[Item], level: int, women_only: bool) -> dict[str, forms.Field]:
    """The fields of the items that a level asks, by name."""
    fields: dict[str, forms.Field] = {}
    for number, item in enumerate(items, 1):
        place = to_persian(number)
        fields[item.name] = _value_field(item, level, place)
        if item.criterion.na_allowed:
            fields[f"{item.name}_na"] = forms.BooleanField(
                label=_("Does not apply"), required=False
            )
        fields[f"{item.name}_comment"] = PersianCharField(
            label=_("Comment on item %(number)s") % {"number": place}, required=False, max_length=500,
            widget=forms.Textarea(attrs={"rows": 2}), help_text=_comment_hint(item),
        )  # fmt: skip
        if checklist.takes_photo(item):
            fields[f"{item.name}_photo"] = PhotosField(
                label=_("Add a photo to item %(number)s") % {"number": place}, required=False,
                help_text=_women_only_hint() if women_only else _photo_hint(item),
            )  # fmt: skip
    return fields


def _comment_hint(item: Item) -> str:
    if item.criterion.photo == PhotoRule.NEVER:
        return _least(_("Never take a photo here; explain in at least %(count)s letters."))
    if item.criterion.photo == PhotoRule.COMMENT_ONLY:
        return _least(_("No photo; explain in at least %(count)s letters."))
    return _least(_("Needed where the item fails: at least %(count)s letters."))


def _least(text: str) -> str:
    return text % {"count": to_persian(checklist.LEAST_COMMENT)}


def _photo_hint(item: Item) -> str:
    if item.criterion.photo == PhotoRule.ALWAYS:
        return _("A photo is always needed.")
    return _("Needed where the item fails.")


def _women_only_hint() -> str:
    return _("A place for women: no photo of people. Without the permission of the person on site, explain in the comment instead.")  # fmt: skip


def _value_field(item: Item, level: int, place: str) -> forms.Field:
    field = _answer_field(item, level, place)
    field.needed_in_the_end = True  # type: ignore[attr-defined]  # read by septam.forms.drawing
    return field


def _answer_field(item: Item, level: int, place: str) -> forms.Field:
    criterion = item.criterion
    hint = "؛ ".join(part for part in (demand(criterion, level), criterion.help) if part)
    label = f"{place}. {criterion.title}"
    if criterion.kind in (CriterionKind.NUMBER_MIN, CriterionKind.NUMBER_MAX):
        return MeasureField(
            unit=criterion.unit, label=f"{label} ({criterion.unit})", help_text=hint, required=False
        )
    choices = [(checklist.YES, _("Yes")), (checklist.NO, _("No"))]
    if criterion.kind == CriterionKind.CHOICE_MIN:
        choices = [(choice, choice) for choice in criterion.choices]
    return forms.ChoiceField(
        label=label, help_text=hint, required=False, choices=choices, widget=forms.RadioSelect
    )
