"""How the portal draws its forms: the renderer, and the mixin that every owner or public form uses.

The shape follows one rule for all pages: label, hint below it, message above the input, input (see
:mod:`septam.drawing`). The error summary on top of the page is drawn by `templates/base.html` from the context variable `form`.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from septam import drawing
from septam.value_fields import JalaliDateInput

# A widget of these kinds draws a box to type in or to choose from; it gets the box's class.
BOX_WIDGETS = (
    forms.TextInput,
    forms.PasswordInput,
    forms.Textarea,
    forms.Select,
    forms.ClearableFileInput,
)


class PortalFormRenderer(TemplatesSetting):
    """Draws `{{ form }}` with `septam/forms/form.html`, fields and plain inputs with :mod:`septam.drawing`."""

    form_template_name = "septam/forms/form.html"
    field_template_name = drawing.FIELD

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> str:
        """The drawn text; the caller marks it as safe."""
        draw = drawing.DRAWN.get(template_name)
        return draw(context) if draw else super().render(template_name, context, request)


class FieldGroup(NamedTuple):
    """Some fields of a form under one heading; the heading may be empty."""

    heading: str
    hint: str
    fields: list[BoundField]


class FormProblem(NamedTuple):
    """One line of the error summary: the message and the id of the input to go to (may be empty)."""

    target: str
    message: str


class PortalForm(forms.BaseForm):
    """Mixin for the portal's forms: `class SignIn(PortalForm, forms.Form)` (before the form class).

    `attributes` gives HTML attributes by field name (inputmode, autocomplete, maxlength …); `widths`
    gives `short` (a code), `medium` (a phone, a date) or nothing for the full line; `fieldsets` gives
    (heading, hint, field names) in order, and fields named in none of them come last.
    """

    use_required_attribute = False  # the server checks, in Persian, beside the field
    attributes: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    widths: ClassVar[Mapping[str, str]] = {}
    base_fields: ClassVar[dict[str, forms.Field]]
    _is_dressed: ClassVar[bool]
    fieldsets: ClassVar[Sequence[tuple[Any, Any, Sequence[str]]]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        self._dress_fields()
        super().__init__(*args, **kwargs)

    @classmethod
    def _dress_fields(cls) -> None:
        """Give the class's fields their messages and classes, once; each form gets copies of them from Django."""
        if "_is_dressed" in cls.__dict__:
            return
        # Copies, because a class shares the fields that it inherits.
        fields = {name: copy.deepcopy(field) for name, field in cls.base_fields.items()}
        for name, field in fields.items():
            _say_what_is_missing(field, field.label or name)
            _translate(field)
            field.widget.attrs.update(cls.attributes.get(name, {}))
            if isinstance(field.widget, BOX_WIDGETS):
                _add_classes(
                    field.widget, ["input", _width_class(field.widget, cls.widths.get(name, ""))]
                )
        cls.base_fields = fields
        cls._is_dressed = True

    @property
    def media(self) -> forms.Media:
        """The scripts that help with these fields; each field works without its own."""
        widgets = [field.widget for field in self.fields.values()]
        scripts = []
        if any(isinstance(widget, JalaliDateInput) for widget in widgets):
            scripts.append("js/picker.js")
        if any("data-suggest" in widget.attrs for widget in widgets):
            scripts.append("js/suggest.js")
        return super().media + forms.Media(js=scripts)

    @property
    def has_inner_buttons(self) -> bool:
        """Whether buttons stand among the fields (new picture, search): the Enter key must not press them."""
        suggests = any("data-suggest" in field.widget.attrs for field in self.fields.values())
        return suggests or "captcha" in self.fields

    def field_groups(self) -> Iterator[FieldGroup]:
        """The visible fields under their headings, in the order in which the page shows them."""
        left = {field.name: field for field in self.visible_fields()}
        for heading, hint, names in self.fieldsets:
            fields = [left.pop(name) for name in names if name in left]
            if fields:
                yield FieldGroup(heading, hint, fields)
        if left:
            yield FieldGroup("", "", list(left.values()))


def _say_what_is_missing(field: forms.Field, label: Any) -> None:
    """«شماره ملی را وارد کنید» instead of «این فیلد اجباری است», which names nothing in the summary."""
    if field.error_messages.get("required") != forms.Field.default_error_messages["required"]:
        return
    name = strip_tags(str(label))
    if isinstance(field.widget, forms.CheckboxInput):
        field.error_messages["required"] = _("Tick this to go on.")
    elif isinstance(field.widget, forms.Select | forms.RadioSelect | forms.FileInput):
        field.error_messages["required"] = format_lazy(_("Choose {name}."), name=name)
    else:
        field.error_messages["required"] = format_lazy(_("Enter {name}."), name=name)


def _translate(field: forms.Field) -> None:
    """Texts instead of promises of texts: the portal speaks one language."""
    for name in ("label", "help_text"):
        if isinstance(text := getattr(field, name), Promise):
            setattr(field, name, str(text))


def _add_classes(widget: forms.Widget, classes: Sequence[str]) -> None:
    present = widget.attrs.get("class", "").split()
    wanted = [name for name in classes if name and name not in present]
    widget.attrs["class"] = " ".join(present + wanted)


def _width_class(widget: forms.Widget, width: str) -> str:
    if isinstance(widget, JalaliDateInput):
        return "input-date"  # leaves room for the calendar's button, so that nothing jumps
    return f"input-{width}" if width else ""


def first_input_id(field: BoundField) -> str:
    """The id to which a link of the error summary leads: of a group of choices, the first one."""
    if field.is_hidden:
        return ""
    return field.id_for_label or (f"{field.auto_id}_0" if field.auto_id else "")


def form_problems(form: forms.BaseForm) -> list[FormProblem]:
    """Every message of a form in the order of its fields, those of the whole form first."""
    problems = [FormProblem("", str(message)) for message in form.non_field_errors()]
    for field in form:
        problems += [FormProblem(first_input_id(field), str(message)) for message in field.errors]
    return problems
