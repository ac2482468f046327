"""What nobody should type, in every text field of the owner's and public forms: nothing is lost, nothing breaks out."""

import sys
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.template import Context, engines
from django.urls import get_resolver
from django.utils import translation
from lxml import html

from accounts import forms as account_forms
from accounts.models import User
from accounts.profile_form import ProfileForm
from accounts.views.mobile import CodesForm, MobileForm
from accounts.views.not_mine import NotMineForm
from billing.papers.buyer_form import BuyerForm
from billing.refunds.views import IbanForm
from billing.transfers.forms import TransferForm
from inspections import forms as request_forms
from inspections.certificates.public_check import CheckForm, ExpertForm
from inspections.complaints.views import ComplaintForm
from inspections.models import ComplaintSubject
from portal.price_calculator import VisitForm
from portal.support import forms as support_forms
from septam.digits import shown_again
from septam.forms.base import PortalForm
from septam.forms.fields import (
    DecimalAreaField,
    EconomicNumberField,
    IbanField,
    JalaliDateField,
    LandlineField,
    MobileField,
    NationalIdField,
    PhoneField,
    PostalCodeField,
    RialField,
)  # fmt: skip
from sites.place import Place
from sites.place_form import PlaceForm
from tests.people import make_owner

pytestmark = pytest.mark.django_db

SAMPLES = {
    "200 letters": "ن" * 200,
    "a word without end": "a" * 200,
    "emoji": "نانوایی 🏪👩‍🍳",
    "marks that turn the direction": "نان\u202eوایی\u202c\u2066x\u2069",
    "html": "<b>نان</b><script>alert(1)</script>\"'&amp;",
    "what is not seen": "نان\u200b\u200d\ufeff\u00adوایی",
    "a pasted number": "\u200e ۰۹۱۲ ۳۴۵-٦٧٨٩ ",
    "only spaces": " \u00a0\u200c ",
}


def the_owner() -> User:
    """Who fills them in."""
    return User.objects.first() or make_owner()


# Every form that owners and visitors fill in: how it is made from what a browser sent.
FORMS: dict[type[Any], Callable[[QueryDict], Any]] = {
    PlaceForm: lambda data: PlaceForm(data, place=Place(owner=the_owner())),
    ComplaintForm: lambda data: ComplaintForm([ComplaintSubject.RESULT, ComplaintSubject.EXPERT], data),
    MobileForm: lambda data: MobileForm("09121234567", data),
    account_forms.RegistrationForm: lambda data: account_forms.RegistrationForm(data, address="a"),
    account_forms.RecoveryForm: lambda data: account_forms.RecoveryForm(data, address="a"),
    NotMineForm: lambda data: NotMineForm(data, address="a"),
    support_forms.StrangersForm: lambda data: support_forms.StrangersForm(data, address="a"),
    support_forms.OwnersForm: lambda data: support_forms.OwnersForm(data, owner=the_owner()),
    **{
        one: one
        for one in (
            ProfileForm, CodesForm, BuyerForm, IbanForm, TransferForm, CheckForm, ExpertForm, VisitForm,
            account_forms.SignInForm, account_forms.CodeRequestForm, account_forms.CodeForm, account_forms.IdEndForm,
            request_forms.WishForm, request_forms.HoursForm, request_forms.ReasonForm,
            support_forms.ReplyForm, support_forms.FindForm,
        )
    },
}  # fmt: skip
# What is only compared with what there is, and never kept.
LOOKED_UP = {"account", "code", "old_code", "new_code", "national_id_end", "number"}
# Without text: choices, ticks and passwords alone.
WITHOUT_TEXT = {
    "OwnPasswordForm",
    "SmsChoiceForm",
    "LaboratoryForm",
    "OwnAccountForm",
    "ClosingForm",
}
OFFICE = (".admin", ".office", "accounts.help_page", "accounts.mobile.page", "accounts.views.office",
          "septam.audit_filter", "accounts.acting", "portal.board", "portal.imports", "portal.design", "portal.support.desk", "billing.finance", "second_factor_admin",
          "mobile_admin", "office_forms", "inspections.reports.form")  # fmt: skip


@pytest.fixture(autouse=True)
def _persian() -> Any:
    with translation.override("fa"):
        yield


def text_fields(form: forms.BaseForm) -> list[str]:
    """The fields into which one types, but for passwords (never shown again) and the captcha."""
    return [
        name
        for name, field in form.fields.items()
        if isinstance(field.widget, forms.TextInput | forms.Textarea) and name != "captcha"
    ]


def drawn(form: Any) -> Any:
    """The tree of the form as it comes back."""
    source = engines["django"].engine.from_string(  # type: ignore[attr-defined]
        "{% load ui %}<body>{% error_summary form %}{{ form }}</body>"
    )
    return html.document_fromstring(source.render(Context({"form": form})))


