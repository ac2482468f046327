"""What the office types as text: stored clean. A name has a letter, and stands once however it is spelt.

The same normalising as for owners (septam.text): one ی and ک, no invisible marks, half-spaces between letters only.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower, Replace
from django.utils.translation import gettext_lazy as _

from septam.forms.fields import PersianCharField
from septam.text import HALF_SPACE, search_key

if TYPE_CHECKING:
    from django.contrib import admin

    _Base = admin.options.BaseModelAdmin[Any]
else:
    _Base = object

# Columns that call something by a name.
NAMES = frozenset({"name", "title", "signatory", "reason", "first_name", "last_name"})


class NameField(PersianCharField):
    """A clean text with a letter in it: signs and digits alone call nothing."""

    def validate(self, value: Any) -> None:
        """Raises ValidationError beside the field."""
        super().validate(value)
        if value and not any(map(str.isalpha, value)):
            raise ValidationError(
                _("Write at least one letter: signs and digits alone are not enough."),
                code="no_letter",
            )


class CleanTexts(_Base):
    """For admins and inlines: all text is normalised, lines stay lines, and every name has a letter."""

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """The field that cleans, for plain texts without choices of their own."""
        if type(db_field) is models.CharField and not db_field.choices:
            is_name = db_field.name in NAMES
            kwargs.setdefault("form_class", NameField if is_name else PersianCharField)
        elif type(db_field) is models.TextField:
            kwargs.setdefault("form_class", PersianCharField)
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class NamedOnceForm(forms.ModelForm):
    """A name that is there already in another spelling is refused; `within` narrows where it must be alone."""

    within: ClassVar[tuple[str, ...]] = ()

    def clean(self) -> dict[str, Any]:
        """Adds the error to the name. The database holds the same against a second manager at the same moment."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        name = cleaned.get("name")
        if name and all(cleaned.get(column) for column in self.within):
            there = self._same(search_key(name), {one: cleaned[one] for one in self.within})
            if there:
                message = _("There is «%(name)s» already; another spelling is no other name.")
                self.add_error(
                    "name", ValidationError(message, code="twice", params={"name": there})
                )
        return cleaned

    def _same(self, key: str, within: dict[str, Any]) -> str | None:
        others = type(self.instance)._default_manager.filter(**within).exclude(pk=self.instance.pk)
        names = others.values_list("name", flat=True)
        return next((one for one in names if search_key(one) == key), None)


def spelt_once(name: str, *within: str) -> models.UniqueConstraint:
    """The constraint behind NamedOnceForm: names that differ in spaces, half-spaces or the case of letters are one."""
    plain = Replace(Replace("name", models.Value(" ")), models.Value(HALF_SPACE))
    return models.UniqueConstraint(Lower(plain), *within, name=name)
