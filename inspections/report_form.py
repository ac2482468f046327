"""The report's form, made of the items that a visit asks."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections import checklist, reports
from inspections.checklist import LEAST_COMMENT, Answer, Item
from inspections.criteria_words import demand
from inspections.models import CriterionKind, PhotoRule, ReportOutcome, VisitReport, VisitRequest
from inspections.reports import Findings
from septam.digits import to_latin, to_persian
from septam.fields import DecimalAreaField, PersianCharField
from septam.forms import PortalForm
from septam.text import clean
from sites.models import Category

VISITED = "visited"
_OUTCOMES = (
    (VISITED, gettext_lazy("The visit took place; the checklist is filled in below")),
    (ReportOutcome.ABSENT, gettext_lazy("Responsible person absent")),
    (ReportOutcome.WITHHELD, gettext_lazy("Conditions of the visit not met")),
)
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,2})?", re.ASCII)
# What a criterion's unit says of its numbers.
_MOST = {"درصد": 100}
_ANY_MOST = 999_999
_COUNTED = {"دستگاه"}


class MeasureField(forms.CharField):
    """A measured number in any digits, with «٫», «/», «.» or «,» before its decimals; kept in Latin digits."""

    def __init__(self, unit: str = "", **kwargs: Any) -> None:
        self.most, self.whole = _MOST.get(unit, _ANY_MOST), unit in _COUNTED
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        """The number as text, such as 12.5. Raises ValidationError."""
        typed = to_latin(clean(str(value or ""))).replace(" ", "")
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


class ItemFields(NamedTuple):
    """One item with its bound fields, for the template."""

    item: Item
    value: BoundField
    not_applicable: BoundField | None
    comment: BoundField


class ReportForm(PortalForm, forms.Form):
    """What the expert found. The items follow from the true category's level, also while it is being corrected."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What came of the visit"),
        choices=_OUTCOMES,
        widget=forms.RadioSelect,
        initial=VISITED,
    )
    true_category = forms.ModelChoiceField(
        label=gettext_lazy("True category"), queryset=Category.objects.filter(active=True),
        help_text=gettext_lazy("As it is on site; another level asks other items."),
    )  # fmt: skip
    measured_area = DecimalAreaField(
        label=gettext_lazy("Measured area (square metres)"), required=False
    )
    comment = PersianCharField(
        label=gettext_lazy("General comment"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    widths = {"measured_area": "short"}

    def __init__(
        self, items: list[Item], data: Mapping[str, Any] | None, initial: dict[str, Any]
    ) -> None:
        self.items = items
        super().__init__(data, initial=initial)

    def sections(self) -> Iterator[tuple[str, list[ItemFields]]]:
        """The items with their fields under the headings of the criteria."""
        groups: dict[str, list[ItemFields]] = {}
        for item in self.items:
            na = f"{item.name}_na"
            bound = ItemFields(
                item,
                self[item.name],
                self[na] if na in self.fields else None,
                self[f"{item.name}_comment"],
            )
            groups.setdefault(item.criterion.group, []).append(bound)
        yield from groups.items()

    def clean(self) -> dict[str, Any]:
        """A visit needs its area and every answer; an absence needs only its story."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("outcome") == VISITED:
            if cleaned.get("measured_area") is None and "measured_area" not in self.errors:
                self.add_error("measured_area", _("Enter the measured area."))
            for item in self.items:
                self._check(item)
        elif len(cleaned.get("comment") or "") < LEAST_COMMENT:
            self.add_error(
                "comment", _too_short(_("Say what happened in at least %(count)s characters."))
            )
        return cleaned

    def _check(self, item: Item) -> None:
        answer = self._answer(item)
        if not answer.value and not answer.not_applicable and item.name not in self.errors:
            self.add_error(item.name, _("Answer this item."))
        if (
            checklist.needs_comment(item, answer.not_applicable)
            and len(answer.comment) < LEAST_COMMENT
        ):
            self.add_error(
                f"{item.name}_comment",
                _too_short(_("Explain this item in at least %(count)s characters.")),
            )

    def _answer(self, item: Item) -> Answer:
        given = self.cleaned_data
        not_applicable = bool(given.get(f"{item.name}_na"))
        value = "" if not_applicable else given.get(item.name) or ""
        return Answer(item, value, not_applicable, given.get(f"{item.name}_comment") or "")

    def findings(self) -> Findings:
        """What a valid form says."""
        given = self.cleaned_data
        absence = "" if given["outcome"] == VISITED else given["outcome"]
        answers = () if absence else tuple(self._answer(item) for item in self.items)
        return Findings(
            comment=given["comment"] or "", category=given["true_category"], absence=absence,
            measured_area=given.get("measured_area"), answers=answers,
        )  # fmt: skip


def report_form(request: VisitRequest, data: Mapping[str, Any] | None = None) -> ReportForm:
    """The form for a request: empty, as it was sent back, or as it was typed."""
    initial = _initial(request)
    level = _level_of(request, str((data or initial).get("true_category") or ""))
    items = reports.items_for(request, level)
    form_class = type("ReportFormOfItems", (ReportForm,), _item_fields(items, level))
    form: ReportForm = form_class(items, data, initial)
    return form


def _level_of(request: VisitRequest, category_id: str) -> int:
    """The level of the category that is chosen in the form, else of the one that was paid for."""
    known = category_id.isascii() and category_id.isdigit()
    chosen = Category.objects.filter(pk=int(category_id)).first() if known else None
    return chosen.level if chosen else int(request.snapshot["level"])


def _too_short(text: str) -> str:
    return text % {"count": to_persian(LEAST_COMMENT)}


def _item_fields(items: list[Item], level: int) -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {}
    for item in items:
        fields[item.name] = _value_field(item, level)
        if item.criterion.na_allowed:
            fields[f"{item.name}_na"] = forms.BooleanField(
                label=_("Does not apply"), required=False
            )
        fields[f"{item.name}_comment"] = PersianCharField(
            label=_("Comment on %(code)s") % {"code": item.code}, required=False, max_length=500,
            widget=forms.Textarea(attrs={"rows": 2}),
        )  # fmt: skip
    return fields


def _value_field(item: Item, level: int) -> forms.Field:
    criterion = item.criterion
    hint = "؛ ".join(
        part for part in (demand(criterion, level), criterion.help, _photo_hint(item)) if part
    )
    label = f"{to_persian(str(criterion.position))}. {criterion.title}"
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


def _photo_hint(item: Item) -> str:
    if item.criterion.photo == PhotoRule.NEVER:
        return _("Never take a photo; explain instead")
    if item.criterion.photo == PhotoRule.COMMENT_ONLY:
        return _("No photo; explain instead")
    return ""


def _initial(request: VisitRequest) -> dict[str, Any]:
    """What the form begins with: the paid category, or all that a report sent back holds."""
    report = (
        VisitReport.objects.filter(request_id=request.pk).select_related("true_category").first()
    )
    if report is None:
        return {"true_category": request.snapshot.get("category_id")}
    initial: dict[str, Any] = {
        "true_category": report.true_category_id, "measured_area": report.measured_area, "comment": report.comment,
    }  # fmt: skip
    for answer in reports.answers_of(report):
        name = answer.item.name
        initial |= {
            name: answer.value,
            f"{name}_na": answer.not_applicable,
            f"{name}_comment": answer.comment,
        }
    return initial
