"""«شماره شبا»: IR and 24 digits with ISO 13616's check, however it was typed."""

import pytest
from django.core.exceptions import ValidationError

from septam import identity
from septam.forms.fields import IbanField

GOOD = "IR062960000000100324200001"


@pytest.mark.parametrize(
    "typed",
    [GOOD, "ir06 2960 0000 0010 0324 2000 01", "062960000000100324200001",
     "۰۶۲۹۶۰۰۰۰۰۰۰۱۰۰۳۲۴۲۰۰۰۰۱", "IR-06-2960-0000-0010-0324-2000-01"],
)  # fmt: skip
def test_an_iban_is_kept_in_one_form(typed: str) -> None:
    assert identity.iban(typed) == GOOD
    assert IbanField().clean(typed) == GOOD


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("IR062960000000100324200002", "iban_checksum"),
        ("IR602960000000100324200001", "iban_checksum"),
        ("IR06296000000010032420000", "iban_length"),
        ("DE89370400440532013000", "iban_digits"),
        ("6037991234567890", "iban_length"),
        ("شبا", "iban_digits"),
    ],
)
def test_what_is_no_iban_is_refused_and_says_why(typed: str, code: str) -> None:
    with pytest.raises(identity.Invalid) as fault:
        identity.iban(typed)
    assert fault.value.code == code
    with pytest.raises(ValidationError):
        IbanField().clean(typed)


def test_every_wrong_digit_is_found() -> None:
    for place in range(2, 26):
        for other in set("0123456789") - {GOOD[place]}:
            with pytest.raises(identity.Invalid):
                identity.iban(GOOD[:place] + other + GOOD[place + 1 :])
