"""A form that nobody filled in yet is drawn from sketches exactly as it would be drawn field by field."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.utils import translation
from django.utils.safestring import mark_safe

from septam.forms.base import PortalForm
from septam.forms.copied_fields import FormFields
from septam.forms.fields import DecimalAreaField, JalaliDateField, MobileField
from sites.place_form import PlaceForm
from tests.make import make_city, make_laboratory, make_place, make_province
from tests.people import make_owner

pytestmark = pytest.mark.django_db  # a date asks for the clock


@pytest.fixture(autouse=True)
def _persian() -> Iterator[None]:
    with translation.override("fa"):
        yield


class ShopForm(PortalForm, forms.Form):
    """A field of each kind that is drawn from a sketch, and of each that is not."""

    title = forms.CharField(label="نام <محل>", help_text="کوتاه & روشن")
    mobile = MobileField(label="شماره همراه", required=False)
    area = DecimalAreaField(label="مساحت", required=False)
    day = JalaliDateField(label="روز", required=False)
    note = forms.CharField(label="یادداشت", widget=forms.Textarea({"rows": 3}), required=False)
    role = forms.ChoiceField(label="سمت", choices=[("1", "مالک"), ("2", "مباشر")], widget=forms.RadioSelect)  # fmt: skip
    kind = forms.ChoiceField(label="نوع", choices=[("", "—"), (1, "یک"), ("a&b", "دو <")])
    sure = forms.BooleanField(label="مطمئنم", required=False)
    version = forms.CharField(widget=forms.HiddenInput)
    fieldsets = (("مشخصات", "درست بنویسید", ("title", "mobile")),)


VALUES: list[dict[str, Any]] = [
    {},
    {"title": 'الف <b> " & \'', "note": "\nسطر <دوم>", "role": "2", "kind": "a&b", "sure": True, "version": "x&y"},
    {"title": "", "note": "", "role": 1, "kind": 1, "sure": False, "version": None, "area": Decimal("38.50")},
    {"title": 1234567, "mobile": "۰۹۱۲", "role": "نیست", "kind": None, "sure": 1, "day": date(2024, 3, 20)},
    {"sure": "بله", "role": ["1"], "title": lambda: "از تابع"},
]  # fmt: skip


def drawn_field_by_field(form: PortalForm) -> str:
    """The same form after somebody asked for each of its fields: then none comes from a sketch."""
    form.fields.values()
    type(form).kept_choices.clear()
    return str(form)


@pytest.mark.parametrize("initial", VALUES)
def test_a_form_drawn_from_sketches_is_the_form_drawn_field_by_field(
    initial: dict[str, Any],
) -> None:
    for _time in range(2):  # the second one finds every sketch made
        assert str(ShopForm(initial=initial)) == drawn_field_by_field(ShopForm(initial=initial))


def test_the_form_of_a_place_is_the_same_for_a_new_one_a_full_one_and_one_in_another_city() -> None:
    owner = make_owner()
    place = make_place(owner, "گالری <نور> & پسران")
    for _time in range(2):
        assert str(PlaceForm(place=place)) == drawn_field_by_field(PlaceForm(place=place))
    make_laboratory(
        "آزمایشگاه <تبریز>", make_city("تبریز", make_province("آذربایجان شرقی", "35", "041"))
    )
    place.city = make_city("تبریز", make_province("آذربایجان شرقی", "35", "041"))
    place.area = None
    assert "آزمایشگاه &lt;تبریز&gt;" in str(PlaceForm(place=place))
    assert str(PlaceForm(place=place)) == drawn_field_by_field(PlaceForm(place=place))


def test_what_is_offered_decides_how_a_changed_choice_is_drawn() -> None:
    for choices in (
        [("3", "سه <")],
        [("3", mark_safe("سه <"))],
        [("4", "چهار")],
        [("گروه", [("5", "پنج")])],
    ):
        first, second = ShopForm(), ShopForm()
        for form in (first, second):
            form.fields["role"].choices = choices  # type: ignore[attr-defined]
        first.fields["role"].help_text = "راهنما"
        assert str(first) == drawn_field_by_field_after(ShopForm(), choices, "راهنما")
        assert str(second) == drawn_field_by_field_after(ShopForm(), choices, "")


def drawn_field_by_field_after(form: PortalForm, choices: Any, hint: str) -> str:
    """The same change, drawn without anything that is kept."""
    form.fields["role"].choices = choices  # type: ignore[attr-defined]
    form.fields["role"].help_text = hint
    type(form).kept_choices.clear()
    return str(form)


def test_a_prefix_ids_and_what_was_sent_are_drawn_as_they_are() -> None:
    str(ShopForm())
    assert 'name="a-title"' in str(ShopForm(prefix="a"))
    assert 'id="other_title"' in str(ShopForm(auto_id="other_%s"))
    assert "field-bad" in str(ShopForm({"title": ""}))


def test_a_form_that_changes_a_field_changes_no_other_form() -> None:
    str(ShopForm())
    changed = ShopForm()
    changed.fields["title"].label = "نام دیگر"
    changed.fields["kind"].choices = [("3", "سه")]  # type: ignore[attr-defined]
    del changed.fields["note"]
    assert "نام دیگر" in str(changed)
    assert "سه" in str(changed)
    assert "یادداشت" not in str(changed)
    untouched = str(ShopForm())
    assert "نام دیگر" not in untouched
    assert "سه" not in untouched
    assert "یادداشت" in untouched


@pytest.mark.parametrize(
    "take",
    [
        lambda fields: fields["title"],
        lambda fields: fields.get("title"),
        lambda fields: dict(fields)["title"],
        lambda fields: {**fields}["title"],
        lambda fields: dict(fields.items())["title"],
        lambda fields: next(iter(fields.values())),
        lambda fields: fields.copy()["title"],
        lambda fields: fields.pop("title"),
    ],
)
def test_whoever_takes_a_field_gets_the_forms_own(take: Any) -> None:
    form = ShopForm()
    assert isinstance(form.fields, FormFields)
    assert take(form.fields) is not ShopForm.base_fields["title"]


def test_fields_that_are_not_there_fields_that_are_put_in_and_their_order() -> None:
    fields = ShopForm().fields
    assert fields.get("nothing") is None
    assert fields.pop("nothing", 3) == 3
    with pytest.raises(KeyError):
        fields.pop("nothing")
    own = forms.CharField()
    fields.update(title=own)
    assert fields["title"] is own
    assert next(iter(fields)) == "title"


class FoldedForm(PortalForm, forms.Form):
    """Two rarely needed fields below one fold, and one that everybody fills in."""

    title = forms.CharField(label="نام محل", required=False)
    role = forms.ChoiceField(label="سمت", choices=[("1", "مالک"), ("2", "مباشر")], initial="1", required=False)  # fmt: skip
    mobile = MobileField(label="شماره همراه", required=False)
    fieldsets = (("مشخصات", "", ("title", "role", "mobile")),)
    folds = dict.fromkeys(("role", "mobile"), "بیشتر")


def test_a_fold_is_closed_until_something_is_in_it_that_a_person_must_see() -> None:
    def fold_of(**how: Any) -> str:
        shown = str(FoldedForm(**how))
        assert shown.count("<details") == 1
        assert shown.index("title") < shown.index("<details") < shown.index("role")
        assert shown.index("mobile") < shown.index("</details>")
        return shown[shown.index("<details") : shown.index("<summary")].strip()

    assert fold_of() == fold_of(data={"title": "گالری", "role": "1", "mobile": ""}) == "<details>"
    assert fold_of(initial={"title": "گالری", "role": "1"}) == "<details>"
    for typed in ({"role": "2"}, {"mobile": "09121234567"}, {"mobile": "نیست"}):
        assert fold_of(data=typed) == "<details open>", typed
        assert fold_of(initial=typed) == "<details open>", typed
