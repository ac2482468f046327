"""Draws whole forms; what no value can change in a field is drawn once a process.

A form that nobody has filled in yet differs from one request to the next by its values alone. Of a box to type in, the
text around its value is kept; of a choice or a tick, the whole text for each value. A field that somebody asked for
(see :mod:`septam.forms.copied_fields`) may have been changed: a choice is kept by what is offered in it, all else is drawn anew,
and so is a form that was sent.
"""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import groupby
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from septam.forms import drawing
from septam.forms.copied_fields import FormFields

FORM = "septam/forms/form"
# Browsers that show text alone show its word.
SUBMIT_FIRST = '<button class="vh" type="submit" tabindex="-1" aria-hidden="true">%s</button>'
# Exactly these: a derived widget may draw something else for each value.
_INPUTS = (forms.TextInput, forms.EmailInput, forms.HiddenInput)
_CHOICES = (forms.RadioSelect, forms.Select, forms.CheckboxInput)
_HOLE = "\ue000"
_MOST_VALUES = 64
_MOST_CHOICES = 1024
Fill = Callable[[Any], str]


def draw_form(form: Any) -> str:
    """`{{ form }}`: its hidden fields, then all others under their headings."""
    if not hasattr(form, "shown_groups"):  # not the portal's own
        return "".join(str(field) for field in form.hidden_fields()) + "".join(
            drawing.DRAWN[drawing.FIELD]({"field": field}) for field in form.visible_fields()
        )
    hidden, groups = form.hidden_names(), form.shown_groups()
    first = SUBMIT_FIRST % _("Go on") if form.has_inner_buttons else ""
    return (
        first
        + "".join(draw_field(form, name) for name in hidden)
        + "".join(_group(form, *group) for group in groups)
    )


def _group(form: Any, heading: Any, hint: Any, names: list[str]) -> str:
    inner = _folded(form, names) if form.folds else _fields(form, names)
    if not heading:
        return inner
    said = f'<p class="hint">{drawing.shown(hint)}</p>\n' if hint else ""
    return f'<fieldset class="group">\n<legend>{drawing.shown(heading)}</legend>\n{said}{inner}</fieldset>\n'


def _fields(form: Any, names: Iterable[str]) -> str:
    return "".join(draw_field(form, name) for name in names)


def _folded(form: Any, names: list[str]) -> str:
    """The fields, those rarely needed below a fold; engines that know no `<details>` show them all."""
    parts = [(words, list(part)) for words, part in groupby(names, form.folds.get)]
    return "".join(
        _fold(form, words, part) if words else _fields(form, part) for words, part in parts
    )


def _fold(form: Any, words: str, names: list[str]) -> str:
    state = " open" if form.unfolds(names) else ""
    head = f'<summary class="label">{drawing.shown(words)}</summary>'
    return f"<details{state}>\n{head}\n{_fields(form, names)}</details>\n"


def draw_field(form: Any, name: str) -> str:
    """One field with its label and messages; of a hidden one the input alone."""
    fields = form.fields
    if not (isinstance(fields, FormFields) and _is_fresh(form)):
        return _drawn(form[name])
    if not fields.is_untouched(name):
        return _changed(form, fields[name], name)
    sketches = type(form).sketches
    if name not in sketches:
        sketches[name] = _sketch(form, fields.peek(name), name)
    fill = sketches[name]
    if fill is None:
        return _drawn(form[name])
    field = fields.peek(name)
    return str(fill(field.prepare_value(form.get_initial_for_field(field, name))))


def _changed(form: Any, field: forms.Field, name: str) -> str:
    """A field that this form may have changed: kept by all that a choice can differ in from one form to the next."""
    own = _own_key(field)
    if own is None:
        return _drawn(form[name])
    value = field.prepare_value(form.get_initial_for_field(field, name))
    if not isinstance(value, str | int | None):
        return _drawn(form[name])
    words = drawing.shown(field.label), drawing.shown(field.help_text)
    states = field.required, field.disabled, type(value)
    key = (name, value, words, states, own, tuple(field.widget.attrs.items()))
    kept = type(form).kept_choices
    text = kept.get(key)
    if text is None:
        if len(kept) >= _MOST_CHOICES:
            kept.clear()
        text = kept[key] = _drawn(form[name])
    return str(text)


def _own_key(field: forms.Field) -> Any:
    """What the field draws besides its value, where it can be told; else None."""
    if type(field.widget) is forms.RadioSelect:
        return _choices_key(getattr(field, "choices", None))
    known = getattr(field.widget, "drawn_by", None)  # a widget of our own may say it
    return known() if known else None


def _choices_key(choices: Any) -> Any:
    """Without groups, and not of what asks the database anew."""
    if not isinstance(choices, list) or any(
        isinstance(label, list | tuple) for _value, label in choices
    ):
        return None
    return tuple((str(value), drawing.shown(label)) for value, label in choices)


def _is_fresh(form: forms.BaseForm) -> bool:
    """Whether nothing but its values tells the form from others of its class."""
    plain = form.prefix is None and form.auto_id == "id_%s"
    return plain and not (form.is_bound or form._errors or form.use_required_attribute)  # type: ignore[attr-defined]


def _drawn(field: BoundField) -> str:
    return str(field) if field.is_hidden else drawing.DRAWN[drawing.FIELD]({"field": field})


def _sketch(form: forms.BaseForm, field: forms.Field, name: str) -> Fill | None:
    draw = partial(_with_value, form, field, name)
    if type(field.widget) in _INPUTS:
        return partial(_fill, field.widget, drawing.as_attribute, *_around(draw))
    if type(field.widget) is forms.Textarea:
        return partial(_fill, field.widget, drawing.shown, *_around(draw))
    if type(field.widget) in _CHOICES and isinstance(getattr(field, "choices", []), list):
        return _OfEachValue(draw)
    return None


def _with_value(form: forms.BaseForm, field: forms.Field, name: str, value: Any) -> str:
    bound = BoundField(form, field, name)
    bound.value = lambda: value  # type: ignore[method-assign]
    return _drawn(bound)


def _around(draw: Fill) -> tuple[str, str, str]:
    """The text before the value and after it, and the whole without a value."""
    before, after = draw(_HOLE).split(_HOLE)
    return before, after, draw(None)


def _fill(
    widget: forms.Widget, written: Fill, before: str, after: str, without: str, value: Any
) -> str:
    text = widget.format_value(value)
    return without if text is None else f"{before}{written(text)}{after}"


class _OfEachValue:
    """The text for each value that came; strange ones in masses are not kept."""

    def __init__(self, draw: Fill) -> None:
        self._draw = draw
        self._kept: dict[Any, str] = {}

    def __call__(self, value: Any) -> str:
        if not isinstance(value, str | int | None):
            return self._draw(value)
        key = (type(value), value)  # True is not 1
        text = self._kept.get(key)
        if text is None:
            text = self._draw(value)
            if len(self._kept) < _MOST_VALUES:
                self._kept[key] = text
        return text
