"""The form on which support corrects a slip in a paid request's data; its fields are those of the place's own form."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from inspections import workflow
from inspections.office.forms import StepForm
from inspections.visits import slips
from inspections.workflow.correcting import CORRECTABLE
from septam.forms.fields import PersianCharField
from sites.place_form import PlaceForm

_AFTER_THE_VISIT = gettext_lazy(
    "The hour of the visit has come: of title, sign, holder and postal code at most two may differ from what was visited, holder and postal code never both, and of the postal code at most three digits. The laboratory reads what was corrected before it endorses the report."
)

_OF_THE_SAME_SHOP = gettext_lazy(
    "This request is a re-visit or a free visit: of title, sign, holder and postal code at most two may differ from what the visit before was of."
)


class CorrectForm(StepForm):
    """Everything correctable as it stands, and the reason; what differs is written."""

    done = gettext_lazy("The data were corrected; the owner is told.")
    refusal_field = "reason"
    warnings: Sequence[Any] = (
        gettext_lazy(
            "Category, city, area, cloud service and laboratory are not corrected here: the report says what is true, and the difference is reckoned."
        ),
    )
    reason = PersianCharField(
        label=gettext_lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The owner reads the reason."),
    )  # fmt: skip

    def prepare(self) -> None:
        """The place's own fields, before the reason."""
        place = self.viewer.visit.place
        for name in CORRECTABLE:
            field = deepcopy(PlaceForm.base_fields[name])
            field.initial = getattr(place, name)
            self.fields[name] = field
        self.order_fields([*CORRECTABLE, "reason"])
        if slips.is_visited(self.viewer.visit):
            self.warnings = [*self.warnings, _AFTER_THE_VISIT]
        elif slips.bound_to(self.viewer.visit):
            self.warnings = [*self.warnings, _OF_THE_SAME_SHOP]

    def take(self) -> None:
        """Correct what differs."""
        values = {name: self.cleaned_data[name] or "" for name in CORRECTABLE}
        visit, user = self.viewer.visit, self.viewer.user
        workflow.correct(visit.pk, user, values, self.cleaned_data["reason"], seen=self.seen)
