"""Whatever people are called and places are named, the provider accepts the tokens and the words stay readable."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.length import parts
from notifications.texts import events
from simulators.sms import lookup
from simulators.sms.codes import RefusedError

# A placeholder that a later text brings has a short value until it is named here.
TYPICAL = {name: "۱۲۳۴" for text in events() for _token, name in text.tokens} | {
    "pw": "48213705", "code": "482137", "amount": "۹٬۹۹۹٬۹۹۹٬۹۹۹", "place": "طلافروشی حسینی", "n": "۲۰",
    "ref": "140501060042123", "lab": "دیده‌سنج البرز", "when": "چهارشنبه ۳۱ اردیبهشت ساعت ۴:۳۰ بعدازظهر",
    "due": "چهارشنبه ۳۱ اردیبهشت", "time": "ساعت ۴:۳۰ بعدازظهر", "expert": "محمدی‌نژاد اصفهانی", "ecode": "10234",
    "date": "۱۴۰۳/۰۷/۰۶", "cert": "K7M4-9QXT-2H", "card": "1234", "tel": "۰۲۱۰۰۰۰۰۰۰۰", "site": "septam.example",
}  # fmt: skip
ODD = [
    "", " ", "_", "\u200c", "a_b c", "🙂 مغازه 🙂", "👨‍👩‍👧 خانواده", "نیم\u200cفاصله\u200cدار", "خط\nدوم", "تب\tدار",
    "ب ز ر گ ت ر ی ن ف ر و ش گ ا ه", "ف" * 300, "«گیومه»", "50% تخفیف", "{place}", "٬/-،؛", "\u202eوارون",
]  # fmt: skip
names = st.one_of(st.sampled_from(ODD), st.text(max_size=150))


def accepted(values: dict[str, str]) -> None:
    """Every text's tokens pass the provider's own rules; raises what the provider would say."""
    for text in events():
        tokens = text.token_values(values)
        if tokens:
            lookup.draft_of(
                {"receptor": "09121234567", "template": text.template, **tokens}, "10004346"
            )


@settings(max_examples=150)
@given(names, names, names)
def test_any_name_of_a_place_an_expert_or_a_laboratory_makes_legal_tokens(
    place: str, expert: str, lab: str
) -> None:
    accepted(TYPICAL | {"place": place, "expert": expert, "lab": lab})


@pytest.mark.parametrize("odd", ODD)
def test_odd_values_of_every_placeholder_make_legal_tokens(odd: str) -> None:
    accepted(dict.fromkeys(TYPICAL, odd))


def test_the_provider_would_refuse_such_names_as_they_are() -> None:
    values = {"receptor": "09121234567", "template": "login-code", "token": "a b"}
    with pytest.raises(RefusedError):
        lookup.draft_of(values, "10004346")


def test_a_place_with_emoji_and_a_long_name_costs_at_most_three_parts() -> None:
    for text in events():
        assert parts(text.rendered(TYPICAL | {"place": "🙂" * 60})) <= 3, text.event
        assert parts(text.rendered(TYPICAL | {"place": "ف" * 60})) <= 2, text.event
