"""Forms of the owner's pages of a request."""

from django import forms
from django.utils.translation import gettext_lazy as _

from septam.forms.base import PortalForm
from septam.forms.fields import PersianCharField


class WishForm(PortalForm, forms.Form):
    """What time would suit better, in the owner's words; may stay empty."""

    wish = PersianCharField(
        label=_("Which time suits you?"),
        help_text=_("If you like, write days and hours; the expert reads it before calling."),
        required=False,
        max_length=300,
    )


class HoursForm(PortalForm, forms.Form):
    """When a call will find an answer."""

    hours = PersianCharField(
        label=_("When can you be reached?"),
        help_text=_("For example: Saturday to Wednesday, 10 to 13 o'clock"),
        max_length=300,
        error_messages={"required": _("Write the hours at which you answer the phone")},
    )


class ReasonForm(PortalForm, forms.Form):
    """Why the owner gives up; may stay empty."""

    reason = PersianCharField(
        label=_("Reason, if you like to tell it"), required=False, max_length=300
    )
