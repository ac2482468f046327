"""The owner's page on which another laboratory is chosen for a paid request."""

from functools import partial
from typing import Any, cast

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from inspections import workflow
from inspections.answers import ask, not_now, own_request, owner_of
from inspections.laboratories import choice as laboratory_choice
from inspections.models import VisitRequest
from septam.forms.base import PortalForm
from sites.place_form import LaboratoryField


class LaboratoryForm(PortalForm, forms.Form):
    """The laboratories that can visit the place."""

    laboratory: Any = LaboratoryField(
        queryset=None, label=gettext_lazy("Laboratory"), widget=forms.RadioSelect, empty_label=None,
        error_messages={
            "required": gettext_lazy("Choose a laboratory."),
            "invalid_choice": gettext_lazy("This laboratory cannot visit the place; choose one of the list."),
        },
    )  # fmt: skip

    def __init__(self, visit: VisitRequest, data: Any = None) -> None:
        super().__init__(data)
        field = cast(forms.ModelChoiceField, self.fields["laboratory"])
        field.queryset = laboratory_choice.offered(visit)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def choose_laboratory(request: HttpRequest, number: str) -> HttpResponse:
    """Offer what covers the city; where nothing does, say what is possible instead."""
    visit = own_request(request, number)
    if visit.new_laboratory_since is None or not workflow.allows(visit, "change_laboratory"):
        return not_now(request, visit, _("The laboratory of this request cannot be changed now."))
    if not laboratory_choice.offered(visit).exists():
        return not_now(request, visit, _nobody(visit))
    page = {
        "question": _("Choose another laboratory"),
        "consequences": [
            visit.place_title,
            _("The price stays the same, and the place keeps its turn by the day of its payment."),
        ],
        "yes_text": _("Choose this laboratory"),
        "no_text": _("Go back"),
        "no_url": reverse("inspections:request", args=[visit.number]),
        "more_url": reverse("inspections:withdraw", args=[visit.number]),
        "more_text": _("Withdraw instead; the whole fee is returned"),
    }

    def act(form: forms.Form | None) -> None:
        chosen = cast(forms.Form, form).cleaned_data["laboratory"]
        workflow.change_laboratory(visit.pk, owner_of(request), chosen.pk)

    return ask(
        request, visit, act=act, done=_("The new laboratory will call to agree on a time."), page=page,
        form_class=cast(Any, partial(LaboratoryForm, visit)),
    )  # fmt: skip


def _nobody(visit: VisitRequest) -> str:
    if visit.place.women_only:
        return _(
            "No other laboratory with a woman expert covers this city at present. You can wait for your laboratory, call support, or withdraw; then the whole fee is returned."
        )
    return _(
        "No other laboratory covers this city at present. You can wait for your laboratory, call support, or withdraw; then the whole fee is returned."
    )
