"""One conversation on the desk of a member of staff: its forms, and how each button is taken."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from portal.models import CannedAnswer, Subject, SupportThread
from portal.support import threads
from portal.support.forms import OnceField, TextField
from septam.digits import row_number
from septam.forms.base import PortalForm
from septam.refusal import Refusal

Done = str | Promise


class AnswerForm(PortalForm, forms.Form):
    """An answer, or an internal note; `seen` is the newest message that the page showed."""

    text = TextField(label=_("Answer or note"))
    canned = forms.ModelChoiceField(
        CannedAnswer.objects.none(),
        label=_("Ready answer"),
        required=False,
        empty_label=_("Choose"),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    once = OnceField()
    widths: ClassVar[dict[str, str]] = {"canned": "medium"}

    def __init__(self, thread: SupportThread, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = CannedAnswer.objects.filter(active=True)
        rows = offered.filter(Q(subject="") | Q(subject=thread.subject))
        self.fields["canned"].queryset = rows  # type: ignore[attr-defined]

    def with_canned(self) -> dict[str, Any]:
        """What the form holds after the chosen text was put at the end of what was typed."""
        self.is_valid()
        chosen = self.cleaned_data.get("canned")
        typed = str(self.data.get("text", ""))
        parts = [typed.rstrip(), chosen.text if chosen else ""]
        kept = {name: self.data.get(name, "") for name in ("seen", "once")}
        return {"text": "\n\n".join(filter(None, parts)), **kept}


class MoveForm(PortalForm, forms.Form):
    """What the conversation is about."""

    subject = forms.ChoiceField(label=_("Subject"), choices=Subject.choices)
    widths: ClassVar[dict[str, str]] = {"subject": "medium"}


def _answer(thread: SupportThread, user: User, form: AnswerForm, *, close: bool = False) -> Done:
    data = form.cleaned_data
    threads.answer(
        thread.pk, user, data["text"], seen=data["seen"] or 0, close=close, once_key=data["once"]
    )
    return _("The answer was sent; the writer hears of it.")


def _answer_and_close(thread: SupportThread, user: User, form: AnswerForm) -> Done:
    return _answer(thread, user, form, close=True)


def _note(thread: SupportThread, user: User, form: AnswerForm) -> Done:
    threads.note(thread.pk, user, form.cleaned_data["text"], form.cleaned_data["once"])
    return _("The note was kept; the writer does not see it.")


# Buttons below the box of text; each needs it filled in.
WRITTEN: dict[str, Callable[[SupportThread, User, AnswerForm], Done]] = {
    "answer": _answer,
    "answer_close": _answer_and_close,
    "note": _note,
}


def press(thread: SupportThread, user: User, data: Any) -> Done:
    """A button that needs no text. Raises Refusal."""
    button = data.get("press", "")
    seen = row_number(str(data.get("seen", "")))
    if button == "close":
        threads.close(thread.pk, user, seen=seen or 0)
        return _("The conversation was closed.")
    if button == "reopen":
        threads.reopen(thread.pk, user)
        return _("The conversation was opened again.")
    if button == "take":
        threads.take(thread.pk, user, assigned=row_number(str(data.get("assigned", ""))))
        return _("The conversation is yours.")
    if button == "move" and data.get("subject") in Subject.values:
        threads.move(thread.pk, user, data["subject"])
        return _("The subject was changed.")
    raise Refusal(_("This step is not known."))
