"""«تنظیم پیامک‌ها»: a tick for each SMS that may be switched off."""

from collections.abc import Collection
from typing import Any

from django import forms

from notifications.events import event_of
from notifications.preferences import optional_texts
from septam.forms.base import PortalForm


class SmsChoiceForm(PortalForm, forms.Form):
    """Which optional SMS an owner wants; a tick means yes."""

    def __init__(self, *args: Any, unwanted: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for text in optional_texts():
            self.fields[_name(text.event)] = forms.BooleanField(
                label=text.title, help_text=event_of(text.event).when, required=False,
                initial=text.event not in unwanted,
            )  # fmt: skip

    def wanted(self) -> list[str]:
        """The events that were left ticked, of a valid form."""
        return [t.event for t in optional_texts() if self.cleaned_data[_name(t.event)]]


def _name(event: str) -> str:
    return event.replace(".", "_")
