"""What a name of a person or a company may be made of."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from septam.forms.fields import check_readable

# The half-space, and what stands in names beside letters: «بهروز-نیا», «د. حسینی», O'Brien.
_BESIDE_LETTERS = frozenset("\u200c .-–()'’")
_OF_COMPANIES = frozenset("«»&،/+")


def check_person(name: str) -> None:
    """Letters, of which papers print one at least, spaces, dots, dashes and brackets; raises ValidationError otherwise."""
    if not all(_is_letter(char) or char in _BESIDE_LETTERS for char in name):
        raise ValidationError(
            _("Write the name with letters; signs and digits have no place in it."), code="name"
        )
    check_readable(name)


def check_company(name: str) -> None:
    """As a person's, with digits and the signs of company names; raises ValidationError otherwise."""
    allowed = _BESIDE_LETTERS | _OF_COMPANIES
    if not all(_is_letter(char) or char.isdecimal() or char in allowed for char in name):
        raise ValidationError(
            _("Write the name with letters and digits; other signs have no place in it."),
            code="name",
        )
    check_readable(name)


def _is_letter(char: str) -> bool:
    # The variation selectors of emoji are of category Mn, as vowel marks are.
    return unicodedata.category(char)[0] in "LM" and not "\ufe00" <= char <= "\ufe0f"
