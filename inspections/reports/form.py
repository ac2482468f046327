"""The report's form, made of the items that a visit asks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections.models import (
    CriterionKind,
    ReportOutcome,
    ResultRule,
    VisitPhoto,
    VisitReport,
    VisitRequest,
)
from inspections.reports import checklist, photos, writing
from inspections.reports.checklist import LEAST_COMMENT, Answer, Item, Result
from inspections.reports.fields import fields_of
from inspections.reports.summary import shown_area
from inspections.reports.writing import Asked, Findings
from septam.digits import DECIMAL_MARK, to_persian
from septam.forms.base import FormProblem, PortalForm, first_input_id
from septam.forms.fields import DecimalAreaField, PersianCharField
from sites.models import Category

VISITED = "visited"
_OUTCOMES = (
    (VISITED, gettext_lazy("The visit took place; the checklist is filled in below")),
    (ReportOutcome.ABSENT, gettext_lazy("Responsible person absent")),
    (ReportOutcome.WITHHELD, gettext_lazy("Conditions of the visit not met")),
)
# Errors of these codes say that something is still to be filled in, not that it is wrong.
_UNFINISHED = {"required", "missing"}


class ItemFields(NamedTuple):
    """One item with its bound fields and the photos that are kept, for the template."""

    item: Item
    value: BoundField
    not_applicable: BoundField | None
    comment: BoundField
    photo: BoundField | None
    photos: list[VisitPhoto]
    # Whether comment and photo are shown at once: something is there, or is asked for.
    is_open: bool


@dataclass(frozen=True)
class Asking:
    """What a form is made of: the items, what is taken over, photos by item, and whether the place is for women only."""

    request: VisitRequest
    level: int
    asked: Asked
    photos: dict[int, list[VisitPhoto]]
    women_only: bool


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
        self, asking: Asking, data: Mapping[str, Any] | None, initial: dict[str, Any]
    ) -> None:
        self.asking, self.items = asking, asking.asked.items
        self.unfinished: list[FormProblem] = []
        super().__init__(data, initial=initial)
        self.fields["measured_area"].needed_in_the_end = True  # type: ignore[attr-defined]

    def sections(self) -> Iterator[tuple[str, list[ItemFields]]]:
        """The items with their fields under the headings of the criteria."""
        groups: dict[str, list[ItemFields]] = {}
        asked_for = {problem.target for problem in self.unfinished}
        for item in self.items:
            groups.setdefault(item.criterion.group, []).append(self._bound(item, asked_for))
        yield from groups.items()

    def _bound(self, item: Item, asked_for: set[str]) -> ItemFields:
        comment, na = self[f"{item.name}_comment"], f"{item.name}_na"
        photo = self[f"{item.name}_photo"] if f"{item.name}_photo" in self.fields else None
        photos_kept = self.asking.photos.get(item.criterion.pk, [])
        parts = [part for part in (comment, photo) if part is not None]
        told = any(part.errors or first_input_id(part) in asked_for for part in parts)
        return ItemFields(
            item, self[item.name], self[na] if na in self.fields else None, comment, photo, photos_kept,
            is_open=bool(photo is None or photos_kept or comment.value() or told),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A visit needs its area and every answer; an absence needs only its story."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("outcome") == VISITED:
            if cleaned.get("measured_area") is None and "measured_area" not in self.errors:
                self._miss("measured_area", _("Enter the measured area."))
            for item in self.items:
                self._check(item)
        elif len(cleaned.get("comment") or "") < LEAST_COMMENT:
            asked = _("Say what happened in at least %(count)s letters.")
            self._miss("comment", _too_short(asked, cleaned.get("comment")))
        return cleaned

    def _miss(self, name: str, text: str) -> None:
        self.add_error(name, ValidationError(text, code="missing"))

    def _check(self, item: Item) -> None:
        if item.name in self.errors:
            return
        answer = self._answer(item)
        if not answer.value and not answer.not_applicable:
            self._miss(item.name, _("Answer this item."))
            return
        has_photo = bool(self.asking.photos.get(item.criterion.pk))
        needs_photo = checklist.needs_photo(item, answer.not_applicable, answer.passed)
        # Nobody is photographed against the will of who is on site: there a comment stands for the photo.
        by_comment = needs_photo and not has_photo and self.asking.women_only
        if needs_photo and not has_photo and not self.asking.women_only:
            self._miss(f"{item.name}_photo", _("Add a photo of this item."))
        needs_comment = checklist.needs_comment(item, answer.not_applicable, answer.passed)
        if (needs_comment or by_comment) and len(answer.comment) < LEAST_COMMENT:
            asked = _("Explain this item in at least %(count)s letters.")
            self._miss(f"{item.name}_comment", _too_short(asked, answer.comment))

    def _answer(self, item: Item) -> Answer:
        given = self.cleaned_data
        not_applicable = bool(given.get(f"{item.name}_na"))
        value = "" if not_applicable else given.get(item.name) or ""
        return Answer(item, value, not_applicable, given.get(f"{item.name}_comment") or "")

    def answered(self) -> list[Answer]:
        """The answers that are there and can be judged, once the form is bound."""
        self.errors  # noqa: B018  # judges what was typed, if nobody asked before
        answers = (self._answer(item) for item in self.items)
        return [one for one in answers if one.value or one.not_applicable]

    def result(self) -> Result:
        """What the answers come to so far, by the rule of the level."""
        request = self.asking.request
        rule = ResultRule.objects.get(
            criteria_set_id=request.criteria_set_id, level=self.asking.level
        )
        return checklist.result_of(self.answered(), rule)

    def findings(self) -> Findings:
        """What a valid form says."""
        given = self.cleaned_data
        absence = "" if given["outcome"] == VISITED else given["outcome"]
        answers = tuple(self._answer(item) for item in self.items) + self.asking.asked.taken_over
        return Findings(
            comment=given["comment"] or "", category=given["true_category"], absence=absence,
            measured_area=given.get("measured_area"), answers=() if absence else answers,
        )  # fmt: skip

    def set_aside_unfinished(self) -> None:
        """Keep as errors only what is wrong; what is still to be filled in is listed in `unfinished`."""
        for name, errors in list(self.errors.as_data().items()):
            if name in self.fields and all(error.code in _UNFINISHED for error in errors):
                self.unfinished.append(FormProblem(first_input_id(self[name]), self._left(name)))
                del self.errors[name]
        order = list(self.fields)
        targets = {first_input_id(self[name]): order.index(name) for name in order}
        self.unfinished.sort(key=lambda problem: targets[problem.target])

    def _left(self, name: str) -> str:
        """What is still to be filled in; of a comment that stands there, what it lacks."""
        named = self._named(name)
        is_short = name.endswith("comment") and self[name].value()
        return f"{named}: {self.errors[name][0]}" if is_short else named

    def problems(self) -> list[FormProblem]:
        """Every message with the item that it is about, for the list on top of the page."""
        own = [FormProblem("", str(message)) for message in self.non_field_errors()]
        for field in self:
            own += [
                FormProblem(first_input_id(field), f"{self._named(field.name)}: {message}")
                for message in field.errors
            ]
        return own

    def _named(self, name: str) -> str:
        """The item of a field, by its number and title; of other fields their label."""
        part = name.split("_")[-1]
        item = name.removesuffix(f"_{part}") if part in ("na", "comment", "photo") else name
        label = str(self.fields[item if item in self.fields else name].label)
        extra = {"comment": _("comment"), "photo": _("photo")}.get(part) if item != name else None
        return f"{label} – {extra}" if extra else label


def report_form(request: VisitRequest, data: Mapping[str, Any] | None = None) -> ReportForm:
    """The form for a request: empty but for the paid category, or as it is typed in `data`."""
    initial = {"true_category": request.snapshot.get("category_id")}
    asking = asking_of(request, str((data or initial).get("true_category") or ""))
    fields = fields_of(asking.asked.items, asking.level, asking.women_only)
    form_class = type("ReportFormOfItems", (ReportForm,), fields)
    form: ReportForm = form_class(asking, data, initial)
    return form


def asking_of(request: VisitRequest, category_id: str) -> Asking:
    """What is asked where the chosen true category is `category_id` (as text; any other: the one paid for)."""
    level = level_of(request, category_id)
    women_only = request.place.women_only or bool(request.snapshot.get("women_only"))
    return Asking(
        request, level, writing.asked_of(request, level), photos.of(request.pk), women_only
    )


def level_of(request: VisitRequest, category_id: str) -> int:
    """The level that the category chosen in the form gives, else the one that was paid for."""
    known = category_id.isascii() and category_id.isdigit() and len(category_id) < 10
    chosen = Category.objects.filter(pk=int(category_id)).first() if known else None
    return writing.level_found(request, chosen) if chosen else int(request.snapshot["level"])


def _too_short(text: str, written: str | None) -> str:
    asked = text % {"count": to_persian(LEAST_COMMENT)}
    if not written:
        return asked
    return asked + _("; there are %(count)s now") % {"count": to_persian(len(written))}


def typed_of(report: VisitReport) -> dict[str, str]:
    """A report that was sent back, as if its boxes had just been typed."""
    typed = {
        "outcome": VISITED,
        "true_category": str(report.true_category_id or ""),
        "measured_area": shown_area(report.measured_area),
        "comment": report.comment,
    }
    for answer in writing.answers_of(report):
        name = answer.item.name
        if not answer.taken_over:
            typed |= {name: _as_typed(answer), f"{name}_comment": answer.comment}
            typed |= {f"{name}_na": "on"} if answer.not_applicable else {}
    return typed


def _as_typed(answer: Answer) -> str:
    if answer.item.criterion.kind in (CriterionKind.NUMBER_MIN, CriterionKind.NUMBER_MAX):
        return to_persian(answer.value.replace(".", DECIMAL_MARK))
    return answer.value