def comes_back(tree: Any, name: str) -> str:
    """What stands in the field's box."""
    box = tree.xpath(f"//*[@name='{name}']")[0]
    return (
        str(box.text or "").lstrip("\n") if box.tag == "textarea" else str(box.get("value") or "")
    )


@pytest.mark.parametrize("kind", SAMPLES)
@pytest.mark.parametrize("form_class", FORMS, ids=lambda one: one.__name__)
def test_any_text_in_any_field_comes_back_as_typed_or_is_kept_clean(
    form_class: type[Any], kind: str
) -> None:
    typed = SAMPLES[kind]
    empty = FORMS[form_class](QueryDict(mutable=True))
    names = text_fields(empty)
    assert names
    data = QueryDict(mutable=True)
    for name in names:
        data[name] = typed
    form = FORMS[form_class](data)
    form.is_valid()
    tree = drawn(form)
    assert tree.xpath("//script | //b") == []
    for name in names:
        # In boxes of numbers the digits, and they alone, come back in Persian.
        assert comes_back(tree, name) in {typed, shown_again(typed)}, name
        kept = form.cleaned_data.get(name) if name not in LOOKED_UP | set(form.errors) else None
        assert not isinstance(kept, str) or unseen(kept) == [], name


def unseen(text: str) -> list[str]:
    """Characters that turn or hide: none of them may be kept, but a half-space and line ends."""
    return [
        c for c in text if unicodedata.category(c) in ("Cf", "Cc", "Co") and c not in "\u200c\n"
    ]


def test_every_form_of_owners_and_visitors_is_in_the_table() -> None:
    get_resolver().url_patterns  # noqa: B018  # the views, and with them the forms, are imported now

    def below(one: type[Any]) -> Any:
        for child in one.__subclasses__():
            yield child
            yield from below(child)

    ours = {
        one.__name__: one
        for one in below(PortalForm)
        if not one.__module__.startswith("tests.")
        and not any(part in one.__module__ for part in OFFICE)
        # Not what a page makes of a form for itself, which is there or not by what ran before.
        and getattr(sys.modules[one.__module__], one.__name__, None) is one
    }
    assert set(ours) - WITHOUT_TEXT - {"CaptchaForm"} == {one.__name__ for one in FORMS} | {
        "StatementForm"
    }


def test_no_box_of_a_text_lets_a_browser_cut_off_what_is_pasted() -> None:
    form = FORMS[PlaceForm](QueryDict())
    for name in ("title", "address", "note", "holder_name"):
        assert "maxlength" not in form.fields[name].widget.attrs
    long = FORMS[account_forms.RegistrationForm](QueryDict(f"first_name={'ن' * 200}"))
    assert long.errors["first_name"] == ["حداکثر 60 نویسه بنویسید؛ متن واردشده 200 نویسه دارد"]


# What a field is called by, and the kind that reads it in any form: digits of any keyboard, any separator, +98 or 0098.
KINDS: dict[str, tuple[type[forms.Field], ...]] = {
    "mobile": (MobileField,),
    "phone": (PhoneField,),
    "landline": (LandlineField,),
    "national_id": (NationalIdField,),
    "postal_code": (PostalCodeField,),
    "economic_number": (EconomicNumberField,),
    "iban": (IbanField,),
    "area": (DecimalAreaField,),
    "amount_rial": (RialField,),
    "_on": (JalaliDateField,),
}


def test_each_number_and_date_of_these_forms_is_read_by_the_portals_own_field() -> None:
    found = set()
    for form_class in FORMS:
        for name, field in form_class.base_fields.items():
            for ending, kinds in KINDS.items():
                if name == ending or name.endswith(f"_{ending.strip('_')}"):
                    found.add(ending)
                    assert isinstance(field, kinds), f"{form_class.__name__}.{name}"
    assert found == set(KINDS)


@pytest.mark.parametrize(
    "typed",
    ["۰۹۱۲۳۴۵۶۷۸۹", "٠٩١٢-٣٤٥ ٦٧٨٩", "+98 912 345 6789", "0098(912)3456789", " 912.345.6789 "],
)
def test_a_mobile_in_any_form_is_the_same_number(typed: str) -> None:
    form = FORMS[account_forms.RegistrationForm](QueryDict(mutable=True) | {"mobile": typed})
    form.is_valid()
    assert form.cleaned_data["mobile"] == "09123456789"


@pytest.mark.parametrize(
    "typed", ["۱۴۰۳/۱/۵", "1403-01-05", "١٤٠٣.٠١.٠٥", " 1403 1 5 ", "14030105"]
)
def test_a_date_in_any_form_is_the_same_day(typed: str) -> None:
    form = FORMS[TransferForm](QueryDict(mutable=True) | {"paid_on": typed})
    form.fields["paid_on"].set_limits()
    form.is_valid()
    assert form.cleaned_data["paid_on"] == date(2024, 3, 24)
