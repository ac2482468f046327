"""«به نیابت از متقاضی»: support fills in a place's form for an owner on the phone.

After an identity check, with a reason that the owner reads, for an hour. What binds the owner stays the owner's: the
tick «اطلاعات محل تکمیل بوده …», the request with its two sentences, the cart and the payment. The private note is
neither shown nor changed. Each step is in the audit log with both ids, and the owner is told.
"""

from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from notifications import notices
from septam import audit, clock
from sites import place_views
from sites.place import Place
from sites.place_form import PlaceForm

SECONDS = 3600
_SESSION = "acting_for"


class PlaceForOwnerForm(PlaceForm):
    """The place's form without what binds the owner or is for his eyes alone."""

    theirs = ("complete", "note", "note_shared")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.theirs:
            del self.fields[name]
        if self.is_bound:
            self.data.pop("complete", None)  # type: ignore[attr-defined]  # a mutable copy

    def clean(self) -> dict[str, Any]:
        """The owner's own parts stay as they are; the place waits for the owner's tick."""
        values = super().clean()
        kept = {"complete": False, "note": self.place.note, "note_shared": self.place.note_shared}
        return {**values, **kept}


def begin(request: HttpRequest, person: User, reason: str) -> None:
    """From here on, for an hour."""
    with transaction.atomic():
        audit.record(request.user.pk, "account.act_begin", person)
    until = clock.machine_now().timestamp() + SECONDS
    request.session[_SESSION] = {"person": person.pk, "reason": reason, "until": until}


def reason_for(request: HttpRequest, person: User) -> str:
    """Why this member of staff acts for the person just now; empty where he does not, or no more."""
    kept = request.session.get(_SESSION, {})
    goes_on = kept.get("person") == person.pk and clock.machine_now().timestamp() < kept["until"]
    return str(kept["reason"]) if goes_on else ""


def end(request: HttpRequest) -> None:
    """The call is over."""
    request.session.pop(_SESSION, None)


def save(actor_id: int, reason: str, form: PlaceForOwnerForm) -> Place:
    """Write the place of the valid form, as its owner's draft, and tell the owner."""
    place = form.place
    with transaction.atomic():
        place_views.save_filled(place, form)
        audit.record(actor_id, "place.by_support", place, owner=place.owner_id)
        notices.add(
            place.owner_id, "place.by_support", _("Support filled in a place for you"),
            _("Place: “%(place)s”. Reason: %(reason)s. Look through it and tick that it is complete.")
            % {"place": place.title, "reason": reason},
            reverse("sites:place_edit", args=[place.pk]),
        )  # fmt: skip
    return place
