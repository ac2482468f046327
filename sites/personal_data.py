"""What places keep about a person, and how it is forgotten."""

from django.utils.translation import gettext_lazy as _

from septam import clock
from septam.exports.columns import Column, moment
from septam.personal_data import Keeper, Table
from sites.place import Connection, Place, PlaceState, RegistrantRole

PLACES = Table(
    "places", _("Your places"),
    lambda person: Place.objects.filter(owner_id=person).order_by("pk"),
    (
        Column(_("Title of the place"), "title"),
        Column(_("Name on the sign"), "sign_name"),
        Column(_("State"), "state", PlaceState),
        Column(_("Category"), "category__name"),
        Column(_("Postal code"), "postal_code"),
        Column(_("Area"), "area"),
        Column(_("Province"), "city__province__name"),
        Column(_("City"), "city__name"),
        Column(_("Exact address"), "address"),
        Column(_("Representative on site"), "representative_name"),
        Column(_("Phone of the representative"), "representative_phone"),
        Column(_("Second phone"), "second_phone"),
        Column(_("Good hours for a call and a visit"), "visiting_hours"),
        Column(_("Landline of the cloud service"), "cloud_landline"),
        Column(_("Connection"), "connection", Connection),
        Column(_("Explanatory note"), "note"),
        Column(_("Note shown to the expert"), "note_shared"),
        Column(_("Role of the registrant"), "registrant_role", RegistrantRole),
        Column(_("Holder of the licence"), "holder_name"),
        Column(_("National number of the holder"), "holder_national_id"),
        Column(_("For women only"), "women_only"),
        Column(_("Laboratory"), "laboratory__name"),
        moment(_("Created"), "created_at"),
        moment(_("Last change"), "updated_at"),
    ),
)  # fmt: skip
# What a place says of people. Title, sign, category, postal code, city and area are the shop's and stay: certificates
# and figures rest on them.
ABOUT_PEOPLE = (
    "address", "representative_name", "representative_phone", "second_phone", "visiting_hours", "cloud_landline", "note",
    "holder_name", "holder_national_id",
)  # fmt: skip


def forget(account_id: int) -> None:
    """The places stand in the archive, without people, phones and addresses."""
    Place.objects.filter(owner_id=account_id).update(
        state=PlaceState.ARCHIVED, note_shared=False, updated_at=clock.now(), **dict.fromkeys(ABOUT_PEOPLE, "")
    )  # fmt: skip


KEEPER = Keeper("sites", (PLACES,), forget=forget)
