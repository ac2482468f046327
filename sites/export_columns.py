"""What a row of the list of places is in a file."""

from collections.abc import Sequence

from django.db.models import CharField, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from septam.exports.columns import Column, moment
from sites.models import Level
from sites.place import PlaceState

# Without the note, which is the owner's alone, and without the numbers of third persons.
PLACES: Sequence[Column] = (
    Column(_("Title of the place"), "title"),
    Column(_("Name on the sign"), "sign_name"),
    Column(_("State"), "state", PlaceState),
    Column(_("Category"), "category__name"),
    Column(_("Level"), "category__level", convert=lambda level: Level(level).label),
    Column(_("Province"), "city__province__name"),
    Column(_("City"), "city__name"),
    Column(_("Postal code"), "postal_code"),
    Column(_("Exact address"), "address"),
    Column(_("Area"), "area"),
    Column(_("Laboratory"), "laboratory__name"),
    Column(_("Data frozen"), "frozen"),
    Column(_("Owner"), Concat("owner__first_name", Value(" "), "owner__last_name", output_field=CharField())),
    Column(_("Mobile of the owner"), "owner__mobile"),
    moment(_("Created"), "created_at"),
    moment(_("Last change"), "updated_at"),
)  # fmt: skip
