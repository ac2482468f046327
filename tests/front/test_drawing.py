"""Fields and inputs that are drawn without templates look exactly as Django's own templates would draw them."""

import re
from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import mark_safe

from septam.forms.base import PortalFormRenderer
from septam.forms.drawing import DRAWN, FIELD
from septam.forms.sketches import FORM
from sites.choice_field import ChoiceByTyping

GROUPED: list[Any] = [("a", "الف"), ("<b>", mark_safe("<i>ب</i>")), ("گروه <>", [("c", 'c"'), (4, 4)])]  # fmt: skip
ATTRIBUTES = {"id": "id_x", "class": "input", "dir": "ltr", "disabled": True, "hidden": False, "data-x": 'a"<&'}  # fmt: skip
WIDGETS = [
    (forms.TextInput(), ['<"&>', "", None, "متن", mark_safe("&amp;"), 12, 1234567]),
    (forms.NumberInput(), [3, None]),
    (forms.EmailInput(), ["a@b"]),
    (forms.URLInput(), ["http://a?b&c"]),
    (forms.HiddenInput(), ["x", None]),
    (forms.PasswordInput(), ["secret"]),
    (forms.CheckboxInput(), [True, False, None, "x"]),
    (forms.DateInput(), ["1403/01/01"]),
    (forms.Textarea({"rows": 3}), ["\nسطر <اول>\n", "", None]),
    (forms.Select(choices=GROUPED), ["a", "<b>", 4, None]),
    (forms.SelectMultiple(choices=GROUPED), [["a", "c"], []]),
    (forms.RadioSelect(choices=GROUPED), ["a", "4", None]),
    (forms.CheckboxSelectMultiple(choices=GROUPED), [["a", "<b>"], []]),
]


def same(html: str) -> str:
    """Without what separates tags and nothing else."""
    return re.sub(r"\s+", " ", re.sub(r">\s+|\s+(?=<)", lambda m: m[0].strip(), html))


@pytest.mark.parametrize(("widget", "values"), WIDGETS)
@pytest.mark.parametrize("attributes", [{}, ATTRIBUTES])
def test_an_input_is_what_djangos_template_makes(
    widget: forms.Widget, values: list[Any], attributes: dict[str, Any]
) -> None:
    for value in values:
        drawn = same(widget.render("name<", value, attributes, PortalFormRenderer()))
        if isinstance(widget, forms.CheckboxInput) and value != "x":
            # edbrowse sends a box without a value as an empty text, which Django takes for «no».
            drawn = drawn.replace(' value="on"', "", 1)
        django = same(widget.render("name<", value, attributes, TemplatesSetting()))
        # A label around its box names it by that.
        assert drawn == re.sub(r'<label for="[^"]*">(?=<input)', "<label>", django)


def test_a_tick_box_says_its_value_for_browsers_that_would_send_an_empty_one() -> None:
    assert 'value="on"' in forms.CheckboxInput().render("x", False, {}, PortalFormRenderer())


def test_every_drawing_is_compared() -> None:
    compared = {widget.template_name for widget, _values in WIDGETS}
    # The others include the first; forms test the rest.
    plain = {"django/forms/widgets/input.html", FIELD, FORM, ChoiceByTyping.template_name}
    assert set(DRAWN) - plain <= compared


def test_text_in_a_textarea_keeps_its_first_empty_line() -> None:
    drawn = forms.Textarea().render("x", "\nدوم", {}, PortalFormRenderer())
    assert "\n\nدوم" in drawn
