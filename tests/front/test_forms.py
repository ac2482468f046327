"""How forms are drawn: label, hint, message, input, and a summary on top that leads to the fields."""

from typing import Any

import html5lib
import pytest
from django import forms
from django.template import Context, engines
from django.utils import translation

from septam.forms.base import PortalForm, form_problems
from septam.forms.fields import JalaliDateField, MobileField, NationalIdField


@pytest.fixture(autouse=True)
def _persian() -> Any:
    with translation.override("fa"):
        yield


class PersonForm(PortalForm, forms.Form):
    """A form with one field of each way of drawing."""

    name = forms.CharField(label="نام")
    mobile = MobileField(label="شماره همراه", help_text="شماره خودتان باشد")
    national_id = NationalIdField(label="شماره ملی", required=False)
    kind = forms.ChoiceField(
        label="سمت", choices=[("owner", "مالک"), ("agent", "مباشر")], widget=forms.RadioSelect
    )
    accepted = forms.BooleanField(label="قوانین را پذیرفته‌ام")
    fieldsets = [("مشخصات", "درست بنویسید", ["name", "mobile"])]
    widths = {"mobile": "medium"}
    attributes = {"name": {"autocomplete": "name"}}


class DayForm(PortalForm, forms.Form):
    """A form with a date."""

    day = JalaliDateField(label="تاریخ")


def draw(source: str, **context: Any) -> Any:
    """The tree of a strictly parsed page that holds the drawn template."""
    template = engines["django"].engine.from_string(  # type: ignore[attr-defined]
        f"<!doctype html><title>x</title><body>{{% load ui %}}{source}</body>"
    )
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(template.render(Context(context)))


def by_id(tree: Any, name: str) -> Any:
    """The one element with this id."""
    found = [element for element in tree.iter() if element.get("id") == name]
    assert len(found) == 1, f"{name}: {len(found)} elements"
    return found[0]


def test_hint_and_message_stand_between_label_and_input_and_are_tied_to_it() -> None:
    form = PersonForm({"name": "مریم", "mobile": "123"})
    tree = draw("{{ form }}", form=form)
    order = [
        element.get("id") or element.get("for")
        for element in tree.iter()
        if "id_mobile" in (element.get("id") or element.get("for") or "")
    ]
    assert order == ["id_mobile", "id_mobile_helptext", "id_mobile_error", "id_mobile"]
    field = by_id(tree, "id_mobile")
    assert field.get("aria-describedby") == "id_mobile_helptext id_mobile_error"
    assert field.get("aria-invalid") == "true"


def test_nothing_that_was_typed_is_lost() -> None:
    tree = draw(
        "{{ form }}", form=PersonForm({"name": "مریم", "mobile": "۰۹۱۲ ۳", "kind": "agent"})
    )
    assert by_id(tree, "id_mobile").get("value") == "۰۹۱۲ ۳"
    assert by_id(tree, "id_kind_1").get("checked") is not None


def test_each_line_of_the_summary_leads_to_an_input_that_exists() -> None:
    form = PersonForm({})
    tree = draw("{% error_summary form %}{{ form }}", form=form)
    targets = [link.get("href")[1:] for link in by_id(tree, "error-summary").iter("a")]
    assert targets == ["id_name", "id_mobile", "id_kind_0", "id_accepted"]
    for target in targets:
        assert by_id(tree, target).tag == "input"


def test_what_is_missing_is_named() -> None:
    messages = [problem.message for problem in form_problems(PersonForm({}))]
    assert messages == [
        "نام را وارد کنید",
        "شماره همراه را وارد کنید",
        "سمت را انتخاب کنید",
        "برای ادامه، این گزینه را علامت بزنید",
    ]


def test_a_form_that_was_not_sent_has_no_summary() -> None:
    tree = draw("{% error_summary form %}", form=PersonForm())
    assert not list(tree.iter("div"))


def test_required_fields_carry_a_star_and_others_do_not() -> None:
    tree = draw("{{ form }}", form=PersonForm())
    stars = {
        label.get("for"): any(child.get("class") == "star" for child in label.iter())
        for label in tree.iter("label")
    }
    assert stars["id_name"]
    assert stars["id_accepted"]
    assert not stars["id_national_id"]


def test_fields_outside_every_group_come_last() -> None:
    groups = list(PersonForm().field_groups())
    assert [group.heading for group in groups] == ["مشخصات", ""]
    assert [field.name for field in groups[1].fields] == ["national_id", "kind", "accepted"]


def test_attributes_and_widths_reach_the_inputs() -> None:
    tree = draw("{{ form }}", form=PersonForm())
    assert by_id(tree, "id_name").get("autocomplete") == "name"
    assert by_id(tree, "id_mobile").get("class") == "input input-medium"
    assert by_id(tree, "id_mobile").get("inputmode") == "tel"


@pytest.mark.django_db
def test_a_date_brings_its_script_and_leaves_room_for_the_button() -> None:
    tree = draw("{{ form }}{{ form.media.js }}", form=DayForm())
    assert by_id(tree, "id_day").get("class") == "input input-date"
    assert [script.get("src") for script in tree.iter("script")] == ["/static/js/picker.js"]


class CityForm(PortalForm, forms.Form):
    """A form whose field brings a button of its own."""

    city = forms.CharField(label="شهر", widget=forms.TextInput({"data-suggest": "/cities/"}))


@pytest.mark.django_db
def test_each_form_brings_the_scripts_of_its_own_fields_however_often_it_is_shown() -> None:
    for form, names in 2 * [(DayForm, ["picker"]), (CityForm, ["suggest"]), (PersonForm, [])]:
        tree = draw("{{ form }}{{ form.media.js }}", form=form())
        found = [script.get("src") for script in tree.iter("script")]
        assert found == [f"/static/js/{name}.js" for name in names]
    assert str(CityForm().media) == '<script src="/static/js/suggest.js"></script>'


def test_the_enter_key_presses_no_button_that_stands_among_the_fields() -> None:
    first = next(
        draw("<form>{{ form }}<button>ثبت</button></form>", form=CityForm()).iter("button")
    )
    assert (first.get("type"), first.get("name"), first.get("tabindex")) == ("submit", None, "-1")


def test_a_form_without_such_buttons_gets_no_hidden_one() -> None:
    assert not list(draw("{{ form }}", form=PersonForm()).iter("button"))
