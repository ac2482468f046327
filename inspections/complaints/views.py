"""The owner's page on which a complaint is written."""

from functools import partial
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from inspections.answers import ask, not_now, own_request, owner_of
from inspections.complaints import opening
from inspections.models import ComplaintSubject
from septam.forms.base import PortalForm
from septam.forms.fields import PersianCharField
from septam.forms.typed_before import keeps_what_was_typed


class ComplaintForm(PortalForm, forms.Form):
    """What it is about, and what happened."""

    subject = forms.ChoiceField(label=gettext_lazy("About"), widget=forms.RadioSelect)
    text = PersianCharField(
        label=gettext_lazy("What happened?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Write when it was, what was said, and what you think is right. It cannot be changed later."),
    )  # fmt: skip

    def __init__(self, subjects: list[ComplaintSubject], data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["subject"]
        field.choices = [(one.value, one.label) for one in subjects]  # type: ignore[attr-defined]
        if len(subjects) == 1:
            field.initial = subjects[0].value


@keeps_what_was_typed
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def complain(request: HttpRequest, number: str) -> HttpResponse:
    """«اعتراض»: asked on GET, written on POST; who had no part in the matter decides."""
    visit = own_request(request, number)
    subjects = opening.subjects_of(visit)
    if not subjects:
        return not_now(request, visit, _("No such complaint is possible now."))
    page = {
        "question": _("Complain"),
        "consequences": [
            visit.place_title,
            _("Neither the expert nor anybody of the laboratory decides about it. We tell you the decision by SMS."),
        ],
        "yes_text": _("Send the complaint"), "no_text": _("Go back"),
        "no_url": reverse("inspections:request", args=[visit.number]),
    }  # fmt: skip

    def act(form: forms.Form | None) -> None:
        given = form.cleaned_data if form is not None else {}
        opening.open_complaint(visit.pk, owner_of(request), given["subject"], given["text"])

    made = partial(ComplaintForm, subjects)
    done = _("Your complaint was recorded.")
    return ask(request, visit, act=act, done=done, page=page, form_class=made)
