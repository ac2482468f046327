"""One item of the criteria as staff type it: choices a line each, and for each level what it demands."""

import re
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inspections.models import Criterion, CriterionKind
from inspections.reports.checklist import NO, YES
from septam.digits import to_latin, to_persian
from septam.forms.fields import PersianCharField
from septam.text import clean
from sites.models import Level

_CODE = re.compile(r"[A-Z]{1,4}-\d{1,4}", re.ASCII)


def _level_field(level: Level) -> PersianCharField:
    return PersianCharField(
        label=level.label, required=False, max_length=60,
        help_text=gettext_lazy("“Yes” or “no”, a number, or one of the choices; empty: not asked"),
    )  # fmt: skip


class CriterionForm(forms.ModelForm):
    """The thresholds are stored as «yes», «no», a Latin number or a choice."""

    choices_text = PersianCharField(
        label=gettext_lazy("Choices"), required=False, max_length=600, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Only for a choice: one a line, from the least to the most"),
    )  # fmt: skip
    demand_1 = _level_field(Level.SL1)
    demand_2 = _level_field(Level.SL2)
    demand_3 = _level_field(Level.SL3)
    demand_4 = _level_field(Level.SL4)

    class Meta:
        model = Criterion
        fields = (
            "code", "position", "group", "title", "kind", "unit", "severity", "photo", "na_allowed", "help", "mending",
        )  # fmt: skip
        help_texts: ClassVar = {
            "code": gettext_lazy("Latin letters and a number, like PV-24"),
            "help": gettext_lazy(
                "How it is looked at; the owner reads it too where the item failed"
            ),
            "mending": gettext_lazy(
                "What an owner has to do where it fails, roughly; the self-check and the report say it"
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        item: Criterion = self.instance
        self.initial["choices_text"] = "\n".join(item.choices)
        for level in Level:
            self.initial[f"demand_{level.value}"] = _typed(item.threshold(level))

    def clean_code(self) -> str:
        """In capital Latin letters; the fields of the report's form are named after it."""
        code = to_latin(clean(self.cleaned_data["code"])).upper()
        if not _CODE.fullmatch(code):
            raise forms.ValidationError(_("Write Latin letters, a dash and a number, like PV-24."))
        return code

    def clean(self) -> dict[str, Any]:
        """Each threshold must fit the kind of the item."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        kind, item = values.get("kind"), self.instance
        lines = (clean(line) for line in (values.get("choices_text") or "").splitlines())
        item.choices = [line for line in lines if line] if kind == CriterionKind.CHOICE_MIN else []
        for level in Level:
            name = f"demand_{level.value}"
            stored = _stored(values.get(name) or "", kind, item.choices)
            if stored is None:
                self.add_error(name, _says_what_fits(kind))
            else:
                setattr(item, f"sl{level.value}", stored)
        return values


def _typed(threshold: str) -> str:
    return {YES: _("Yes"), NO: _("No")}.get(threshold) or to_persian(threshold.replace(".", "٫"))


def _stored(typed: str, kind: str | None, choices: list[str]) -> str | None:
    """What is kept of a typed threshold; None where it does not fit."""
    if not typed or kind is None:
        return ""
    if kind == CriterionKind.YESNO:
        return {_("Yes"): YES, _("No"): NO}.get(typed)
    if kind == CriterionKind.CHOICE_MIN:
        return typed if typed in choices else None
    number = re.sub("[٫/]", ".", to_latin(typed))
    return number if re.fullmatch(r"\d{1,9}(\.\d{1,2})?", number, re.ASCII) else None


def _says_what_fits(kind: str | None) -> str:
    if kind == CriterionKind.YESNO:
        return _("Write “yes” or “no”.")
    if kind == CriterionKind.CHOICE_MIN:
        return _("Write one of the choices, word for word.")
    return _("Write a number, like 12 or 12/5.")
