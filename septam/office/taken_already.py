"""What only the database could refuse (a second click, another tab, another manager) comes back as a form with its reason."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Any]
else:
    _Base = object
_MARK = "_septam_taken_already"


class _Taken(forms.BaseForm):
    def clean(self) -> dict[str, Any]:
        """Raises ValidationError: this was tried, and the database refused it."""
        super().clean()
        raise ValidationError(_("This was recorded already; look at the list."), code="taken")


class TakenAlready(_Base):
    """For every form of the office: nothing typed is lost, and nothing of the refused save is kept."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """The page; once more with the reason where a constraint of the database refused what was sent."""
        given = (object_id, form_url, extra_context)
        try:
            answer: HttpResponse = super().changeform_view(request, *given)
        except IntegrityError:
            setattr(request, _MARK, True)
            answer = super().changeform_view(request, *given)
        return answer

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The form, which takes nothing any more where it was refused before."""
        form = super().get_form(request, *args, **kwargs)
        return type(form.__name__, (_Taken, form), {}) if hasattr(request, _MARK) else form
