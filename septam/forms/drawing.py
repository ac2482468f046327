"""Draws form fields and Django's plain inputs as text, without a template each.

A field drawn by templates opens half a dozen of them, and a page has up to thirty fields: that was most of such a page's
cost. What is drawn here is what Django's own templates of these widgets draw (a test compares them); a widget with a
template of its own goes on to use it.
"""

from collections.abc import Callable, Mapping
from html import (
    escape,
)  # Django's own first asks whether a text is lazy; here each is a text already
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.safestring import SafeData
from django.utils.translation import gettext as _

from septam.templatetags.persian import fa

Widget = Mapping[str, Any]


# Escaped by the standard library: Django's own asks of each text whether it is lazy, and here none is.


def as_attribute(value: Any) -> str:
    """The value in an attribute, as `|stringformat:'s'` writes it."""
    return str(value) if isinstance(value, SafeData) else escape(str(value))


def shown(value: Any) -> str:
    """The value between tags, escaped, as `{{ value }}` writes it."""
    value = str(value) if isinstance(value, Promise) else localize(value)
    return value.__html__() if hasattr(value, "__html__") else escape(str(value))


def _attributes(widget: Widget) -> str:
    return "".join(
        f" {name}" if value is True else f' {name}="{as_attribute(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def draw_input(widget: Widget) -> str:
    """One `<input>`. A tick box always says its value: edbrowse sends an empty one otherwise, which means «no»."""
    kind, name, value = escape(widget["type"]), escape(widget["name"]), widget["value"]
    if value is None and kind == "checkbox":
        value = "on"
    value = "" if value is None else f' value="{as_attribute(value)}"'
    return f'<input type="{kind}" name="{name}"{value}{_attributes(widget)}>'


def _textarea(widget: Widget) -> str:
    # The browser drops the first line break, so that one of the text's own is kept.
    text = shown(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{escape(widget["name"])}"{_attributes(widget)}>\n{text}</textarea>'


def _select(widget: Widget) -> str:
    groups = "".join(_select_group(name, options) for name, options, _number in widget["optgroups"])
    return f'<select name="{escape(widget["name"])}"{_attributes(widget)}>{groups}\n</select>'


def _select_group(name: Any, options: list[Widget]) -> str:
    rows = "".join(
        f'\n<option value="{as_attribute(option["value"])}"{_attributes(option)}>{shown(option["label"])}</option>'
        for option in options
    )
    return f'\n<optgroup label="{shown(name)}">{rows}\n</optgroup>' if name else rows


def _choices(widget: Widget) -> str:
    """Radio buttons or tick boxes, each in its label."""
    own = widget["attrs"]
    opening = "".join(f' {name}="{shown(own[name])}"' for name in ("id", "class") if own.get(name))
    groups = "".join(_choice_group(name, options) for name, options, _number in widget["optgroups"])
    return f"<div{opening}>{groups}\n</div>"


def _choice_group(name: Any, options: list[Widget]) -> str:
    rows = "".join(f"<div>\n{_choice(option)}</div>" for option in options)
    return f"\n<div><label>{shown(name)}</label>{rows}\n</div>" if name else rows


def _choice(option: Widget) -> str:
    box = draw_input(option)
    if not option["wrap_label"]:
        return box
    # A label around its box needs no `for`; a form with four such groups is a tenth of a kilobyte lighter without.
    return f"<label>{box} {shown(option['label'])}</label>"


def _field(field: BoundField) -> str:
    """Label, hint, message, input; a single tick box has its label after it."""
    errors = field.errors
    said = _messages(field, errors) if errors else ""
    hint = (
        f'<p class="hint" id="{field.auto_id}_helptext">{shown(field.help_text)}</p>\n'
        if field.help_text
        else ""
    )
    # Of what may be kept unfinished, a field says by itself that it is needed in the end.
    needed = field.field.required or getattr(field.field, "needed_in_the_end", False)
    label = shown(field.label) + (_star() if needed else "")
    if isinstance(field.field.widget, forms.CheckboxInput):
        box = f'<div class="check">{field}<label for="{escape(field.id_for_label)}">{label}</label></div>'
        inner = f"{said}{box}\n{hint}"
    elif field.use_fieldset:
        inner = f"<fieldset{_described(field)}>\n<legend>{label}</legend>\n{hint}{said}{field}\n</fieldset>\n"
    else:
        head = f'<label class="label" for="{escape(field.id_for_label)}">{label}</label>'
        inner = f"{head}\n{hint}{said}{field}\n"
    return f'<div class="field{" field-bad" if errors else ""}">\n{inner}</div>'


def _described(field: BoundField) -> str:
    by = field.aria_describedby
    return f' class="choices" aria-describedby="{escape(by)}"' if by else ' class="choices"'


def _star() -> str:
    said = _("(required)")
    return f' <span class="star" aria-hidden="true">*</span><span class="vh"> {said}</span>'


def _messages(field: BoundField, errors: Any) -> str:
    said = _("Error:")
    before = f'<span class="vh">{said} </span>'
    rows = "".join(f"<p>{before}{fa(message)}</p>" for message in errors)
    return f'<div class="error" id="{field.auto_id}_error">{rows}</div>\n'


def _of_widget(draw: Callable[[Widget], str]) -> Callable[[Mapping[str, Any]], str]:
    return lambda context: draw(context["widget"])


_INPUTS = ("checkbox", "date", "email", "hidden", "input", "number", "password", "text", "url")
_WIDGETS: dict[str, Callable[[Widget], str]] = {
    **dict.fromkeys(_INPUTS, draw_input),
    "textarea": _textarea,
    "select": _select,
    "radio": _choices,
    "checkbox_select": _choices,
}
FIELD = "septam/forms/field"
# By the name under which Django asks its form renderer for a template; the context is the template's.
DRAWN: dict[str, Callable[[Mapping[str, Any]], str]] = {
    **{f"django/forms/widgets/{name}.html": _of_widget(draw) for name, draw in _WIDGETS.items()},
    FIELD: lambda context: _field(context["field"]),
}
