"""How the portal draws its forms: the renderer, and the mixin that every owner or public form uses.

The shape follows one rule for all pages: label, hint below it, message above the input, input (see
:mod:`septam.forms.drawing`). The error summary on top of the page is drawn by `templates/base.html` from the context variable `form`.
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
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from septam.forms import drawing, typed_before
from septam.forms import sketches as form_sketches
from septam.forms.copied_fields import ClassFields, peek, peek_all
from septam.forms.value_fields import JalaliDateInput

# A widget of these kinds draws a box to type in or to choose from; it gets the box's class.
BOX_WIDGETS = (
    forms.TextInput,
    forms.PasswordInput,
    forms.Textarea,
    forms.Select,
    forms.ClearableFileInput,
)


class PortalFormRenderer(TemplatesSetting):
    """Draws `{{ form }}` with :mod:`septam.forms.sketches`, fields and plain inputs with :mod:`septam.forms.drawing`."""

    form_template_name = form_sketches.FORM
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
    (heading, hint, field names) in order, and fields named in none of them come last. `folds` gives, by field name,
    what stands on the fold over the field: neighbours with the same words share one, closed until something is in it.
    """

    use_required_attribute = False  # the server checks, in Persian, beside the field
    attributes: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    widths: ClassVar[Mapping[str, str]] = {}
    base_fields: ClassVar[dict[str, forms.Field]]
    _is_dressed: ClassVar[bool]
    fieldsets: ClassVar[Sequence[tuple[Any, Any, Sequence[str]]]] = ()
    folds: ClassVar[Mapping[str, Any]] = {}
    # What was drawn once for all forms of the class, see septam/forms/sketches.py.
    sketches: ClassVar[dict[str, form_sketches.Fill | None]]
    kept_choices: ClassVar[dict[Any, str]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        self._dress_fields()
        data = args[0] if args else kwargs.pop("data", None)
        typed = typed_before.being_shown() if data is None else None
        # Of this form, and not of another one that stands on the same page.
        self.is_shown_again = typed is not None and not self.base_fields.keys().isdisjoint(typed)
        super().__init__(typed if self.is_shown_again else data, *args[1:], **kwargs)

    def is_valid(self) -> bool:
        """Whether it may be acted upon; what was typed before is only shown, and has to be sent again."""
        return not self.is_shown_again and super().is_valid()

    def full_clean(self) -> None:
        """Check what was sent; of what is only shown again nothing is said to be wrong yet."""
        super().full_clean()
        if self.is_shown_again:
            self.errors.clear()

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
        cls.base_fields = ClassFields(fields)
        cls.fieldsets = tuple((str(head), str(hint), names) for head, hint, names in cls.fieldsets)
        cls.folds = {name: str(words) for name, words in cls.folds.items()}
        cls.sketches, cls.kept_choices = {}, {}
        cls._is_dressed = True

    def get_context(self) -> dict[str, Any]:
        """What its drawing needs; Django's own draws every field once beforehand."""
        return {"form": self}

    @property
    def media(self) -> forms.Media:
        """The scripts that help with these fields; each field works without its own."""
        each_kind = {type(widget): widget for widget in self._widgets()}
        return _kept_scripts(each_kind, self._suggests())

    def _suggests(self) -> bool:
        return any("data-suggest" in widget.attrs for widget in self._widgets())

    def _widgets(self) -> list[forms.Widget]:
        return [field.widget for _name, field in peek_all(self.fields)]

    @property
    def has_inner_buttons(self) -> bool:
        """Whether buttons stand among the fields (new picture, search): the Enter key must not press them."""
        return self._suggests() or "captcha" in self.fields

    def hides(self, name: str) -> bool:
        """Whether the field is not shown for now."""
        return False

    def unfolds(self, names: Sequence[str]) -> bool:
        """Whether the fold over these fields stands open: one of them has an error, or another value than a fresh form's."""
        values = self.data if self.is_bound else self.initial
        return any(
            (self.is_bound and name in self.errors)
            or values.get(name) not in (None, "", False, peek(self.fields, name).initial)
            for name in names
        )

    def hidden_names(self) -> list[str]:
        """The fields that only a browser sees."""
        return [name for name, field in peek_all(self.fields) if field.widget.is_hidden]

    def shown_groups(self) -> Iterator[tuple[Any, Any, list[str]]]:
        """Heading, hint and names of the fields, in the order in which the page shows them."""
        hidden = self.hidden_names()
        left = [name for name in self.fields if name not in hidden and not self.hides(name)]
        for heading, hint, names in self.fieldsets:
            shown = [name for name in names if name in left]
            left = [name for name in left if name not in shown]
            if shown:
                yield heading, hint, shown
        if left:
            yield "", "", left

    def visible_fields(self) -> list[BoundField]:
        """Without those that are not shown for now."""
        return [field for field in super().visible_fields() if not self.hides(field.name)]

    def field_groups(self) -> Iterator[FieldGroup]:
        """The visible fields under their headings."""
        for heading, hint, names in self.shown_groups():
            yield FieldGroup(heading, hint, [self[name] for name in names])


class _WrittenOnce(forms.Media):
    """Scripts whose tags are written once: a static file's address holds as long as the process."""

    def __init__(self, of: forms.Media) -> None:
        super().__init__(css=of._css, js=of._js)  # type: ignore[attr-defined]
        self._written: dict[str, SafeString] = {}

    def __getitem__(self, name: str) -> SafeString:  # type: ignore[override]
        """`{{ form.media.js }}`; raises KeyError for another name than js and css."""
        if name not in self._written:
            self._written[name] = super().__getitem__(name).render()
        return self._written[name]


_kept: dict[tuple[object, ...], forms.Media] = {}


def _kept_scripts(each_kind: Mapping[type, forms.Widget], suggests: bool) -> forms.Media:
    """They follow from the kinds of the widgets; only of one that is put together from others that is not sure."""
    widgets = tuple(each_kind.values())
    if any(isinstance(widget, forms.MultiWidget) for widget in widgets):
        return _scripts(widgets, suggests)
    key = (*each_kind, suggests)
    if key not in _kept:
        _kept[key] = _WrittenOnce(_scripts(widgets, suggests))
    return _kept[key]


def _scripts(widgets: Sequence[forms.Widget], suggests: bool) -> forms.Media:
    own = [media for widget in widgets if (media := widget.media)._js or media._css]  # type: ignore[attr-defined]
    scripts = ["js/picker.js"] if any(isinstance(w, JalaliDateInput) for w in widgets) else []
    scripts += ["js/suggest.js"] if suggests else []
    return sum(own, forms.Media()) + forms.Media(js=scripts)


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
    for name, value in field.widget.attrs.items():
        if isinstance(value, Promise):  # an address
            field.widget.attrs[name] = str(value)


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


drawing.DRAWN[form_sketches.FORM] = lambda context: form_sketches.draw_form(context["form"])
